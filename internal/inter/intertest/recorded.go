package intertest

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"extrato/internal/statement"
)

// recordedFiles are answers of production, recorded in March 2023 by a user
// who published them; names, numbers and keys in them were replaced.
//
//go:embed testdata/recorded2023_*.json
var recordedFiles embed.FS

// RecordedAccount is the number of the account in the recordings.
const RecordedAccount = "123456789"

// RecordedFrom and RecordedTo span the inclusion dates of the recorded rows.
const (
	RecordedFrom = statement.Date("2023-03-03")
	RecordedTo   = statement.Date("2023-03-21")
)

// RecordedRows is how many different rows were recorded.
const RecordedRows = 50

// Recorded adds the account of the recordings, with every row that was
// recorded, or returns it where it is there. Answers carry the recorded bytes:
// values, order of keys and of rows. The recorded page counted 73 entries, of
// which only the 50 newest were ever seen, so totals here count 50.
func (b *Bank) Recorded() *Account {
	if a := b.Account(RecordedAccount); a != nil {
		return a
	}
	entries, err := recordedEntries()
	if err != nil {
		panic(err) // the files are linked into the binary and tested
	}
	a := b.AddAccount(RecordedAccount)
	a.SetCompany("EMPRESA EXEMPLO COMERCIO LTDA")
	a.Add(entries...)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.recorded = true
	return a
}

// recordedEntries reads the union of the recorded rows, oldest first.
func recordedEntries() ([]Entry, error) {
	names, err := fs.Glob(recordedFiles, "testdata/recorded2023_completo_*.json")
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var entries []Entry
	for _, name := range names {
		raw, err := recordedFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var page struct {
			Rows []json.RawMessage `json:"transacoes"`
		}
		if err := json.Unmarshal(raw, &page); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, raw := range page.Rows {
			o, err := parseObject(raw)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if id := o.find("idTransacao"); !seen[id] {
				seen[id] = true
				e, err := recordedEntry(o)
				if err != nil {
					return nil, fmt.Errorf("%s: %s: %w", name, id, err)
				}
				entries = append(entries, e)
			}
		}
	}
	slices.SortFunc(entries, func(x, y Entry) int { return x.BookedAt.Compare(y.BookedAt) })
	return entries, nil
}

func recordedEntry(o object) (Entry, error) {
	id, ok := statement.ParseBankID(o.find("idTransacao"))
	if !ok {
		return Entry{}, fmt.Errorf("id is not of the known shape")
	}
	at, err := time.ParseInLocation(inclusionLayout, o.find("dataInclusao"), statement.SaoPaulo)
	if err != nil {
		return Entry{}, err
	}
	amount, err := statement.ParseCents(o.find("valor"))
	if err != nil {
		return Entry{}, err
	}
	if o.find("tipoOperacao") == string(statement.Debit) {
		amount = -amount
	}
	return Entry{
		Number: id.Number, Provisional: id.Provisional, BookedAt: at, Amount: amount,
		Date: statement.Date(o.find("dataTransacao")), Type: o.find("tipoTransacao"),
		Title: o.find("titulo"), Description: o.find("descricao"),
		History: recordedHistory(o), Details: o[o.index("detalhes")].Value,
	}, nil
}

// recordedHistory makes the text of the simple statement, which was not
// recorded, in the words that other users saw there.
func recordedHistory(o object) string {
	name := o.find("descricao")
	switch {
	case strings.HasPrefix(o.find("titulo"), "Pix recebido"):
		return "PIX RECEBIDO - Cp :00000000-" + name
	case strings.HasPrefix(o.find("titulo"), "Pix enviado"):
		return "PIX ENVIADO - Cp :00000000-" + name
	}
	return "PAGAMENTO DE TITULO - " + name
}
