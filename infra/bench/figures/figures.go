// Package figures is what the benchmarks report: measured values beside the
// limits that the project set itself. A Report prints itself as a table as it
// grows, and says in the end which limits do not hold.
package figures

import (
	"fmt"
	"io"
	"strings"
)

// Figure is one measured value.
type Figure struct {
	What  string  // what was measured, in a few words
	Value float64 // in Unit
	Unit  string  // "MB", "ms", "requests"; "x" is a ratio within one run
	// Limit is the most that Value may be; 0 is no limit: a figure to look at.
	Limit float64
	Note  string // against what, under which circumstances
}

// Holds reports whether the value keeps its limit.
func (f Figure) Holds() bool { return f.Limit == 0 || f.Value <= f.Limit }

// Options says how much to measure, and where.
type Options struct {
	Root     string    // of the module, with a slash or without
	Accounts int       // of the fan-out
	Progress io.Writer // a line now and then
}

// Report collects figures.
type Report struct {
	To      io.Writer
	figures []Figure
}

// Section begins a part of the table.
func (r *Report) Section(title string) { _, _ = fmt.Fprintf(r.To, "\n%s\n", title) }

// Add prints a figure and keeps it.
func (r *Report) Add(f Figure) {
	r.figures = append(r.figures, f)
	limit := ""
	if f.Limit != 0 {
		limit = fmt.Sprintf("≤ %s %s", number(f.Limit), f.Unit)
		if !f.Holds() {
			limit += "  DOES NOT HOLD"
		}
	}
	line := fmt.Sprintf("  %-58s %12s %-9s %-16s %s", f.What, number(f.Value), f.Unit, limit, f.Note)
	_, _ = fmt.Fprintln(r.To, strings.TrimRight(line, " "))
}

// Broken returns the figures whose limit does not hold.
func (r *Report) Broken() (broken []Figure) {
	for _, f := range r.figures {
		if !f.Holds() {
			broken = append(broken, f)
		}
	}
	return broken
}

// number prints what is large without decimals, and in groups of three digits.
func number(v float64) string {
	if v < 100 && v != float64(int64(v)) {
		return fmt.Sprintf("%.2f", v)
	}
	s := fmt.Sprintf("%.0f", v)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
