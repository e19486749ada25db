package statement

// PageQuery asks for entries by date, in the order of their keys. After is the
// position that the page before ended at, "" for the first page; Match, where
// set, drops entries from the page.
type PageQuery struct {
	From, To Date
	After    string
	Limit    int
	Match    func(Entry) bool
}
