package cnpj

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text, want string
	}{
		// The Receita Federal's own example of the alphanumeric form.
		{"12.ABC.345/01DE-35", "12ABC34501DE35"},
		{"12abc34501de35", "12ABC34501DE35"},
		{"  12.abc.345/01de-35\t", "12ABC34501DE35"},
		// Companies everybody knows: Banco do Brasil, Banco Inter, Petrobras.
		{"00.000.000/0001-91", "00000000000191"},
		{"00.416.968/0001-01", "00416968000101"},
		{"33000167000101", "33000167000101"},
		{"33.000.167/0001-01", "33000167000101"},
		{"33 000 167 0001 01", ""}, // blanks inside
		// One check digit wrong, then the other, then two neighbours swapped.
		{"12ABC34501DE25", ""},
		{"12ABC34501DE36", ""},
		{"12BAC34501DE35", ""},
		{"00000000000192", ""},
		{"33000167000110", ""},
		// Check digits are digits in the alphanumeric form too.
		{"12ABC34501DE3E", ""},
		{"12ABC34501DEAB", ""},
		{"00000000000000", ""},
		{"11111111111111", ""},
		{"", ""},
		{"0000000000019", ""},
		{"000000000001910", ""},
		{"12.ABC.345/01DÉ-35", ""},
		{"１２ABC34501DE35", ""}, // full-width digits
		{"00_000_000/0001-91", ""},
		{"529.982.247-25", ""}, // a CPF
		{"....////----", ""},
		{strings.Repeat(" ", 50) + "00000000000191", ""},
	} {
		got, err := Parse(tt.text)
		if string(got) != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("Parse(%q) = %q, %v, want %q", tt.text, got, err, tt.want)
		}
		if err != nil && !errors.Is(err, ErrCNPJ) {
			t.Errorf("Parse(%q): %v is not ErrCNPJ", tt.text, err)
		}
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for c, want := range map[CNPJ]string{
		"12ABC34501DE35": "12.ABC.345/01DE-35",
		"00000000000191": "00.000.000/0001-91",
		"123":            "123",
		"":               "",
	} {
		if got := Format(c); got != want {
			t.Errorf("Format(%q) = %q, want %q", c, got, want)
		}
	}
}

// TestOneWrongCharacterIsSeen is what check digits are for. Modulo 11 cannot see
// a digit changed for a letter eleven values away, so digits change to digits.
func TestOneWrongCharacterIsSeen(t *testing.T) {
	t.Parallel()
	for i := range "00416968000101" {
		for d := byte('0'); d <= '9'; d++ {
			s := []byte("00416968000101")
			if s[i] == d {
				continue
			}
			s[i] = d
			// Remainders 0 and 1 share the digit 0: a change that trades one for
			// the other in both digits at once is the only one to slip through.
			if c, err := Parse(string(s)); err == nil {
				t.Errorf("%s passes as %s", s, c)
			}
		}
	}
}

// FuzzParse: what is read is 14 characters of the right kinds and reads back the
// same, plain and formatted; an error never repeats the text.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"12.ABC.345/01DE-35", "00000000000191", "", "é", "11111111111111", "12ABC34501DE3E"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil {
			if !errors.Is(err, ErrCNPJ) || c != "" {
				t.Fatalf("Parse(%q) = %q, %v", s, c, err)
			}
			return
		}
		for i, r := range []byte(c) {
			digit := r >= '0' && r <= '9'
			if !digit && (i >= 12 || r < 'A' || r > 'Z') {
				t.Fatalf("Parse(%q) = %q: character %d", s, c, i)
			}
		}
		for _, again := range []string{string(c), Format(c), strings.ToLower(string(c))} {
			if back, err := Parse(again); back != c || err != nil {
				t.Fatalf("Parse(%q) = %q, %v, want %q", again, back, err, c)
			}
		}
	})
}
