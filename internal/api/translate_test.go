package api

import (
	"fmt"
	"testing"

	"github.com/danielgtaylor/huma/v2/validation"
)

func TestTranslate(t *testing.T) {
	t.Parallel()
	for message, want := range map[string][2]string{
		validation.MsgExpectedString:                            {"type_invalid", "Informe um texto."},
		validation.MsgExpectedRFC3339Date:                       {"date_invalid", "Informe uma data que exista, no formato AAAA-MM-DD."},
		"invalid integer":                                       {"type_invalid", "Informe um número inteiro."},
		fmt.Sprintf(validation.MsgExpectedOneOf, "C, D"):        {"value_not_allowed", "Use um destes valores: C, D."},
		fmt.Sprintf(validation.MsgExpectedMaxLength, 100):       {"too_long", "Use no máximo 100 caracteres."},
		fmt.Sprintf(validation.MsgExpectedMaximumNumber, 500.0): {"too_large", "O maior valor aceito é 500."},
		// Whatever may hold what was sent is not repeated.
		fmt.Sprintf(validation.MsgExpectedRFC5322Email, "S3CRET"): {"invalid", "Valor inválido."},
		fmt.Sprintf(validation.MsgExpectedRegexp, "S3CRET"):       {"invalid", "Valor inválido."},
		"invalid value: S3CRET":                                   {"invalid", "Valor inválido."},
		"S3CRET":                                                  {"invalid", "Valor inválido."},
	} {
		code, text := translate(message)
		if got := [2]string{code, text}; got != want {
			t.Errorf("%q: got %q, want %q", message, got, want)
		}
	}
	if name, ok := missing(fmt.Sprintf(validation.MsgExpectedRequiredProperty, "key")); name != "key" || !ok {
		t.Error(name, ok)
	}
}
