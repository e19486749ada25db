package simtest

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
)

// journal is where the product logs to. Every line is searched for secrets.
type journal struct {
	w       *World
	mu      sync.Mutex
	secrets map[string]bool // client secrets and tokens
	keys    map[string]bool // lines of private keys
	lines   []string        // the last ones
	panics  int             // that the product recovered from
}

func newJournal(w *World) *journal {
	return &journal{w: w, secrets: map[string]bool{}, keys: map[string]bool{}}
}

// secret makes a text known as one that must not be seen.
func (j *journal) secret(text string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.secrets[text] = true
}

// key makes a private key known as one that must not be seen.
func (j *journal) key(pem string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for line := range strings.Lines(pem) {
		if line = strings.TrimSpace(line); len(line) >= keyRun && !strings.HasPrefix(line, "-") {
			j.keys[line[:keyRun]] = true
		}
	}
}

// keyRun is how much of a key's line is recognised.
const keyRun = 40

// token makes the token in an answer of the bank's known.
func (j *journal) token(body []byte) {
	var in struct {
		Token string `json:"access_token"`
	}
	if json.Unmarshal(body, &in) == nil && in.Token != "" {
		j.secret(in.Token)
	}
}

// Write takes one line of the log.
func (j *journal) Write(p []byte) (int, error) {
	found := j.find(p)
	j.mu.Lock()
	j.lines = append(j.lines, strings.TrimSpace(string(p)))
	if n := len(j.lines); n >= 2*traced {
		j.lines = append(j.lines[:0], j.lines[n-traced:]...)
	}
	j.mu.Unlock()
	j.w.check(noSecret, found == "", "a log line holds %s", found)
	if bytes.Contains(p, []byte(`"msg":"panic"`)) {
		j.panics++
		j.w.check(noCrash, j.panics <= j.w.faults("process/panic"), "a panic that no fault made: %s", p)
	}
	return len(p), nil
}

// find says which kind of secret a text holds, "" where none.
func (j *journal) find(p []byte) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	if bytes.Contains(p, []byte("PRIVATE KEY")) {
		return "a private key"
	}
	run := 0
	for i, c := range p {
		if c == '-' && i >= 8 && i+28 <= len(p) && p[i+5] == '-' && j.secrets[string(p[i-8:i+28])] {
			return "a client secret or a token"
		}
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/', c == '=':
			if run++; run >= keyRun && j.keys[string(p[i+1-keyRun:i+1])] {
				return "a line of a private key"
			}
		default:
			run = 0
		}
	}
	return ""
}
