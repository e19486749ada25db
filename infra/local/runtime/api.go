package runtime

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// maxPayload is Lambda's limit for the answer of a synchronous invocation.
const maxPayload = 6*1024*1024 + 100*1024

// Error is how an invocation failed.
type Error struct {
	Type    string
	Message string
	Payload []byte // as the function sent it; nil where it sent none
}

// Error returns the type and the message.
func (e *Error) Error() string { return e.Type + ": " + e.Message }

// api is the Runtime API of one process.
func (s *sandbox) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", s.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", s.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", s.failure)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", s.initFailure)
	return mux
}

// next gives the process its next invocation, when there is one.
func (s *sandbox) next(w http.ResponseWriter, r *http.Request) {
	var in *invocation
	select {
	case in = <-s.work:
	case <-r.Context().Done():
		return
	}
	in.deadline = time.Now().Add(s.function.Timeout)
	s.mu.Lock()
	s.current, s.served = in, true
	s.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", in.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(in.deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", s.function.ARN)
	h.Set("Lambda-Runtime-Trace-Id", in.trace)
	_, _ = w.Write(in.payload)
}

func (s *sandbox) response(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxPayload+1))
	in := s.finish(w, r, err)
	switch {
	case in == nil:
	case len(body) > maxPayload:
		in.done <- outcome{err: &Error{Type: "Function.ResponseSizeTooLarge", Message: "the answer is larger than 6 MB"}}
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge")
	case r.Trailer.Get("Lambda-Runtime-Function-Error-Type") != "":
		// The function failed while it was writing.
		in.done <- outcome{err: &Error{Type: r.Trailer.Get("Lambda-Runtime-Function-Error-Type"), Message: "the answer broke off"}}
		accept(w)
	default:
		in.done <- outcome{answer: body}
		accept(w)
	}
}

func (s *sandbox) failure(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxPayload))
	if in := s.finish(w, r, err); in != nil {
		in.done <- outcome{err: parseError(r, body)}
		accept(w)
	}
}

func (s *sandbox) initFailure(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxPayload))
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidBody")
		return
	}
	s.mu.Lock()
	s.initErr = parseError(r, body)
	s.mu.Unlock()
	accept(w)
}

// finish returns the invocation that the request names, which is over then;
// nil, with the refusal written, where the process has no such invocation.
func (s *sandbox) finish(w http.ResponseWriter, r *http.Request, err error) *invocation {
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidBody")
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.current
	if in == nil || in.id != r.PathValue("id") {
		refuse(w, http.StatusBadRequest, "InvalidRequestID")
		return nil
	}
	s.current = nil
	return in
}

// parseError reads {"errorType", "errorMessage"} as runtimes send it.
func parseError(r *http.Request, body []byte) *Error {
	var e struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	if json.Unmarshal(body, &e) != nil || e.Type == "" {
		e.Type = r.Header.Get("Lambda-Runtime-Function-Error-Type")
	}
	if e.Type == "" {
		e.Type = "Unhandled"
	}
	return &Error{Type: e.Type, Message: e.Message, Payload: body}
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`)
}

func refuse(w http.ResponseWriter, status int, kind string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"errorType": kind, "errorMessage": http.StatusText(status)})
}
