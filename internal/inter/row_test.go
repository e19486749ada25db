package inter

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

func TestRow(t *testing.T) {
	t.Parallel()
	at := time.Date(2023, 3, 20, 21, 43, 34, 773e6, time.UTC)
	for name, test := range map[string]struct {
		text string
		want statement.Row
	}{
		"everything": {
			`{"idTransacao":"MDAx","dataInclusao":"2023-03-20 18:43:34.773","dataTransacao":"2023-03-21","tipoTransacao":"PIX","tipoOperacao":"D",` +
				`"valor":"204.42","titulo":"Pix enviado ","descricao":"A \"B\" \u00e9 é","numeroDocumento":"0042","cpmf":"N",` +
				`"detalhes": {"endToEndId" : "E1","nomeRecebedor":"R","cpfCnpjRecebedor":"123","nomePagador":"P"} ,"novo":[1,{"a": null}]}`,
			statement.Row{
				BankID: "MDAx", BookedAt: at, Date: "2023-03-21", Type: "PIX", Operation: "D", Amount: -20442, Title: "Pix enviado ",
				Description: `A "B" é é`, DocumentNumber: "0042", EndToEndID: "E1", Counterparty: statement.Counterparty{Name: "R", TaxID: "123"},
				Details: json.RawMessage(`{"endToEndId" : "E1","nomeRecebedor":"R","cpfCnpjRecebedor":"123","nomePagador":"P"}`),
				Extra:   map[string]json.RawMessage{"cpmf": json.RawMessage(`"N"`), "novo": json.RawMessage(`[1,{"a": null}]`)},
			}},
		"the least": {`{"dataTransacao":"2023-03-21","tipoOperacao":"C","valor":"24.9"}`,
			statement.Row{Date: "2023-03-21", Operation: "C", Amount: 2490}},
		"nulls are absent": {`{"idTransacao":null,"dataInclusao":null,"dataTransacao":"2023-03-21","tipoTransacao":null,"tipoOperacao":"C","valor":"1400.0",` +
			`"titulo":null,"descricao":null,"numeroDocumento":null,"detalhes":null,"cpmf":null}`,
			statement.Row{Date: "2023-03-21", Operation: "C", Amount: 140000, Extra: map[string]json.RawMessage{"cpmf": json.RawMessage("null")}}},
		"empty texts": {`{"idTransacao":"","dataInclusao":"","dataTransacao":"2023-03-21","tipoTransacao":"","tipoOperacao":"C","valor":"0","titulo":""}`,
			statement.Row{Date: "2023-03-21", Operation: "C"}},
		"numbers": {`{"idTransacao":9007199254740993,"dataTransacao":"2023-03-21","tipoOperacao":"D","valor":1.23456789E7,"numeroDocumento":42}`,
			statement.Row{BankID: "9007199254740993", Date: "2023-03-21", Operation: "D", Amount: -1234567890, DocumentNumber: "42"}},
		"keys are exact": {`{"dataTransacao":"2023-03-21","tipoOperacao":"C","valor":"1","Valor":"2"}`,
			statement.Row{Date: "2023-03-21", Operation: "C", Amount: 100, Extra: map[string]json.RawMessage{"Valor": json.RawMessage(`"2"`)}}},
		"escaped key": {`{"dataTransacao":"2023-03-21","tipoOperacao":"C","\u0076alor":"1"}`,
			statement.Row{Date: "2023-03-21", Operation: "C", Amount: 100}},
		"details of another shape": {`{"dataTransacao":"2023-03-21","tipoOperacao":"C","valor":"1","detalhes":["x"]}`,
			statement.Row{Date: "2023-03-21", Operation: "C", Amount: 100, Details: json.RawMessage(`["x"]`)}},
		"large amount": {`{"dataTransacao":"2023-03-21","tipoOperacao":"D","valor":"92233720368547758.07"}`,
			statement.Row{Date: "2023-03-21", Operation: "D", Amount: -9223372036854775807}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sent := []byte(test.text)
			got, err := decodeRow(sent)
			if err != nil {
				t.Fatal(err)
			}
			clear(sent) // the row keeps nothing of the buffer
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What cannot be read exactly is refused, naming the row's id and the field.
func TestMalformedRow(t *testing.T) {
	t.Parallel()
	row := func(replace, with string) string {
		const whole = `{"idTransacao":"ID7","dataInclusao":"2023-03-20 18:43:34.773","dataTransacao":"2023-03-21","tipoOperacao":"D","valor":"1.00","titulo":"x"}`
		return strings.Replace(whole, replace, with, 1)
	}
	for name, test := range map[string]struct {
		text string
		want string // field that the error names
	}{
		"amount missing":       {row(`"valor":"1.00",`, ``), "valor"},
		"amount null":          {row(`"1.00"`, `null`), "valor"},
		"amount empty":         {row(`"1.00"`, `""`), "valor"},
		"amount a word":        {row(`"1.00"`, `"abc"`), "valor"},
		"amount with comma":    {row(`"1.00"`, `"1,00"`), "valor"},
		"amount in thousands":  {row(`"1.00"`, `"1.000,00"`), "valor"},
		"amount with space":    {row(`"1.00"`, `" 1.00"`), "valor"},
		"fraction of a cent":   {row(`"1.00"`, `"1.001"`), "valor"},
		"fraction as number":   {row(`"1.00"`, `0.1e-2`), "valor"},
		"amount negative":      {row(`"1.00"`, `"-1.00"`), "valor"},
		"amount true":          {row(`"1.00"`, `true`), "valor"},
		"amount object":        {row(`"1.00"`, `{}`), "valor"},
		"amount beyond int64":  {row(`"1.00"`, `"92233720368547758.08"`), "valor"},
		"amount twice":         {row(`"titulo":"x"`, `"valor":"2.00"`), "valor"},
		"date missing":         {row(`"dataTransacao":"2023-03-21",`, ``), "dataTransacao"},
		"date null":            {row(`"2023-03-21"`, `null`), "dataTransacao"},
		"date as in Brazil":    {row(`2023-03-21`, `21/03/2023`), "dataTransacao"},
		"date not a day":       {row(`2023-03-21`, `2023-02-30`), "dataTransacao"},
		"instant malformed":    {row(`18:43:34.773`, `25:00:00`), "dataInclusao"},
		"operation missing":    {row(`"tipoOperacao":"D",`, ``), "tipoOperacao"},
		"operation lower case": {row(`"D"`, `"d"`), "tipoOperacao"},
		"operation other":      {row(`"D"`, `"DEBITO"`), "tipoOperacao"},
		"title a list":         {row(`"x"`, `["x"]`), "titulo"},
		"unknown key twice":    {row(`"titulo":"x"`, `"novo":1,"novo":2`), "novo"},
	} {
		_, err := decodeRow([]byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "ID7") {
			t.Errorf("%s: %v, want an error on %s of ID7", name, err, test.want)
		}
	}
	for _, text := range []string{`[]`, `null`, `"x"`, `7`, "{\"dataTransacao\":\"2023-03-21\",\"tipoOperacao\":\"C\",\"valor\":\"1\",\"titulo\":\"S\xe3o\"}"} {
		if got, err := decodeRow([]byte(text)); err == nil {
			t.Errorf("%s is %+v", text, got)
		}
	}
}

// The other side of an entry by type and direction, from the bank's own
// examples of detalhes.
func TestDetails(t *testing.T) {
	t.Parallel()
	var examples map[string]json.RawMessage
	if err := json.Unmarshal([]byte(readFile(t, "official_detalhes_por_tipo.json")), &examples); err != nil {
		t.Fatal(err)
	}
	type other = statement.Counterparty
	const e2e = "E00416968202206201436ghzKRVgnb7A"
	for name, test := range map[string]struct {
		details   string
		kind      string
		op        statement.Operation
		want      other
		wantE2EID string
	}{
		"pix received":        {string(examples["DetalhePix"]), "PIX", "C", other{Name: "Nome Pagador", TaxID: "90105709247"}, e2e},
		"pix sent":            {string(examples["DetalhePix"]), "PIX", "D", other{Name: "Nome Recebedor", TaxID: "04993960654"}, e2e},
		"transfer received":   {string(examples["DetalheTransferencia"]), "TRANSFERENCIA", "C", other{Name: "Nome", TaxID: "905.678.996-16"}, ""},
		"transfer sent":       {string(examples["DetalheTransferencia"]), "TRANSFERENCIA", "D", other{Name: "Fernanda", TaxID: "07857016640"}, ""},
		"payment":             {string(examples["DetalhePagamento"]), "PAGAMENTO", "D", other{Name: "CEDENTE TESTE GEPEC"}, ""},
		"boleto received":     {string(examples["DetalheBoletoCobranca"]), "BOLETO_COBRANCA", "C", other{Name: "BoletoCobranca", TaxID: "08942553630"}, ""},
		"card":                {string(examples["DetalheCompraDebito"]), "COMPRA_DEBITO", "D", other{Name: "Loja teste"}, ""},
		"cheque":              {string(examples["DetalheCheque"]), "CHEQUE", "D", other{}, ""},
		"cashback":            {string(examples["DetalheCashback"]), "CASHBACK", "C", other{}, ""},
		"fee":                 {string(examples["DetalheTarifa"]), "TARIFA", "D", other{}, e2e},
		"unknown type":        {`{"nome":"x","nomePagador":"y","endToEndId":"E1"}`, "OUTROS", "D", other{}, "E1"},
		"no details":          {`{}`, "PIX", "C", other{}, ""},
		"nested pix":          {`{"pix":{"endToEndId":"E1","nomePagador":"P","cpfCnpjPagador":"1","devolucoes":[{"endToEndId":"E2"}]}}`, "PIX", "C", other{Name: "P", TaxID: "1"}, "E1"},
		"nested, reversal":    {`{"pix":{"endToEndId":"E1"}}`, "ESTORNO", "C", other{}, "E1"},
		"nested boleto":       {`{"boletoCobranca":{"nome":"N","cpfCnpj":"1"}}`, "BOLETO_COBRANCA", "C", other{Name: "N", TaxID: "1"}, ""},
		"the outer wins":      {`{"pix":{"endToEndId":"E1","nomePagador":"in"},"nomePagador":"out"}`, "PIX", "C", other{Name: "out"}, "E1"},
		"empty texts":         {`{"endToEndId":"","nomePagador":"","txId":""}`, "PIX", "C", other{}, ""},
		"nulls":               {`{"endToEndId":null,"nomePagador":null}`, "PIX", "C", other{}, ""},
		"numbers":             {`{"cpfCnpjPagador":12345678901}`, "PIX", "C", other{TaxID: "12345678901"}, ""},
		"of another shape":    {`{"endToEndId":{"x":1},"nomePagador":["a"]}`, "PIX", "C", other{}, ""},
		"not an object":       {`"COMPLETE"`, "PIX", "C", other{}, ""},
		"other nest is not":   {`{"qualquer":{"endToEndId":"E1"}}`, "PIX", "C", other{}, ""},
		"name as sent":        {`{"nomePagador":" BCO SANTANDER 0BRASIL0 S.A. "}`, "PIX", "C", other{Name: " BCO SANTANDER 0BRASIL0 S.A. "}, ""},
		"payer's own number":  {`{"cpfCnpj":"00532602000187","nomeOrigem":"EU"}`, "PAGAMENTO", "D", other{}, ""},
		"description unasked": {`{"descricaoPix":"x"}`, "PIX", "D", other{}, ""},
	} {
		id, got := readDetails([]byte(test.details), test.kind, test.op)
		if diff := cmp.Diff(test.want, got); diff != "" || id != test.wantE2EID {
			t.Errorf("%s: endToEndId %q, want %q; counterparty (-want +got):\n%s", name, id, test.wantE2EID, diff)
		}
	}
}
