package demo

import (
	"fmt"
	"strings"

	"extrato/internal/statement"
)

// compare counts the difference between what the API told and the bank's truth
// of the entries dated from a day on. Entries are the same by the bank's id
// and amount; those without an id by all that a person sees of them, each as
// often as it is there.
func compare(r *Result, entries []entry, truth []statement.Row, from statement.Date) {
	balance := map[string]int{}
	for _, row := range truth {
		if row.Date < from {
			continue
		}
		r.AtBank++
		balance[key(row.BankID, row.Date, row.Amount.String(), row.Type, row.Title, row.Description)]++
	}
	for _, e := range entries {
		r.Entries++
		balance[key(e.BankID, e.Date, e.Amount, e.Type, e.Title, e.Description)]--
	}
	for _, n := range balance {
		r.Missing += max(n, 0)
		r.Duplicated += max(-n, 0)
	}
}

func key(bankID string, date statement.Date, amount string, rest ...string) string {
	if bankID != "" {
		return bankID + " " + string(date) + " " + amount
	}
	return fmt.Sprint(date, " ", amount, " ", strings.Join(rest, "\x00"))
}
