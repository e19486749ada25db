package simtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"time"

	"extrato/internal/statement"
)

// traced is how many of the last lines of a history are kept.
const traced = 400

// trace is what happened, as lines: all of them in the hash, the last kept.
type trace struct {
	sum   hash.Hash
	lines []string
	whole bool // keep all
}

func newTrace() *trace { return &trace{sum: sha256.New()} }

// Trace writes down what happens. Nothing that differs between two plays of a
// script may be in it: no id of crypto/rand, no address.
func (w *World) Trace(format string, args ...any) {
	line := time.Now().In(statement.SaoPaulo).Format("2006-01-02 15:04:05.000 ") + fmt.Sprintf(format, args...)
	w.traceMu.Lock()
	defer w.traceMu.Unlock()
	w.trace.sum.Write([]byte(line + "\n"))
	w.trace.lines = append(w.trace.lines, line)
	if n := len(w.trace.lines); !w.trace.whole && n >= 2*traced {
		w.trace.lines = append(w.trace.lines[:0], w.trace.lines[n-traced:]...)
	}
}

func (w *World) hash() string { return hex.EncodeToString(w.trace.sum.Sum(nil)) }
