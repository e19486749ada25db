package demo

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// civilDay is what the demo needs of the API's day. Amounts are decimals, ""
// where the API tells none.
type civilDay struct {
	Date       statement.Date `json:"date"`
	Status     string         `json:"status"`
	Entries    int            `json:"entries"`
	Credits    string         `json:"credits"`
	Debits     string         `json:"debits"`
	Balance    string         `json:"balance"`
	Difference string         `json:"difference"`
}

// daysAtOnce is how many days are asked for at once; the API bounds a list.
const daysAtOnce = 366

// days returns every civil day from…to.
func (c *client) days(ctx context.Context, id string, from, to statement.Date) ([]civilDay, error) {
	var all []civilDay
	for ; from <= to; from = from.AddDays(daysAtOnce) {
		query := url.Values{"from": {string(from)}, "to": {string(min(to, from.AddDays(daysAtOnce-1)))}}
		var list struct {
			Days []civilDay `json:"days"`
		}
		if err := c.call(ctx, "GET", "/v1/accounts/"+id+"/days?"+query.Encode(), nil, &list); err != nil {
			return nil, err
		}
		all = append(all, list.Days...)
	}
	return all, nil
}

// proof is one banking day as it is printed. What was dated on days off since
// the banking day before counts with it.
type proof struct {
	date              statement.Date
	entries           int
	credits, debits   statement.Cents // debits as a positive amount
	opening, closing  statement.Cents
	opens, closes     bool // whether there is an opening, a closing to print
	status            string
	difference, truth statement.Cents // truth is the closing that the bank has
}

// proven reports whether the API says so, the sum agrees and the bank does.
func (p proof) proven() bool {
	return p.status == string(statement.DayProven) && p.opens && p.closes &&
		p.opening+p.credits-p.debits == p.closing && p.closing == p.truth
}

// verdict is the last column.
func (p proof) verdict() string {
	switch {
	case p.proven():
		return "✓"
	case p.status == string(statement.DayUnproven):
		return "✗ diferença " + reais(p.difference)
	case p.status != string(statement.DayProven):
		return "✗ não provado"
	case !p.closes || p.closing != p.truth:
		return "✗ o banco tem " + reais(p.truth)
	}
	return "✗ a soma não fecha: " + reais(p.opening+p.credits-p.debits-p.closing)
}

// proofs makes the rows of the banking days from…to. A day begins with the
// balance that the one before ended with; the first with the bank's of its eve.
func proofs(days []civilDay, from, to statement.Date, balance func(statement.Date) statement.Cents) ([]proof, error) {
	byDate := map[statement.Date]civilDay{}
	for _, d := range days {
		byDate[d.Date] = d
	}
	var rows []proof
	p := proof{opening: balance(from.AddDays(-1)), opens: true}
	for date := from; date <= to; date = date.AddDays(1) {
		d := byDate[date]
		if err := p.add(d); err != nil {
			return nil, fmt.Errorf("day %s: %w", date, err)
		}
		if !bankday.IsBankingDay(date) {
			continue
		}
		p.date, p.status, p.truth = date, d.Status, balance(date)
		if d.Balance != "" {
			closing, err := statement.ParseCents(d.Balance)
			if err != nil {
				return nil, fmt.Errorf("balance of %s: %w", date, err)
			}
			p.closing, p.closes = closing, true
		} else if p.entries == 0 && d.Status == string(statement.DayProven) {
			p.closing, p.closes = p.opening, p.opens // nothing happened, and that is proven
		}
		rows = append(rows, p)
		p = proof{opening: p.closing, opens: p.closes}
	}
	return rows, nil
}

// add counts a civil day's movement.
func (p *proof) add(d civilDay) error {
	p.entries += d.Entries
	for _, a := range []struct {
		text string
		to   *statement.Cents
	}{{d.Credits, &p.credits}, {strings.TrimPrefix(d.Debits, "-"), &p.debits}, {d.Difference, &p.difference}} {
		if a.text == "" {
			continue
		}
		c, err := statement.ParseCents(a.text)
		if err != nil {
			return err
		}
		if a.to == &p.difference {
			*a.to = 0 // the last day's, not a sum
		}
		*a.to += c
	}
	return nil
}

// writeProofs prints a line a banking day, and counts them into r.
func writeProofs(out io.Writer, r *Result, rows []proof) {
	w := bufio.NewWriter(out)
	defer w.Flush()
	fmt.Fprintf(w, "Prova por dia útil: saldo anterior + créditos - débitos = saldo do banco\n\n")
	fmt.Fprintf(w, "%-10s  %s  %s  %s  %s  %s\n", "Data", right("Saldo anterior", 15), right("Lançamentos", 11),
		right("Créditos", 14), right("Débitos", 14), right("Saldo do banco", 15))
	for _, p := range rows {
		debits := -p.debits
		fmt.Fprintf(w, "%-10s  %s  %s  %s  %s  %s  %s\n", day(p.date), right(amount(p.opening, p.opens), 15),
			right(fmt.Sprint(p.entries), 11), right(reais(p.credits), 14), right(reais(debits), 14),
			right(amount(p.closing, p.closes), 15), p.verdict())
	}
	r.Days = len(rows)
	r.Proven = len(rows) - len(slices.DeleteFunc(slices.Clone(rows), proof.proven))
	fmt.Fprintf(w, "\nprova: %d de %d dias úteis provados\n", r.Proven, r.Days)
}

// amount is a balance where there is one.
func amount(c statement.Cents, told bool) string {
	if !told {
		return "-"
	}
	return reais(c)
}
