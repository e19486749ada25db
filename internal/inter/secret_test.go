package inter_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"extrato/internal/inter"
)

// Whatever the bank echoes, in whatever answer, no error shows a secret.
func TestErrorsHoldNoSecret(t *testing.T) {
	t.Parallel()
	// The token is told where the session knows it; before, nobody has one.
	known := func(r *http.Request) string { return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") }
	echo := func(r *http.Request) string {
		return fmt.Sprintf("%s %s %v %s", r.PostForm.Encode(), r.PostForm.Get("client_secret"), r.Header, known(r))
	}
	bodies := map[string]func(*http.Request) string{
		"plain":        echo,
		"JSON":         func(r *http.Request) string { return fmt.Sprintf(`{"message":%q,"detail":%q}`, echo(r), known(r)) },
		"raw in JSON":  func(r *http.Request) string { return `{"x":{"y":["` + echo(r) + `"]}` },
		"HTML":         func(r *http.Request) string { return "<p>" + echo(r) },
		"row's amount": func(r *http.Request) string { return rowWith("valor", echo(r)) },
		"row's id":     func(r *http.Request) string { return rowWith("idTransacao", known(r)+echo(r)) },
		"row's date":   func(r *http.Request) string { return rowWith("dataTransacao", known(r)) },
		"row's key":    func(r *http.Request) string { return rowWith(known(r), "1") },
		"a key":        func(r *http.Request) string { return fmt.Sprintf(`{%q:1,"access_token":%q}`, known(r), echo(r)) },
		"balance":      func(r *http.Request) string { return fmt.Sprintf(`{"disponivel":%q}`, known(r)) },
	}
	for name, body := range bodies {
		for _, status := range []int{200, 401, 500} {
			t.Run(fmt.Sprint(name, " ", status), func(t *testing.T) {
				t.Parallel()
				bad := func(w http.ResponseWriter, r *http.Request) {
					w.WriteHeader(status)
					_, _ = io.WriteString(w, body(r))
				}
				for _, badToken := range []bool{true, false} {
					b := newBank(t)
					if b.statement, b.balance = bad, bad; badToken {
						b.token = bad
					}
					s := b.start(t).open(t, inter.Config{})
					_, err1 := read(s)
					_, err2 := s.Balance(context.Background(), "2023-03-17")
					if err1 == nil || err2 == nil {
						t.Fatal("no error to look at")
					}
					for _, err := range []error{err1, err2} {
						if text := fmt.Sprintf("%v %+v %#v %q", err, err, err, err); strings.Contains(text, "marked") {
							t.Errorf("%s", text)
						}
					}
				}
			})
		}
	}
}

func rowWith(key, value string) string {
	return fmt.Sprintf(`{"totalElementos":1,"transacoes":[{%q:%q,%[1]q:"2"}]}`, key, value)
}
