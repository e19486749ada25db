package store

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// feedItem is the COMMIT# item that tells the changes of one transaction, at
// least one, to the readers of the feed.
func feedItem(ref statement.Ref, changes []statement.Change, run statement.RunID) attrs {
	first, last := changes[0].Entry.Seq, changes[len(changes)-1].Entry.Seq
	item := commitKey(ref, last).attrs()
	w := writer{item}
	w.number("first_seq", first)
	w.number("last_seq", last)
	list := make([]types.AttributeValue, 0, len(changes))
	for _, c := range changes {
		list = append(list, changeItem(c))
	}
	w.list("changes", list)
	w.text("run", string(run))
	return item
}

func changeItem(c statement.Change) *types.AttributeValueMemberM {
	m := attrs{}
	w := writer{m}
	w.number("seq", c.Entry.Seq)
	w.text("id", string(c.Entry.ID))
	w.text("date", string(c.Entry.Date))
	w.text("change", string(c.Kind))
	w.number("revision", int64(c.Entry.Revision))
	return &types.AttributeValueMemberM{Value: m}
}
