package api

import (
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2/validation"
)

// translate gives the code and the Portuguese sentence of a validation message
// of huma. Only messages whose arguments come from our own schema are repeated
// in part; every other one becomes "invalid", so nothing that was sent can
// pass through.
func translate(message string) (code, text string) {
	switch message {
	case validation.MsgExpectedString:
		return "type_invalid", "Informe um texto."
	case validation.MsgExpectedBoolean, "invalid boolean":
		return "type_invalid", "Informe true ou false."
	case validation.MsgExpectedInteger, validation.MsgExpectedNumber, "invalid integer":
		return "type_invalid", "Informe um número inteiro."
	case validation.MsgExpectedObject:
		return "type_invalid", "Informe um objeto JSON."
	case validation.MsgExpectedArray:
		return "type_invalid", "Informe uma lista."
	case validation.MsgExpectedRFC3339Date:
		return "date_invalid", "Informe uma data que exista, no formato AAAA-MM-DD."
	}
	for _, t := range []struct{ template, code, text string }{
		{validation.MsgExpectedOneOf, "value_not_allowed", "Use um destes valores: %s."},
		{validation.MsgExpectedMinLength, "too_short", "Informe ao menos %s caractere(s)."},
		{validation.MsgExpectedMaxLength, "too_long", "Use no máximo %s caracteres."},
		{validation.MsgExpectedMinimumNumber, "too_small", "O menor valor aceito é %s."},
		{validation.MsgExpectedMaximumNumber, "too_large", "O maior valor aceito é %s."},
	} {
		if argument, ok := argumentOf(message, t.template); ok {
			return t.code, fmt.Sprintf(t.text, argument)
		}
	}
	return "invalid", "Valor inválido."
}

// missing returns the property that a message says is required and absent.
func missing(message string) (property string, ok bool) {
	return argumentOf(message, validation.MsgExpectedRequiredProperty)
}

// argumentOf returns what stands in a message for its template's only verb.
func argumentOf(message, template string) (string, bool) {
	before, after, _ := strings.Cut(template, "%")
	if after != "" {
		after = after[1:] // the verb
	}
	rest, ok := strings.CutPrefix(message, before)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, after)
}
