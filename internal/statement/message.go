package statement

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Reason says why a sync was asked for.
type Reason string

// The reasons. Manual and Repair always read; the first three end after one
// look at the head when their day is covered.
const (
	ReasonSchedule Reason = "schedule"
	ReasonEnabled  Reason = "enabled"
	ReasonRenewed  Reason = "renewed"
	ReasonManual   Reason = "manual"
	ReasonRepair   Reason = "repair"
	ReasonErase    Reason = "erase"
)

// MessageVersion is the version that this code writes and reads.
const MessageVersion = 1

// Message asks for the sync of one account. It is the body on the queue, in
// JSON; From and To are set together or not at all.
type Message struct {
	V       int       `json:"v"`
	Tenant  TenantID  `json:"tenant"`
	Account AccountID `json:"account"`
	Through Date      `json:"through"`
	Reason  Reason    `json:"reason"`
	From    Date      `json:"from,omitempty"`
	To      Date      `json:"to,omitempty"`
	RunID   RunID     `json:"run_id,omitempty"`
}

// Ref returns the account that the message is about.
func (m Message) Ref() Ref { return Ref{m.Tenant, m.Account} }

// ErrMessage says that a body is not a message this version can act on. Trying
// again cannot help: it belongs in the dead-letter queue.
var ErrMessage = errors.New("not a sync message")

// ParseMessage reads and checks a body. Unknown fields are allowed, so that a
// newer sender can add some without a new version.
func ParseMessage(body []byte) (Message, error) {
	var m Message
	fail := func(why string) (Message, error) { return Message{}, fmt.Errorf("%w: %s", ErrMessage, why) }
	if err := json.Unmarshal(body, &m); err != nil {
		return fail("body is not a JSON object of the expected shape")
	}
	switch {
	case m.V != MessageVersion:
		return fail(fmt.Sprintf("v is %d, want %d", m.V, MessageVersion))
	case !ValidID(string(m.Tenant)):
		return fail("tenant is not an id")
	case !ValidID(string(m.Account)):
		return fail("account is not an id")
	case (m.From == "") != (m.To == ""):
		return fail("from and to go together")
	case m.RunID != "" && !ValidID(string(m.RunID)):
		return fail("run_id is not an id")
	}
	switch m.Reason {
	case ReasonSchedule, ReasonEnabled, ReasonRenewed, ReasonManual, ReasonRepair, ReasonErase:
	default:
		return fail("reason is unknown")
	}
	for name, d := range map[string]Date{"through": m.Through, "from": m.From, "to": m.To} {
		if _, err := ParseDate(string(d)); err != nil && (d != "" || name == "through") {
			return fail(name + " is not a date")
		}
	}
	if m.From > m.To {
		return fail("from is after to")
	}
	return m, nil
}
