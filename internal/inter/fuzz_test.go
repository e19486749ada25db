package inter

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"extrato/internal/statement"
)

func fixtures(f *testing.F) (texts [][]byte) {
	f.Helper()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		f.Fatal("no fixtures: ", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}

// Whatever arrives, an answer is refused or read whole: as many rows as
// encoding/json sees in it, each with a date, a sign and all of its fields.
func FuzzPage(f *testing.F) {
	for _, text := range fixtures(f) {
		f.Add(text)
	}
	f.Add([]byte(`{"totalElementos":"1","transacoes":[{"dataTransacao":"2023-03-17","tipoOperacao":"D","valor":1.5E1,"x":[1,{"a":"}"}],"detalhes":{"pix":{"endToEndId":"E"}}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := decodePage(bytes.NewReader(text))
		if err != nil {
			return
		}
		var want struct {
			Rows []map[string]json.RawMessage `json:"transacoes"`
		}
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatalf("read, but encoding/json does not: %v", err)
		}
		if p.total > pageSize {
			return
		}
		if len(p.rows) != len(want.Rows) || p.sent != len(want.Rows) {
			t.Fatalf("%d rows, sent %d, want %d", len(p.rows), p.sent, len(want.Rows))
		}
		for i, row := range p.rows {
			checkRow(t, row, want.Rows[i])
		}
	})
}

func checkRow(t *testing.T, row statement.Row, want map[string]json.RawMessage) {
	t.Helper()
	if _, err := statement.ParseDate(string(row.Date)); err != nil {
		t.Error(err)
	}
	if row.Operation == statement.Credit && row.Amount < 0 || row.Operation == statement.Debit && row.Amount > 0 {
		t.Errorf("%s with amount %s", row.Operation, row.Amount)
	}
	var fields wireRow
	for key, value := range want {
		if to := fields.field([]byte(key)); to == nil {
			if !bytes.Equal(value, row.Extra[key]) {
				t.Errorf("extra %q is %s, want %s", key, row.Extra[key], value)
			}
		} else {
			*to = value
		}
	}
	if string(fields.details) == "null" {
		fields.details = nil
	}
	if !bytes.Equal(fields.details, row.Details) {
		t.Errorf("details %s, want %s", row.Details, fields.details)
	}
	var title any
	if json.Unmarshal(fields.title, &title) == nil {
		if text, ok := title.(string); ok && text != row.Title {
			t.Errorf("title %q, want %q", row.Title, text)
		}
	}
}

// members sees of any object what encoding/json sees.
func FuzzMembers(f *testing.F) {
	for _, text := range fixtures(f) {
		f.Add(text)
	}
	f.Add([]byte(` {"a" : 1 ,"b\"}":[{},"]"] , "c":{"d":"\\"},"e":-1.5e3,"f":null,"":true } `))
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) || !utf8.Valid(text) {
			return
		}
		var want map[string]json.RawMessage
		_ = json.Unmarshal(text, &want)
		got := map[string]json.RawMessage{}
		if err := members(text, func(key, value []byte) error {
			got[string(key)] = value
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if len(want) != len(got) {
			t.Errorf("%d members, want %d", len(got), len(want))
		}
		for key, value := range want {
			if !bytes.Equal(value, got[key]) {
				t.Errorf("%q is %s, want %s", key, got[key], value)
			}
		}
	})
}

// Whatever the bank says when it refuses: a code, a short line, no secret.
func FuzzRefusal(f *testing.F) {
	for _, text := range fixtures(f) {
		text = text[:min(len(text), 4000)]
		f.Add(400, text)
		f.Add(401, append(text, markedSecret...))
	}
	f.Add(403, []byte(`{"message":"marked-client-secret"}`))
	s, _ := bare(f)
	f.Fuzz(func(t *testing.T, status int, text []byte) {
		for _, c := range []call{callToken, callStatement, callBalance} {
			err := s.refused(c, status, http.Header{}, text)
			if err.Code == "" {
				t.Error("no code")
			}
			if len(err.Detail) > maxDetail || !utf8.ValidString(err.Detail) || strings.ContainsAny(err.Detail, "\n\r\x00") {
				t.Errorf("detail %q", err.Detail)
			}
			if strings.Contains(err.Error(), markedSecret) {
				t.Errorf("the secret is in %q", err)
			}
		}
	})
}
