package statement

// warnings are the days before a certificate's end on which it is told of, once
// each: the bank lets a certificate be renewed 90 days before its end.
var warnings = [...]int{60, 30, 15, 7, 3, 1, 0}

// NotWarned is Certificate.WarnedDays before the first warning.
const NotWarned = 0

// WarningDue tells whether a certificate with so many days left must be warned
// of now. warned is Certificate.WarnedDays: the threshold last warned of plus
// one, or NotWarned; next is what it becomes. Of several thresholds that passed
// since, only the nearest is told.
func WarningDue(daysLeft, warned int) (next int, due bool) {
	for _, days := range warnings {
		if daysLeft <= days {
			next = days + 1
		}
	}
	due = next != NotWarned && (warned == NotWarned || next < warned)
	if !due {
		return warned, false
	}
	return next, true
}
