package inter

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

func readFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The recorded answers are read to exactly their rows, however the bytes arrive.
func TestRecordedPages(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string]int{
		"recorded2023_completo_2023-01-01_2023-03-22_pagina0.json": 50,
		"recorded2023_completo_2023-03-17_2023-03-18.json":         4,
		"recorded2023_completo_2023-03-19_2023-03-20.json":         12,
		"recorded2023_completo_2023-03-20_2023-03-23.json":         16,
	} {
		text := readFile(t, name)
		p, err := decodePage(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(p.rows) != rows || p.sent != rows || *p.here != rows {
			t.Errorf("%s: %d rows, %d told, want %d", name, len(p.rows), *p.here, rows)
		}
		slow, err := decodePage(&body{from: iotest.OneByteReader(strings.NewReader(text)), left: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p.rows, slow.rows, cmp.Comparer(bytes.Equal)); diff != "" {
			t.Errorf("%s by single bytes (-whole +slow):\n%s", name, diff)
		}
	}
}

// What is known of the recordings: two payments alike in all but id, bar code
// and 20 ms; a provisional id; the Pix of a Sunday, dated Monday.
func TestRecordedPeculiarities(t *testing.T) {
	t.Parallel()
	p, err := decodePage(strings.NewReader(readFile(t, "recorded2023_completo_2023-01-01_2023-03-22_pagina0.json")))
	if err != nil {
		t.Fatal(err)
	}
	var twins, provisional, weekend []statement.Row
	for _, r := range p.rows {
		id, ok := statement.ParseBankID(r.BankID)
		if !ok || id.Date != r.Date {
			t.Errorf("id %s of %s tells %+v", r.BankID, r.Date, id)
		}
		if id.Provisional {
			provisional = append(provisional, r)
		}
		if r.Amount == -20442 && r.Date == "2023-03-21" {
			twins = append(twins, r)
		}
		if statement.DateOf(r.BookedAt) == "2023-03-19" {
			weekend = append(weekend, r)
		}
	}
	if len(twins) != 2 || twins[0].BookedAt.Sub(twins[1].BookedAt).Milliseconds() != 20 || twins[0].BankID == twins[1].BankID {
		t.Errorf("twins of 204.42: %+v", twins)
	}
	if len(provisional) != 1 || statement.DateOf(provisional[0].BookedAt) != "2023-03-08" {
		t.Errorf("provisional: %+v", provisional)
	}
	if len(weekend) != 3 {
		t.Errorf("%d entries of Sunday 2023-03-19, want 3", len(weekend))
	}
	for _, r := range weekend {
		if r.Date != "2023-03-20" {
			t.Errorf("an entry of Sunday is dated %s, want Monday", r.Date)
		}
	}
}

const oneRow = `{"dataTransacao":"2023-03-21","tipoOperacao":"C","valor":"1"}`

func TestMalformedPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"no rows":               {`{"totalElementos":0}`, "transacoes is missing"},
		"no total":              {readFile(t, "lib2026_extrato_completo.json"), "totalElementos is missing"},
		"total null":            {`{"totalElementos":null,"transacoes":[]}`, "totalElementos is missing"},
		"rows null":             {`{"totalElementos":0,"transacoes":null}`, "is not a list"},
		"rows an object":        {`{"totalElementos":0,"transacoes":{}}`, "is not a list"},
		"rows twice":            {`{"totalElementos":0,"transacoes":[],"transacoes":[]}`, "twice"},
		"count lies":            {`{"totalElementos":1,"numeroDeElementos":2,"transacoes":[` + oneRow + `]}`, "numeroDeElementos is 2"},
		"total negative":        {`{"totalElementos":-1,"transacoes":[]}`, "not a count"},
		"total a fraction":      {`{"totalElementos":1.5,"transacoes":[]}`, "not a count"},
		"total empty":           {`{"totalElementos":"","transacoes":[]}`, "not a count"},
		"total a list":          {`{"totalElementos":[1],"transacoes":[]}`, "not a count"},
		"pages a word":          {`{"totalElementos":0,"totalPaginas":"x","transacoes":[]}`, "totalPaginas"},
		"flag a word":           {`{"totalElementos":0,"ultimaPagina":"sim","transacoes":[]}`, "ultimaPagina"},
		"a row is not a row":    {`{"totalElementos":2,"transacoes":[` + oneRow + `,7]}`, "[1] is not an object"},
		"a row is malformed":    {`{"totalElementos":1,"transacoes":[{"idTransacao":"ID7"}]}`, "[0] (idTransacao ID7): dataTransacao"},
		"cut inside a row":      {`{"totalElementos":1,"transacoes":[{"idTransacao"`, "[0]"},
		"cut between rows":      {`{"totalElementos":1,"transacoes":[` + oneRow, "transacoes"},
		"cut behind the rows":   {`{"totalElementos":1,"transacoes":[` + oneRow + `]`, "ends early"},
		"more behind":           {`{"totalElementos":0,"transacoes":[]}{}`, "follows"},
		"a list":                {`[]`, "not a JSON object"},
		"an answer of a scroll": {readFile(t, "official_scroll_inicial.json"), "numeroDeElementos is 10000"},
	} {
		_, err := decodePage(strings.NewReader(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	const odd = `{"transacoes":[],"totalElementos":"0","ultimaPagina":null,"totalPaginas":null,"numeroDeElementos":"0","novo":{"a":[1]}}` + " \n"
	if _, err := decodePage(strings.NewReader(odd)); err != nil {
		t.Errorf("%s: %v", odd, err)
	}
}

// More rows than asked for are not taken, nor kept.
func TestPageIsBounded(t *testing.T) {
	t.Parallel()
	rows := oneRow + strings.Repeat(","+oneRow, pageSize)
	if _, err := decodePage(strings.NewReader(`{"totalElementos":10000,"transacoes":[` + rows + `]}`)); err == nil {
		t.Error("10,001 rows are read")
	}
	p, err := decodePage(strings.NewReader(`{"totalElementos":10001,"transacoes":[` + rows[len(oneRow)+1:] + `]}`))
	if err != nil || p.total != 10001 || p.sent != pageSize || len(p.rows) != 0 {
		t.Errorf("total %d, sent %d, kept %d, %v", p.total, p.sent, len(p.rows), err)
	}
}

// endless is an answer without end.
type endless struct{ piece []byte }

func (e endless) Read(p []byte) (int, error) { return copy(p, e.piece), nil }

// A statement may have 32 MB and not a byte more, whatever is in them.
func TestStatementBound(t *testing.T) {
	t.Parallel()
	const bound = 32 << 20
	for size, want := range map[int64]statement.Code{bound: "", bound + 1: statement.IncompleteAnswer} {
		s, now := bare(t)
		s.turn, s.held = make(chan struct{}, 1), token{text: statement.NewSecret("t"), until: now.Add(time.Hour)}
		s.client.config.StatementTimeout = time.Hour
		s.wire = roundTrip(func(*http.Request) (*http.Response, error) {
			long := io.LimitReader(endless{bytes.Repeat([]byte("x"), 1<<16)}, size)
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(long)}, nil
		})
		err := s.get(context.Background(), callStatement, nil, func(r io.Reader) error {
			_, err := io.Copy(io.Discard, r)
			return err
		})
		if code, _ := statement.CodeOf(err); code != want {
			t.Errorf("%d bytes: %v, want code %q", size, err, want)
		}
	}
}

func TestBodyBound(t *testing.T) {
	t.Parallel()
	for size, large := range map[int]bool{99: false, 100: false, 101: true, 5000: true} {
		for _, from := range []io.Reader{
			strings.NewReader(strings.Repeat("x", size)),
			iotest.OneByteReader(strings.NewReader(strings.Repeat("x", size))),
		} {
			b := &body{from: from, left: 100}
			text, err := io.ReadAll(b)
			if large != (err != nil) || large != b.tooLarge || !large && len(text) != size {
				t.Errorf("%d bytes: read %d, %v, too large %t", size, len(text), err, b.tooLarge)
			}
		}
	}
}
