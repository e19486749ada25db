package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/infra/bench/figures"
)

// parts are two measures that note what they are asked, and end as told.
func parts(asked *[]string, first, second figures.Figure, err error) []measure {
	of := func(name string, f figures.Figure, err error) measure {
		return measure{name, func(_ context.Context, o figures.Options, r *figures.Report) error {
			*asked = append(*asked, name)
			if o.Root == "" || o.Accounts == 0 || o.Progress == nil {
				return errors.New("an option is missing")
			}
			r.Section(name)
			r.Add(f)
			return err
		}}
	}
	return []measure{of("first", first, err), of("second", second, nil)}
}

func TestRun(t *testing.T) {
	t.Parallel()
	holds, broken := figures.Figure{What: "x", Value: 1, Limit: 2}, figures.Figure{What: "x", Value: 3, Limit: 2}
	fault := errors.New("no table")
	for _, test := range []struct {
		name          string
		first, second figures.Figure
		fails         error
		args          []string
		asked         []string
		want          string // in the output
		err           string
	}{
		{"all", holds, holds, nil, nil, []string{"first", "second"}, "\nall limits hold (2)\n", ""},
		{"only one", broken, holds, nil, []string{"--only", "second"}, []string{"second"}, "\nall limits hold (1)\n", ""},
		{"two", holds, holds, nil, []string{"--only=second,first"}, []string{"first", "second"}, "\nall limits hold (2)\n", ""},
		{"a limit", holds, broken, nil, nil, []string{"first", "second"}, "second: x is 3, limit ≤ 2", errLimits.Error()},
		{"a part that fails", holds, holds, fault, nil, []string{"first", "second"}, "\nsecond\n", "first: no table"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var asked []string
			var out strings.Builder
			err := run(t.Context(), parts(&asked, test.first, test.second, test.fails), test.args, &out, io.Discard)
			if got := errorText(err); got != test.err {
				t.Errorf("error %q, want %q", got, test.err)
			}
			if d := cmp.Diff(test.asked, asked); d != "" {
				t.Errorf("parts (-want +got):\n%s", d)
			}
			if !strings.Contains(out.String(), test.want) || !strings.HasPrefix(out.String(), "go1.") {
				t.Errorf("printed %s\nwant %q in it, after the machine", out.String(), test.want)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	var asked []string
	all := parts(&asked, figures.Figure{}, figures.Figure{}, nil)
	for _, test := range []struct {
		args []string
		want string // in the error
	}{
		{[]string{"--only", "third"}, "--only third: the parts are first,second"},
		{[]string{"--only", "first,"}, "--only : the parts are"},
		{[]string{"--accounts", "0"}, "--accounts 0 is not more than 0"},
		{[]string{"--accounts", "many"}, "invalid value"},
		{[]string{"start"}, "there are flags only"},
		{[]string{"--else"}, "flag provided but not defined"},
	} {
		if err := run(t.Context(), all, test.args, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: error %v, want one with %q", test.args, err, test.want)
		}
	}
	if o, err := parse(all, nil, io.Discard); err != nil || o.accounts != 1_000_000 || len(o.only) != 0 {
		t.Errorf("without flags: %+v, %v", o, err)
	}
	if o, err := parse(all, []string{"--accounts", "7"}, io.Discard); err != nil || o.accounts != 7 {
		t.Errorf("with --accounts 7: %+v, %v", o, err)
	}
	var help strings.Builder
	if _, err := parse(all, []string{"--help"}, &help); !errors.Is(err, flag.ErrHelp) || !strings.Contains(help.String(), "first,second") {
		t.Errorf("help is %q, %v", help.String(), err)
	}
	if len(asked) != 0 {
		t.Errorf("measured %v in spite of errors", asked)
	}
}

// TestParts: the parts that the issue names, in the order of the table.
func TestParts(t *testing.T) {
	t.Parallel()
	var names []string
	for _, m := range measures() {
		names = append(names, m.name)
	}
	if d := cmp.Diff([]string{"start", "sync", "fanout", "front"}, names); d != "" {
		t.Errorf("parts (-want +got):\n%s", d)
	}
}
