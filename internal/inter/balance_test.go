package inter

import (
	"strings"
	"testing"

	"extrato/internal/statement"
)

func TestBalance(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want statement.Cents
		ref  statement.Date
	}{
		"the bank's own, no banking day": {readFile(t, "official_saldo_dia_nao_util.json"), 285055, "2024-01-01"},
		"the bank's own, now":            {readFile(t, "official_saldo_sem_data.json"), 285055, ""},
		"a library's":                    {readFile(t, "lib2022_saldo_com_data.json"), 123456, ""},
		"whole":                          {`{"disponivel":1000}`, 100000, ""},
		"zero":                           {`{"disponivel":0}`, 0, ""},
		"negative":                       {`{"disponivel":-0.01}`, -1, ""},
		"Java's double":                  {`{"disponivel":1.23456789E7}`, 1234567890, ""},
		"Java's small double":            {`{"disponivel":1.0E-2}`, 1, ""},
		"beyond a float's digits":        {`{"disponivel":90071992547409.93}`, 9007199254740993, ""},
		"text":                           {`{"disponivel":"24.9"}`, 2490, ""},
		"reference null":                 {`{"disponivel":1,"dataReferencia":null}`, 100, ""},
		"unknown fields":                 {`{"x":{"disponivel":7},"disponivel":1}`, 100, ""},
	} {
		got, ref, err := decodeBalance(strings.NewReader(test.text))
		if err != nil || got != test.want || ref != test.ref {
			t.Errorf("%s: %s, %s, %v, want %s, %s", name, got, ref, err, test.want, test.ref)
		}
	}
	for name, text := range map[string]string{
		"missing":             `{}`,
		"null":                `{"disponivel":null}`,
		"empty":               `{"disponivel":""}`,
		"object":              `{"disponivel":{"valor":1}}`,
		"fraction of a cent":  `{"disponivel":1.005}`,
		"word":                `{"disponivel":"x"}`,
		"twice":               `{"disponivel":1,"disponivel":2}`,
		"reference malformed": `{"disponivel":1,"dataReferencia":"2024-13-01"}`,
		"reference an object": `{"disponivel":1,"dataReferencia":{}}`,
		"a list":              `[1]`,
		"cut":                 `{"disponivel":1`,
		"followed":            `{"disponivel":1}{}`,
	} {
		if got, _, err := decodeBalance(strings.NewReader(text)); err == nil {
			t.Errorf("%s: %s", name, got)
		}
	}
}
