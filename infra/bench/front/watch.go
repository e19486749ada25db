package front

import (
	"bytes"
	"sync"
)

// watch notes where secrets are found.
type watch struct {
	mu       sync.Mutex
	secrets  [][]byte // all of all customers
	found    []string // where
	searched int64    // bytes
}

// guard adds texts that no log may hold.
func (w *watch) guard(secrets ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range secrets {
		w.secrets = append(w.secrets, []byte(s))
	}
}

// search notes the place where one of these secrets is in the text. An answer
// is searched for its own customer's: to look for everybody's in each would
// cost more than the request.
func (w *watch) search(where string, text []byte, secrets [][]byte) {
	leaks := false
	for _, s := range secrets {
		leaks = leaks || bytes.Contains(text, s)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.searched += int64(len(text))
	if leaks {
		w.found = append(w.found, where)
	}
}

// searchAll looks in a text for every secret there is.
func (w *watch) searchAll(where string, text []byte) {
	w.mu.Lock()
	all := w.secrets
	w.mu.Unlock()
	w.search(where, text, all)
}

// result returns the places where secrets were found, and the bytes searched.
func (w *watch) result() (places []string, bytes int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.found, w.searched
}
