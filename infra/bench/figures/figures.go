// Package figures is what the benchmarks report: measured values beside the
// limits that the project set itself. A Report prints itself as a table as it
// grows, and says in the end which limits do not hold.
package figures

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// Figure is one measured value.
type Figure struct {
	What  string  // what was measured, in a few words
	Value float64 // in Unit
	Unit  string  // "MB", "ms", "requests"; "x" is a ratio within one run
	// Limit is the most that Value may be; 0 is no limit: a figure to look at.
	Limit float64
	// Zero says that Value must be 0, which Limit cannot.
	Zero bool
	Note string // against what, under which circumstances
}

// Holds reports whether the value keeps its limit. What is no number keeps none.
func (f Figure) Holds() bool {
	switch {
	case f.Zero:
		return f.Value == 0
	case f.Limit != 0:
		return f.Value <= f.Limit
	}
	return true
}

// Options says how much to measure, and where.
type Options struct {
	Root     string    // of the module, with a slash or without
	Accounts int       // of the fan-out
	Progress io.Writer // a line now and then
}

// Report collects figures.
type Report struct {
	To      io.Writer
	section string
	figures []Figure
	broken  []string
}

// Section begins a part of the table. What stands before a colon is its name.
func (r *Report) Section(title string) {
	r.section, _, _ = strings.Cut(title, ":")
	_, _ = fmt.Fprintf(r.To, "\n%s\n", title)
}

// Add prints a figure and keeps it.
func (r *Report) Add(f Figure) {
	r.figures = append(r.figures, f)
	limit := f.limit()
	if !f.Holds() {
		limit += "  DOES NOT HOLD"
		r.broken = append(r.broken, fmt.Sprintf("%s: %s is %s, limit %s", r.section, f.What, strings.TrimSpace(number(f.Value)+" "+f.Unit), f.limit()))
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

// Verdict prints how many limits there are and which do not hold, and returns
// whether all do. Where nothing was measured nothing holds.
func (r *Report) Verdict() bool {
	limits := 0
	for _, f := range r.figures {
		if f.limit() != "" {
			limits++
		}
	}
	switch {
	case limits == 0:
		_, _ = fmt.Fprint(r.To, "\nnothing with a limit was measured\n")
	case len(r.broken) == 0:
		_, _ = fmt.Fprintf(r.To, "\nall limits hold (%d)\n", limits)
	default:
		_, _ = fmt.Fprintf(r.To, "\n%d of %d limits do not hold:\n  %s\n", len(r.broken), limits, strings.Join(r.broken, "\n  "))
	}
	return limits > 0 && len(r.broken) == 0
}

// limit tells the limit, "" for none.
func (f Figure) limit() string {
	switch {
	case f.Zero:
		return "0"
	case f.Limit != 0:
		return strings.TrimSpace("≤ " + number(f.Limit) + " " + f.Unit)
	}
	return ""
}

// number prints what is large without decimals, and in groups of three digits.
func number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Sprint(v)
	}
	if v > -100 && v < 100 && v != float64(int64(v)) {
		return fmt.Sprintf("%.2f", v)
	}
	s := fmt.Sprintf("%.0f", v)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
