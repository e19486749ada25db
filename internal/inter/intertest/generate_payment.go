package intertest

import (
	"strings"
	"time"

	"extrato/internal/statement"
)

// bill is a payment: to pays whom, and how the bank titles it.
type bill struct {
	title   string
	payee   string
	issuer  string // empresaEmissora, in the 22 keys of a boleto
	utility bool   // a convênio: 19 keys
	history string
	due     statement.Date
}

// payment is a PAGAMENTO with the recorded keys: 22 of a boleto, 19 of a
// convênio. Those booked at night were asked for the evening before.
func (t *today) payment(b bill, amount statement.Cents, at time.Time) Entry {
	local := at.In(statement.SaoPaulo)
	asked := local.Add(-time.Minute)
	if local.Hour() < 6 {
		asked = local.Add(-time.Duration(9+t.IntN(4)) * time.Hour)
	}
	agency, origin := "0001-9", "Banco Inter"
	if b.utility {
		agency, origin = "0001", inter.name
	}
	value, zero := unpadded(amount), "0.0"
	code := text(t.Rand, 48, digits)
	o := object{}.
		text("valorTotal", value).text("detalheDescricao", "Pagamento").
		text("contaBancaria", t.number).text("agencia", agency).
		text("adicionado", zero).text("dataVencimento", string(b.due))
	if !b.utility {
		o = o.text("empresaEmissora", b.issuer)
	}
	o = o.text("valorOriginal", value).text("desconto", zero).text("cpfCnpj", t.persona.self.taxID)
	if !b.utility {
		o = o.text("valorAumentado", zero)
	}
	o = o.text("codBarras", code)
	if b.utility {
		o = o.text("valorParcial", value)
	} else {
		o = o.text("valorParcial", zero)
	}
	o = o.text("hora", asked.Format("15h04")).text("juros", zero).text("multa", zero).text("empresaOrigem", origin)
	if !b.utility {
		o = o.text("linhaDigitavel", code)
	}
	o = o.text("nomeDestinatario", b.payee).text("tipoDetalhe", "COMPLETE").
		text("nomeOrigem", strings.ToUpper(t.persona.self.name)).
		text("autenticacao", text(t.Rand, 32, digits))
	return Entry{
		BookedAt: at, Type: "PAGAMENTO", Amount: -amount,
		Title: b.title, Description: b.payee, History: b.history, Details: o.bytes(),
	}
}

// supplierBill is a boleto of a supplier.
func (t *today) supplierBill() bill {
	to := pick(t.Rand, t.persona.suppliers)
	name := strings.ToUpper(to.name)
	return bill{
		title: "Pagamento efetuado", payee: name, issuer: to.bank.name,
		history: "PAGAMENTO DE TITULO - " + name, due: t.date,
	}
}

// utilityBill is a convênio: light, water, telephone, a state's tax.
func (t *today) utilityBill(name string) bill {
	return bill{title: "Pagamento de Convênio", payee: name, utility: true, history: "PAGAMENTO DE CONVENIO - " + name, due: t.date}
}

// boletoIn is a boleto that a customer paid.
func (t *today) boletoIn() Entry {
	from := pick(t.Rand, t.persona.customers)
	amount := t.amount(150, 4000)
	at := t.at(3, 6) // credited by the night's batch
	issued := t.date.AddDays(-5 - t.IntN(25))
	number := text(t.Rand, 11, digits)
	return Entry{
		BookedAt: at, Type: "BOLETO_COBRANCA", Amount: amount,
		Title: "Boleto de cobrança recebido", Description: from.name,
		History:  "RECEBIMENTO TITULO - 112/" + number,
		Document: number,
		Details: Details(
			"dataVencimento", string(t.date), "dataTransacao", at.In(statement.SaoPaulo).Format(inclusionLayout),
			"nossoNumero", number, "seuNumero", text(t.Rand, 4, digits), "codBarras", text(t.Rand, 44, digits),
			"juros", "0", "multa", "0", "desconto1", "0", "desconto2", "0", "desconto3", "0",
			"nome", from.name, "dataLimite", string(t.date.AddDays(30)), "tipoDetalhe", "COMPLETE",
			"cpfCnpj", from.taxID, "dataEmissao", string(issued), "abatimento", "0"),
	}
}
