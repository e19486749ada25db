package main

import (
	"fmt"

	"extrato/internal/bankday"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

type erpDay struct {
	Date       statement.Date `json:"date"`
	Status     string         `json:"status"`
	Entries    int            `json:"entries"`
	Credits    string         `json:"credits"`
	Debits     string         `json:"debits"`
	Balance    string         `json:"balance"`
	Difference string         `json:"difference"`
}

func (c *erp) days(id string, from, to statement.Date) []erpDay {
	c.t.Helper()
	var list struct {
		Days []erpDay `json:"days"`
	}
	c.must("GET", fmt.Sprintf("/v1/accounts/%s/days?from=%s&to=%s", id, from, to), nil, &list)
	if n := to.DaysSince(from) + 1; len(list.Days) != n {
		c.t.Errorf("%d days from %s to %s, want %d", len(list.Days), from, to, n)
	}
	return list.Days
}

// dayAtBank is what a day must be told as: its entries as the bank has them
// and, up to the day before unproven ("" for none), its balance; from then on
// it differs.
func dayAtBank(a *intertest.Account, d, through, unproven statement.Date, difference statement.Cents) erpDay {
	day := erpDay{Date: d, Status: "proven", Difference: "0.00", Balance: a.BalanceAt(d).String()}
	var credits, debits statement.Cents
	for _, row := range a.Dated(d, d) {
		day.Entries++
		if row.Amount > 0 {
			credits += row.Amount
		} else {
			debits -= row.Amount
		}
	}
	day.Credits, day.Debits = credits.String(), debits.String()
	switch {
	case d > bankday.LastNotAfter(through): // a weekend's balance is Monday's business
		day.Status, day.Balance, day.Difference = "read", "", ""
	case unproven != "" && d >= unproven:
		day.Status, day.Balance, day.Difference = "unproven", "", difference.String()
	}
	return day
}

// daysAre compares every civil day from the first that is kept up to through.
// Of an unproven day the balance is not compared: the bank's was asked of some.
func (c *erp) daysAre(id string, a *intertest.Account, through, unproven statement.Date, difference statement.Cents) {
	c.t.Helper()
	wrong := 0
	for _, got := range c.days(id, c.account(id).Coverage.From, through) {
		want := dayAtBank(a, got.Date, through, unproven, difference)
		if want.Status == "unproven" {
			got.Balance = ""
		}
		if got != want {
			if wrong++; wrong <= 5 {
				c.t.Errorf("day %+v\n want %+v", got, want)
			}
		}
	}
	if wrong > 5 {
		c.t.Errorf("and %d further days are wrong", wrong-5)
	}
}
