package failure

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"extrato/internal/statement"
)

// warnings are codes of the vocabulary that stop nothing and so have no row.
var warnings = map[statement.Code]bool{
	statement.ScopeWiderThanNeeded: true, statement.AccountUnconfirmed: true, statement.CertificateExpiring: true,
}

// TestEveryCodeHasARow reads the codes from the vocabulary's source, so that a
// new one cannot be forgotten here.
func TestEveryCodeHasARow(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "statement", "code.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[statement.Code]Row{}
	for _, r := range Table() {
		rows[r.Code] = r
	}
	codes := 0
	ast.Inspect(file, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		text, _ := strconv.Unquote(lit.Value)
		code := statement.Code(text)
		if warnings[code] {
			return true
		}
		codes++
		if _, ok := rows[code]; !ok {
			t.Errorf("%s has no row", code)
		}
		return true
	})
	if codes != len(rows) {
		t.Errorf("%d codes, %d rows", codes, len(rows))
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for _, r := range append(Table(), Of("something_else")) {
		for _, text := range []string{r.Message, r.NextStep} {
			if !strings.HasSuffix(text, ".") || strings.TrimSpace(text) != text {
				t.Errorf("%s: %q is not a sentence", r.Code, text)
			}
		}
		if waits := strings.Contains(r.NextStep, "Não é preciso fazer nada"); waits == r.Park {
			t.Errorf("%s: parked is %v, and the person reads %q", r.Code, r.Park, r.NextStep)
		}
		if got := Of(r.Code); got != r {
			t.Errorf("Of(%s) = %+v", r.Code, got)
		}
	}
}

// TestParked is section 9 of the design.
func TestParked(t *testing.T) {
	t.Parallel()
	want := map[statement.Code]bool{
		statement.CertificateExpired: true, statement.CertificateRejected: true, statement.CredentialsRejected: true,
		statement.PermissionMissing: true, statement.DifferentAccount: true, statement.BankAccountRequired: true,
		statement.CredentialsMissing: true,
		statement.BankUnavailable:    false, statement.BankRateLimited: false,
		statement.IncompleteAnswer: false, statement.Conflict: false,
	}
	for code, park := range want {
		if got := Of(code).Park; got != park {
			t.Errorf("%s: parked is %v, want %v", code, got, park)
		}
	}
}
