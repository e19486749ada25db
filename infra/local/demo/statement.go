package demo

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"extrato/internal/statement"
)

// write prints the statement: a line an entry, and totals after each month.
func write(out io.Writer, a account, entries []entry) {
	w := bufio.NewWriter(out)
	defer w.Flush()
	fmt.Fprintf(w, "\nExtrato: %s, Banco Inter, conta %s\nLançamentos datados desde %s, incluídos até %s\n\n",
		a.Description, a.BankAccount, day(a.Coverage.From), day(a.Coverage.ReadThrough))
	fmt.Fprintf(w, "%-10s  %s  %s  %s\n", "Data", left("Descrição", 44), left("Tipo", 20), right("Valor (R$)", 14))
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(x, y entry) int { return strings.Compare(string(x.Date), string(y.Date)) })
	var sums totals
	for i, e := range sorted {
		amount, err := statement.ParseCents(e.Amount)
		if err != nil {
			fmt.Fprintf(w, "%s: %v\n", e.ID, err)
		}
		fmt.Fprintf(w, "%-10s  %s  %s  %s\n", day(e.Date), left(what(e), 44), left(e.Type, 20), right(reais(amount), 14))
		sums.add(amount)
		if i == len(sorted)-1 || sorted[i+1].Date[:7] != e.Date[:7] {
			fmt.Fprintf(w, "%s\n%-10s  %s\n\n", strings.Repeat("-", 94), month(e.Date), sums)
			sums = totals{}
		}
	}
}

// totals of a month.
type totals struct {
	entries         int
	credits, debits statement.Cents
}

func (t *totals) add(c statement.Cents) {
	t.entries++
	if c > 0 {
		t.credits += c
	} else {
		t.debits += c
	}
}

// String tells the totals in Portuguese.
func (t totals) String() string {
	noun := "lançamentos"
	if t.entries == 1 {
		noun = "lançamento"
	}
	return fmt.Sprintf("%d %s   créditos %s   débitos %s   saldo do mês %s",
		t.entries, noun, reais(t.credits), reais(t.debits), reais(t.credits+t.debits))
}

// what names an entry: its title, and whom it concerns.
func what(e entry) string {
	title := strings.TrimSpace(e.Title)
	for _, who := range []string{e.Counterparty.Name, e.Description} {
		if who = strings.TrimSpace(who); who != "" && who != title {
			return strings.TrimPrefix(title+" · "+who, " · ")
		}
	}
	return title
}

// reais returns an amount as it is written in Brazil: -1.234,56.
func reais(c statement.Cents) string {
	whole, cents, _ := strings.Cut(c.String(), ".")
	digits, negative := strings.CutPrefix(whole, "-")
	var b strings.Builder
	if negative {
		b.WriteByte('-')
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(d)
	}
	return b.String() + "," + cents
}

// day returns a date as 20/11/2026, month as 11/2026.
func day(d statement.Date) string { return string(d[8:10]) + "/" + month(d) }

func month(d statement.Date) string { return string(d[5:7]) + "/" + string(d[:4]) }

// left and right fill or cut a text to a width in characters.
func left(s string, width int) string {
	if utf8.RuneCountInString(s) > width {
		s = string([]rune(s)[:width-1]) + "…"
	}
	return s + strings.Repeat(" ", width-utf8.RuneCountInString(s))
}

func right(s string, width int) string { return fmt.Sprintf("%"+strconv.Itoa(width)+"s", s) }
