package operations

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// costs recomputes infra/costs.md from its own prices and quantities, and counts
// metrics and alarms anew.
func (c *checker) costs() {
	const file = "infra/costs.md"
	tables := tablesOf(c.p.Costs)
	prices := map[string][2]float64{}
	for _, row := range tables["Prices"] {
		unit := 1.0
		if strings.HasPrefix(row[1], "million") {
			unit = 1e6
		}
		prices[row[0]] = [2]float64{amount(row[2]) / unit, amount(row[3]) / unit}
	}
	account := c.table(file+": account", tables["An account and month"], prices)
	stack := c.table(file+": stack", tables["A stack and month"], prices)
	for _, row := range tables["Together"] {
		n := amount(row[0])
		secret := n * prices["secret"][1]
		all := [2]float64{stack[0] + n*account[0], stack[1] + n*account[1]}
		for i, want := range []float64{n, all[0], all[1], all[1] / n, 100 * secret / all[1]} {
			c.equal(fmt.Sprintf("%s: %s accounts", file, row[0]), row[i], want)
		}
	}
	if len(tables["Together"]) == 0 {
		c.fault("%s: no totals", file)
	}
	emitted := 0
	for _, metrics := range c.emitted {
		emitted += len(metrics)
	}
	for _, row := range tables["A stack and month"] {
		switch {
		case row[1] == "metric" && amount(row[2]) != float64(emitted):
			c.fault("%s: %s metrics, the code emits %d", file, row[2], emitted)
		case row[1] == "alarm" && amount(row[2]) != float64(c.single+c.computing):
			c.fault("%s: alarms of %s metrics, there are %d", file, row[2], c.single+c.computing)
		}
	}
}

// table checks a table of quantities, line by line and its sum, which it returns.
func (c *checker) table(what string, rows [][]string, prices map[string][2]float64) (sum [2]float64) {
	summed := false
	for _, row := range rows {
		if strings.Contains(row[0], "together") {
			summed = true
			c.equal(what+": together", row[3], sum[0])
			c.equal(what+": together", row[4], sum[1])
			continue
		}
		price, ok := prices[row[1]]
		if !ok {
			c.fault("%s: %s has no price %q", what, row[0], row[1])
			continue
		}
		for i := range sum {
			cost := amount(row[2]) * price[i]
			sum[i] += cost
			c.equal(what+": "+row[0], row[3+i], cost)
		}
	}
	if !summed {
		c.fault("%s: no sum", what)
	}
	return sum
}

// equal checks that a number as written is the one computed, to its last digit.
func (c *checker) equal(what, written string, want float64) {
	digits := 0
	if _, fraction, ok := strings.Cut(bare(written), "."); ok {
		digits = len(fraction)
	}
	if math.Abs(amount(written)-want) > 0.501*math.Pow10(-digits) {
		c.fault("%s: %s should be %s", what, bare(written), strconv.FormatFloat(want, 'f', digits, 64))
	}
}

func bare(cell string) string { return strings.Trim(strings.ReplaceAll(cell, ",", ""), " *%") }

func amount(cell string) float64 {
	f, err := strconv.ParseFloat(bare(cell), 64)
	if err != nil {
		return math.NaN()
	}
	return f
}

// tablesOf returns the rows of each section's table, without its head.
func tablesOf(text string) map[string][][]string {
	tables := map[string][][]string{}
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "## "); ok {
			section = name
		}
		if !strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		tables[section] = append(tables[section], cells)
	}
	for name, rows := range tables {
		tables[name] = rows[min(2, len(rows)):]
	}
	return tables
}
