package inter

import (
	"bytes"
	"strings"

	"extrato/internal/statement"
)

// counterpartyKeys returns the members of detalhes that name the other side of
// an entry, "" where the type has none. In PAGAMENTO, cpfCnpj is the payer's
// own number and nomeOrigem the payer. The other side is never guessed from the
// row's descricao, which names it for some types and says something else for
// others.
func counterpartyKeys(kind string, op statement.Operation) (name, taxID string) {
	switch kind {
	case "PIX", "TRANSFERENCIA":
		if op == statement.Credit {
			return "nomePagador", "cpfCnpjPagador"
		}
		return "nomeRecebedor", "cpfCnpjRecebedor"
	case "PAGAMENTO":
		return "nomeDestinatario", ""
	case "BOLETO_COBRANCA":
		return "nome", "cpfCnpj"
	case "COMPRA_DEBITO":
		return "estabelecimento", ""
	}
	return "", ""
}

// readDetails reads what a row needs from its detalhes, whose shape depends on
// the type and is not promised: what is not as expected is left "", and nothing
// is lost, since the row keeps detalhes whole.
//
// An older document of the bank nests the object under its type,
// {"pix":{"endToEndId":…}}; members of the outer object win.
func readDetails(raw []byte, kind string, op statement.Operation) (endToEndID string, other statement.Counterparty) {
	name, taxID := counterpartyKeys(kind, op)
	var nested []byte
	read := func(object []byte) {
		_ = members(object, func(key, value []byte) error { // the function returns no error
			var to *string
			switch k := string(key); {
			case k == "endToEndId":
				to = &endToEndID
			case k == name && name != "":
				to = &other.Name
			case k == taxID && taxID != "":
				to = &other.TaxID
			case value[0] == '{' && isNest(key, kind):
				nested = value
				return nil
			default:
				return nil
			}
			if text, ok := scalar(value); ok && *to == "" {
				*to = text
			}
			return nil
		})
	}
	read(raw)
	if inner := nested; inner != nil {
		read(inner)
	}
	return endToEndID, other
}

// isNest reports whether key is the older document's name for a type: "pix",
// "boletoCobranca".
func isNest(key []byte, kind string) bool {
	return string(key) == "pix" ||
		bytes.EqualFold(key, []byte(strings.ReplaceAll(kind, "_", "")))
}
