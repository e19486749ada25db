package intertest

import (
	"encoding/json"
	"strings"
	"time"

	"extrato/internal/statement"
)

// endToEnd is an endToEndId: E, the payer's institution, the minute in UTC and
// eleven characters. The bank books a Pix up to 17 minutes after it.
func (t *today) endToEnd(payer institution, booked time.Time) string {
	lag := time.Duration(0)
	if t.IntN(8) == 0 {
		lag = time.Duration(t.IntN(17)) * time.Minute
	}
	return "E" + payer.ispb + booked.Add(-lag).UTC().Format("200601021504") + text(t.Rand, 11, alphanum)
}

// pixIn is a Pix received: no fields of the receiver, empty texts.
func (t *today) pixIn(from party, amount statement.Cents, at time.Time) Entry {
	return Entry{
		BookedAt: at, Type: "PIX", Amount: amount,
		Title: "Pix recebido", Description: from.name,
		History: "PIX RECEBIDO - Cp :" + from.bank.ispb + "-" + strings.ToUpper(from.name),
		Details: Details(
			"txId", "", "nomePagador", from.name, "descricaoPix", "",
			"cpfCnpjPagador", from.taxID, "nomeEmpresaPagador", from.bank.name, "tipoDetalhe", "COMPLETE",
			"endToEndId", t.endToEnd(from.bank, at), "chavePixRecebedor", t.persona.self.taxID),
	}
}

// pixOut is a Pix sent, by key or by QR code.
func (t *today) pixOut(to party, amount statement.Cents, at time.Time, qr bool, memo string) Entry {
	var o object
	if qr {
		o = o.text("txId", text(t.Rand, 26, alphanum))
	}
	o = o.text("nomePagador", t.persona.self.name)
	if qr && memo != "" {
		o = o.text("descricaoPix", memo)
	}
	origin := "CHAVE"
	if qr {
		origin = "QR_CODE"
	}
	o = o.text("cpfCnpjPagador", t.persona.self.taxID).
		text("nomeEmpresaPagador", inter.name).
		text("tipoDetalhe", "COMPLETE").
		text("endToEndId", t.endToEnd(inter, at)).
		text("chavePixRecebedor", to.pix).
		text("nomeEmpresaRecebedor", to.bank.name).
		text("nomeRecebedor", to.name).
		text("cpfCnpjRecebedor", to.taxID).
		text("origemMovimentacao", origin)
	return Entry{
		BookedAt: at, Type: "PIX", Amount: -amount,
		Title: "Pix enviado ", Description: to.name, // the space at the end is the bank's
		History: "PIX ENVIADO - Cp :" + to.bank.ispb + "-" + strings.ToUpper(to.name),
		Details: o.bytes(),
	}
}

// reversal gives a Pix back: the amount with the other sign and the
// endToEndId of what it reverses.
func (t *today) reversal(of Entry, at time.Time) Entry {
	return Entry{
		BookedAt: at, Type: "ESTORNO", Amount: -of.Amount,
		Title: "Estorno ", Description: of.Description,
		History: "ESTORNO " + of.History,
		Details: reversedDetails(of.Details),
	}
}

// reversedDetails keeps of a Pix's details what tells which one it was.
func reversedDetails(details json.RawMessage) json.RawMessage {
	o, err := parseObject(details)
	if err != nil {
		panic(err) // our own text
	}
	return Details(
		"nomePagador", o.find("nomeRecebedor"), "cpfCnpjPagador", o.find("cpfCnpjRecebedor"),
		"nomeEmpresaPagador", o.find("nomeEmpresaRecebedor"), "tipoDetalhe", "COMPLETE",
		"endToEndId", o.find("endToEndId"))
}
