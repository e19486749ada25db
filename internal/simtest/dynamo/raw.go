package dynamo

import "iter"

// Raw is an item as it stands in a table, not taken apart. Two of one key are
// equal where nothing was written between.
type Raw struct{ row *row }

// Item takes the item apart.
func (r Raw) Item() Item { return shown(r.row) }

// Raw yields the items of a partition by their sort key, as Partition does.
func (db *DB) Raw(table, pk string) iter.Seq[Raw] {
	return func(yield func(Raw) bool) {
		db.mu.Lock()
		var rows []*row
		if p := db.tables[table].at(pk); p != nil {
			rows = append(rows, p.rows...)
		}
		db.mu.Unlock()
		for _, r := range rows {
			if !yield(Raw{r}) {
				return
			}
		}
	}
}
