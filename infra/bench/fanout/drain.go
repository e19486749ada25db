package fanout

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"
)

const target = "AmazonSQS." // and the operation

// ServeHTTP hands a call on to the queue, but for the entries that are to fail:
// those it takes out of the batch and tells as failed.
func (s *stand) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Amz-Target") != target+"SendMessageBatch" {
		s.queue.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // whoever sent it has gone
	}
	entries := bytes.Count(body, []byte(`"MessageBody":`)) // quotes inside of a body are escaped
	s.batches.Add(1)
	last := s.entries.Add(int64(entries))
	var failed []map[string]any
	if s.failing > 0 {
		body, failed = s.fail(body, last)
		s.failed.Add(int64(len(failed)))
	}
	s.draining.RLock()
	if len(failed) == entries {
		answer(w, map[string]any{"Successful": []any{}, "Failed": failed})
	} else {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		s.pass(w, r, failed)
	}
	s.draining.RUnlock()
	if s.held.Add(int64(entries-len(failed))) >= heldAtMost {
		if err := s.drain(); err != nil {
			s.draining.Lock()
			s.trouble = err
			s.draining.Unlock()
		}
	}
}

// fail takes the entries out of a batch that fail: one in every s.failing, as
// they come. last is the number of the batch's last entry.
func (s *stand) fail(body []byte, last int64) ([]byte, []map[string]any) {
	var in struct {
		QueueUrl string
		Entries  []map[string]any
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return body, nil // the queue refuses it
	}
	var failed, kept []map[string]any
	for i, e := range in.Entries {
		if (last-int64(i))%s.failing == 0 {
			failed = append(failed, map[string]any{"Id": e["Id"], "Code": "InternalError", "Message": "made by the benchmark", "SenderFault": false})
		} else {
			kept = append(kept, e)
		}
	}
	if len(failed) == 0 {
		return body, nil
	}
	in.Entries = kept
	body, _ = json.Marshal(in) // it was JSON
	return body, failed
}

// pass lets the queue answer, and adds the failed entries to the answer.
func (s *stand) pass(w http.ResponseWriter, r *http.Request, failed []map[string]any) {
	if len(failed) == 0 {
		s.queue.ServeHTTP(w, r)
		return
	}
	recorded := httptest.NewRecorder()
	s.queue.ServeHTTP(recorded, r)
	var out map[string]any
	if err := json.Unmarshal(recorded.Body.Bytes(), &out); err != nil || recorded.Code != http.StatusOK {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	out["Failed"] = failed
	answer(w, out)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	_ = json.NewEncoder(w).Encode(v)
}

// drain lets the longest delay pass, receives what is on the queue, ticks its
// accounts off, and empties it. Nobody sends meanwhile.
func (s *stand) drain() error {
	s.draining.Lock()
	defer s.draining.Unlock()
	if s.trouble != nil {
		return s.trouble
	}
	s.held.Store(0)
	depths, _ := s.queue.Depths()
	s.delayed += depths["sync"].Delayed
	s.passed += 15*time.Minute + time.Second
	before := s.messages
	for {
		var got struct{ Messages []struct{ Body string } }
		err := s.call("ReceiveMessage", map[string]any{"QueueUrl": s.queueURL(), "MaxNumberOfMessages": 10, "VisibilityTimeout": 43200}, &got)
		if err != nil {
			return err
		}
		if len(got.Messages) == 0 {
			break
		}
		for _, m := range got.Messages {
			if err := s.tick(m.Body); err != nil {
				return err
			}
		}
	}
	if got := s.messages - before; got != depths["sync"].Total() {
		return fmt.Errorf("the queue held %d messages and gave %d", depths["sync"].Total(), got)
	}
	return s.call("PurgeQueue", map[string]string{"QueueUrl": s.queueURL()}, nil)
}

// tick notes one message's account.
func (s *stand) tick(body string) error {
	var m struct{ Account string }
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return err
	}
	i, err := number(m.Account)
	if err != nil || i < 0 || i >= s.n {
		return fmt.Errorf("a message for %q, which is no account of this run", m.Account)
	}
	s.messages++
	s.seen[i] = true
	return nil
}

func (s *stand) queueURL() string { return "http://queue/000000000000/sync" }

// call asks the queue in this process, past the network.
func (s *stand) call(operation string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r := httptest.NewRequest(http.MethodPost, "http://queue/", bytes.NewReader(body))
	r.Header.Set("X-Amz-Target", target+operation)
	w := httptest.NewRecorder()
	s.queue.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return fmt.Errorf("%s: %s", operation, w.Body)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(w.Body.Bytes(), out)
}
