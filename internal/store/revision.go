package store

import (
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// How much of an entry's past is kept on it. An entry is written anew, whole,
// with every change, and read with every window: one that the bank changes back
// and forth every day must not cost more and more, nor grow until an item
// cannot hold it, which would stop its account for good. The oldest revisions
// go first, and a text is cut: ordinary details have 1 KB.
const (
	maxRevisions     = 50
	maxRevisionBytes = 32 << 10
	maxRevisionText  = 8 << 10
)

// revisionItems returns the newest revisions that are kept, oldest first.
func revisionItems(all []statement.Revision) []types.AttributeValue {
	list := make([]types.AttributeValue, min(len(all), maxRevisions))
	n, bytes := len(list), 0
	for n > 0 {
		r := all[len(all)-1-(len(list)-n)]
		item := revisionItem(r)
		if bytes += size(item.Value); bytes > maxRevisionBytes {
			break
		}
		n--
		list[n] = item
	}
	return list[n:]
}

func revisionItem(r statement.Revision) *types.AttributeValueMemberM {
	m := attrs{}
	w := writer{m}
	w.text("field", r.Field)
	w.text("old", cut(r.Old))
	w.text("new", cut(r.New))
	w.moment("at", r.At)
	w.text("run", string(r.Run))
	return &types.AttributeValueMemberM{Value: m}
}

// cut shortens a text to what is kept, between two characters.
func cut(text string) string {
	if len(text) <= maxRevisionText {
		return text
	}
	const sign = "…"
	n := maxRevisionText - len(sign)
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + sign
}

func revisionsOf(r *reader) []statement.Revision {
	var list []statement.Revision
	for _, m := range r.objects("revisions") {
		list = append(list, statement.Revision{
			Field: m.text("field"), Old: m.text("old"), New: m.text("new"),
			At: m.moment("at"), Run: statement.RunID(m.text("run")),
		})
		r.adopt(m)
	}
	return list
}

func absenceItem(a statement.Absence) attrs {
	m := attrs{}
	w := writer{m}
	w.text("first", string(a.First))
	w.text("last", string(a.Last))
	w.number("runs", int64(a.Runs))
	w.number("gone", int64(a.Gone))
	return m
}

func absenceOf(r *reader) *statement.Absence {
	m, found := r.object("absence")
	if !found {
		return nil
	}
	a := statement.Absence{
		First: statement.Date(m.text("first")), Last: statement.Date(m.text("last")),
		Runs: int(m.number("runs")), Gone: int(m.number("gone")),
	}
	r.adopt(m)
	return &a
}
