package dynamo

import (
	"fmt"
	"net/http"
	"strings"
)

// The beginnings of an error's type, as the service writes them.
const (
	ofService  = "com.amazonaws.dynamodb.v20120810#"
	ofProtocol = "com.amazon.coral.validate#"
)

// fault is a refusal in the words of the service.
type fault struct {
	kind    string // without its beginning
	message string
	status  int      // 0 = 400
	item    string   // the item that failed a condition, where asked for
	reasons []reason // of a cancelled transaction
	// ofRequest: a transaction is refused as a whole, rather than cancelled
	// with this as the reason of one item.
	ofRequest bool
}

// reason is why one item of a transaction was refused, or "None".
type reason struct {
	code, message, item string
}

func refuse(kind, format string, args ...any) *fault {
	return &fault{kind: kind, message: fmt.Sprintf(format, args...)}
}

// invalid is what a request is that cannot be right.
func invalid(format string, args ...any) *fault {
	return refuse("ValidationException", format, args...)
}

// notSimulated is the answer where DynamoDB can do more than this package.
func notSimulated(format string, args ...any) *fault {
	return refuse("NotSimulatedException", format, args...)
}

const conditionFailed = "The conditional request failed"

// mistaken reports whether the fault says that the caller, or this package, is
// wrong, rather than how things stand.
func (f *fault) mistaken() bool {
	switch f.kind {
	case "ValidationException", "SerializationException", "NotSimulatedException", "UnknownOperationException",
		"ResourceNotFoundException", "IdempotentParameterMismatchException":
		return true
	}
	for _, r := range f.reasons {
		if r.code == "ValidationError" {
			return true
		}
	}
	return false
}

// text says it all in one line, but no item: it may name a person.
func (f *fault) text() string {
	message := f.message
	for i, r := range f.reasons {
		if r.code == "ValidationError" {
			message = fmt.Sprintf("%s; item %d: %s", message, i, r.message)
		}
	}
	return f.kind + ": " + message
}

// encode writes the fault as the body of an answer.
func (f *fault) encode() (status int, body []byte) {
	begin := ofService
	if f.kind == "ValidationException" || f.kind == "SerializationException" {
		begin = ofProtocol
	}
	w := writer{}
	w.open()
	w.text("__type", begin+f.kind)
	if f.reasons != nil { // this shape spells it in capitals
		w.text("Message", f.message)
	} else {
		w.text("message", f.message)
	}
	if f.item != "" {
		w.raw("Item", f.item)
	}
	if f.reasons != nil {
		w.name("CancellationReasons")
		w.list(len(f.reasons), func(i int) {
			w.open()
			w.text("Code", f.reasons[i].code)
			if f.reasons[i].message != "" {
				w.text("Message", f.reasons[i].message)
			}
			if f.reasons[i].item != "" {
				w.raw("Item", f.reasons[i].item)
			}
			w.close()
		})
	}
	w.close()
	if status = f.status; status == 0 {
		status = http.StatusBadRequest
	}
	return status, w.buf
}

// cancelled is the fault of a transaction with these reasons.
func cancelled(reasons []reason) *fault {
	codes := make([]string, len(reasons))
	for i, r := range reasons {
		codes[i] = r.code
	}
	return &fault{
		kind: "TransactionCanceledException", reasons: reasons,
		message: "Transaction cancelled, please refer cancellation reasons for specific reasons [" + strings.Join(codes, ", ") + "]",
	}
}

// Failure is an answer that refuses a call, as DynamoDB would write it: kind
// is the error's name, such as ProvisionedThroughputExceededException.
func Failure(status int, kind, message string) *http.Response {
	status, body := (&fault{kind: kind, message: message, status: status}).encode()
	return respond(nil, status, body)
}

// Cancelled is an answer that cancels a transaction, with a reason's code per
// item: None, TransactionConflict, ThrottlingError and so on.
func Cancelled(codes ...string) *http.Response {
	reasons := make([]reason, len(codes))
	for i, c := range codes {
		reasons[i].code = c
		if c != "None" {
			reasons[i].message = "made by a test"
		}
	}
	status, body := cancelled(reasons).encode()
	return respond(nil, status, body)
}
