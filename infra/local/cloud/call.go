package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/google/uuid"
)

// maxBody bounds a request. SQS takes 1 MiB of content, of which JSON may make
// six times as much.
const maxBody = 8 << 20

// call is what an operation may know of its request beside its input.
type call struct {
	ctx  context.Context
	base string // scheme and host that the caller used, for queue URLs
}

// operation answers one call: a value to be sent as JSON, or an error, which
// is a *fault or a failure of the stand-in itself.
type operation func(call, []byte) (any, error)

// op makes an operation of a function with typed input and output.
func op[In, Out any](f func(call, In) (Out, error)) operation {
	return func(c call, body []byte) (any, error) {
		var in In
		// The cause is not told: it may quote the request, and so a secret.
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, &fault{code: "SerializationException", message: "The body is not the JSON object that this call takes."}
		}
		return f(c, in)
	}
}

// empty is the answer of a call that has nothing to tell.
type empty struct{}

// service is one AWS service as it appears on the wire.
type service struct {
	name       string
	version    string // of the JSON protocol
	namespace  string // put before an error's name
	messageKey string // how the service spells the member of an error's text
	operations map[string]operation
}

// fault is a refusal in the words of the service.
type fault struct {
	code    string // name of the error's shape; decides the SDK's error type
	query   string // code in the older query protocol, told in a header; "" = none
	status  int    // 0 = 400
	message string
}

// Error returns code and message.
func (f *fault) Error() string { return f.code + ": " + f.message }

// queryCode is the name under which a batch's entry tells the fault.
func (f *fault) queryCode() string {
	if f.query != "" {
		return f.query
	}
	return f.code
}

func (s service) serve(w http.ResponseWriter, r *http.Request, name string) {
	do, ok := s.operations[name]
	if !ok {
		s.fail(w, &fault{code: "UnknownOperationException",
			message: fmt.Sprintf("The local stand-in for %s does not simulate %q.", s.name, clip(name))})
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		s.fail(w, &fault{code: "RequestEntityTooLargeException", status: http.StatusRequestEntityTooLarge,
			message: "The body could not be read, or is larger than any call allows."})
		return
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	out, err := do(call{r.Context(), scheme + "://" + r.Host}, body)
	if err != nil {
		s.fail(w, err)
		return
	}
	s.write(w, http.StatusOK, out)
}

func (s service) fail(w http.ResponseWriter, err error) {
	f, ok := errors.AsType[*fault](err)
	if !ok {
		f = &fault{code: "InternalFailure", status: http.StatusInternalServerError, message: err.Error()}
	}
	status := f.status
	if status == 0 {
		status = http.StatusBadRequest
	}
	if f.query != "" {
		side := "Sender"
		if status >= 500 {
			side = "Receiver"
		}
		w.Header().Set("X-Amzn-Query-Error", f.query+";"+side)
	}
	s.write(w, status, map[string]string{"__type": s.namespace + f.code, s.messageKey: f.message})
}

func (s service) write(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // a mistake in this package: no answer holds what JSON lacks
		panic(err)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-"+s.version)
	w.Header().Set("X-Amzn-RequestId", uuid.NewString())
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
