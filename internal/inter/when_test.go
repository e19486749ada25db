package inter

import (
	"fmt"
	"testing"
	"time"

	"extrato/internal/statement"
)

// São Paulo was at -03 but for summer time at -02, which ended for good on
// 2019-02-16 at midnight. In 2018 it began on 4 November at 00:00 (the clocks
// went to 01:00) and ended on 17 February at 24:00 (they went back to 23:00).
func TestBookedAt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2023-03-20 18:43:34.773":       "2023-03-20T21:43:34.773Z",
		"2023-03-20T18:43:34.773":       "2023-03-20T21:43:34.773Z",
		"2023-03-20 18:43:34.7":         "2023-03-20T21:43:34.7Z",
		"2023-03-20 18:43:34":           "2023-03-20T21:43:34Z",
		"2023-03-20 18:43:34.773999":    "2023-03-20T21:43:34.773Z",
		"2023-03-20 18:43":              "2023-03-20T21:43:00Z",
		"2023-03-20":                    "2023-03-20T03:00:00Z",
		"2023-03-20T18:43:34.773Z":      "2023-03-20T18:43:34.773Z",
		"2023-03-20T18:43:34.773-03:00": "2023-03-20T21:43:34.773Z",
		"2023-03-20 18:43:34-02:00":     "2023-03-20T20:43:34Z",
		"2023-12-31 23:59:59.999":       "2024-01-01T02:59:59.999Z",
		"2018-01-15 12:00:00":           "2018-01-15T14:00:00Z", // summer
		"2018-11-03 23:59:59.999":       "2018-11-04T02:59:59.999Z",
		"2018-11-04":                    "2018-11-04T03:00:00Z", // midnight is not shown: the first instant
		"2018-11-04 00:30:00":           "2018-11-04T03:30:00Z", // nor is this: by the clock before
		"2018-11-04 01:00:00":           "2018-11-04T03:00:00Z",
		"2018-11-04 10:00:00":           "2018-11-04T12:00:00Z",
		"2018-02-17 22:59:59":           "2018-02-18T00:59:59Z",
		"2018-02-17 23:30:00":           "2018-02-18T01:30:00Z", // shown twice: the first
		"2018-02-18 00:00:00":           "2018-02-18T03:00:00Z",
		"2018-02-18 10:00:00":           "2018-02-18T13:00:00Z",
	} {
		got, err := parseBookedAt(text)
		if err != nil || got.Format(time.RFC3339Nano) != want || got.Location() != time.UTC {
			t.Errorf("%s is %s, %v, want %s", text, got.Format(time.RFC3339Nano), err, want)
		}
	}
	for _, text := range []string{"20/03/2023", "2023-02-30 10:00:00", "2023-03-20 24:00:00", "2023-03-20 10:60:00", "1679347414", " 2023-03-20",
		"2023-03-20 ", "0001-01-01 00:00:00", "9999-01-01 00:00:00", "2023-03-20 10", "2023-03-20 10:00:00 BRT"} {
		if got, err := parseBookedAt(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}

// Whatever the hour, the civil date in São Paulo is the one that was written:
// it decides which range a row belongs to.
func TestBookedAtKeepsItsDate(t *testing.T) {
	t.Parallel()
	for day := statement.Date("2017-01-01"); day <= "2020-12-31"; day = day.AddDays(1) {
		for _, clock := range []string{"", " 00:00:00", " 00:30:00", " 01:00:00", " 12:00:00", " 23:00:00", " 23:59:59.999"} {
			got, err := parseBookedAt(string(day) + clock)
			if err != nil || statement.DateOf(got) != day {
				t.Errorf("%s%s has the date %s, %v", day, clock, statement.DateOf(got), err)
			}
		}
	}
}

func TestReference(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"01/02/2024": "2024-02-01 <nil>", "2024-02-01": "2024-02-01 <nil>"} {
		got, err := parseReference(text)
		if s := fmt.Sprint(got, " ", err); s != want {
			t.Errorf("%s is %s, want %s", text, s, want)
		}
	}
	for _, text := range []string{"31/02/2024", "02/13/2024", "1/2/24", "", "x"} {
		if got, err := parseReference(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}
