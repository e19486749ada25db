package intertest

import (
	"net/http"
	"regexp"
	"testing"
	"time"
)

func TestTokenForms(t *testing.T) {
	t.Parallel()
	b := listening(t, Options{})
	w := dial(t, b, b.Issue("erp", b.AddAccount("123456789")))
	id, secret := "client_id="+w.with.ClientID(), "client_secret="+w.with.ClientSecret()
	const grant, scope = "grant_type=client_credentials", "scope=extrato.read"
	recorded := regexp.MustCompile(`^\{"access_token": "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}","token_type": "Bearer", "expires_in": 3600, "scope": "extrato.read"\}$`)
	for _, form := range []string{
		id + "&" + secret + "&" + grant + "&" + scope,
		scope + "&" + grant + "&" + secret + "&" + id,
		grant + "&" + scope + "&" + id + "&" + secret,
	} {
		if r := w.ask(form); r.status != http.StatusOK || !recorded.MatchString(r.body) {
			t.Errorf("status %d, or a body that is not the recorded one", r.status)
		}
	}
	basic := w.tokenRequest(grant + "&" + scope)
	basic.SetBasicAuth(w.with.ClientID(), w.with.ClientSecret())
	if r, err := w.do(basic); err != nil || r.status != http.StatusOK || !recorded.MatchString(r.body) {
		t.Errorf("HTTP Basic: status %d, %v", r.status, err)
	}
	for _, form := range []string{"", id + "&" + secret + "&" + grant, id + "&" + secret + "&" + scope, id + "&" + grant + "&" + scope, "%zz"} {
		if r := w.ask(form); r.status != http.StatusBadRequest || r.body != "" {
			t.Errorf("malformed: status %d, body %q, want 400 and none", r.status, r.body)
		}
	}
}

func TestTokenRefusals(t *testing.T) {
	t.Parallel()
	b := listening(t, Options{})
	w := dial(t, b, b.Issue("erp", b.AddAccount("123456789")))
	right := w.form("extrato.read")

	r := w.ask(right + "x") // the scope is the form's last field
	if want := `{"error":"No registered scope value for this client has been requested"}`; r.status != 401 || r.body != want {
		t.Errorf("misspelt scope: %d %s", r.status, r.body)
	}
	if r := w.ask(w.form("boleto-cobranca.read")); r.status != 401 {
		t.Errorf("scope not granted: %d", r.status)
	}
	w.with.SetSecret("another")
	r = w.ask(right)
	if len(r.body) != 55 || r.status != 401 || r.header.Get("X-Ca-Err") != "201" || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("wrong secret: %d, %d bytes, %v", r.status, len(r.body), r.header)
	}
	for _, tc := range []struct {
		style ErrorStyle
		want  string
	}{
		{ErrorsTitle, `{"error_title":"The given client credentials were not valid"}`},
		{ErrorsEmpty, ""},
		{ErrorsHTML, htmlPage(401)},
	} {
		b.Behave(func(v *Behaviour) { v.Errors = tc.style })
		if r := w.ask(right); r.status != 401 || r.body != tc.want {
			t.Errorf("style %d: %d %q", tc.style, r.status, r.body)
		}
	}
	b.Behave(func(v *Behaviour) { v.Errors = ErrorsDocumented })
	w.authenticate() // with the new secret
	w.with.Delete()
	if r := w.get(Balance); r.status != 401 {
		t.Errorf("GET of a deleted integration: %d", r.status)
	}
	if r := w.ask(w.form("extrato.read")); r.status != 401 {
		t.Errorf("token of a deleted integration: %d", r.status)
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	_, _, w := ready(t, Options{})
	scope := func(asked string) string {
		return decode[struct{ Scope string }](t, w.ask(w.form(asked))).Scope
	}
	if got := scope("extrato.read pagamento-boleto.read"); got != "extrato.read" {
		t.Errorf("granted %q, want the part that is registered", got)
	}
	w.with.GrantAlso("pagamento-pix.write")
	if got := scope("extrato.read"); got != "extrato.read pagamento-pix.write" {
		t.Errorf("granted %q, want more than asked", got)
	}
	const missing = `{"message":"Faltando escopos necessários."}`
	w.with.RefuseScope(true)
	if r := w.get(Balance); r.status != 403 || r.body != missing {
		t.Errorf("refused scope: %d %s", r.status, r.body)
	}
	w.with.RefuseScope(false)
	w.with.SetScopes("boleto-cobranca.read")
	w.bearer = decode[struct {
		Token string `json:"access_token"`
	}](t, w.ask(w.form("boleto-cobranca.read"))).Token
	if r := w.get(Balance); r.status != 403 || r.body != missing {
		t.Errorf("token without the scope: %d %s", r.status, r.body)
	}
}

func TestTokenLives(t *testing.T) {
	t.Parallel()
	c := newClock("2026-03-20 10:00")
	b, _, w := ready(t, Options{Clock: c.now})
	status := func(want int, when string) {
		t.Helper()
		if r := w.get(Balance); r.status != want {
			t.Errorf("%s: status %d, want %d", when, r.status, want)
		}
	}
	first := w.bearer
	w.authenticate()
	second := w.bearer
	w.bearer = first
	status(200, "first of two tokens")
	c.add(time.Hour - time.Second)
	status(200, "a second before the end")
	c.add(time.Second)
	status(401, "at the end")
	w.bearer = second
	status(401, "the other, as old")

	w.authenticate()
	w.with.RevokeTokens()
	status(401, "revoked")
	b.Behave(func(v *Behaviour) { v.TokenUses = 2 })
	w.authenticate()
	status(200, "first use")
	status(200, "second use")
	status(401, "third use")
	b.Behave(func(v *Behaviour) { v.TokenUses, v.TokenLifetime = 0, 90*time.Second })
	if got := decode[struct {
		ExpiresIn int `json:"expires_in"`
	}](t, w.ask(w.form("extrato.read"))).ExpiresIn; got != 90 {
		t.Errorf("expires_in %d, want 90", got)
	}
	w.bearer = "00000000-0000-4000-8000-000000000000"
	status(401, "a token of nobody")
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	c := newClock("2026-03-20 10:00")
	b, _, w := ready(t, Options{Clock: c.now, Limits: RealLimits()}) // one token call made
	for i := range 4 {
		r := w.ask(w.form("no such scope"))
		if want := []string{"3", "2", "1", "0"}[i]; r.status != 401 || r.header.Get("X-Rate-Limit-Remaining") != want {
			t.Errorf("call %d: status %d, remaining %s, want 401 and %s", i+2, r.status, r.header.Get("X-Rate-Limit-Remaining"), want)
		}
	}
	r := w.ask(w.form("extrato.read"))
	if r.status != 429 || r.body != `{"message":"Too Many Requests"}` || r.header.Get("Retry-After") != "" {
		t.Errorf("sixth token call: %d %s %v", r.status, r.body, r.header)
	}
	if got, want := r.header.Get("X-Rate-Limit-Time"), "1774011600000"; got != want { // 2026-03-20T13:00:00Z
		t.Errorf("X-Rate-Limit-Time %s, want %s", got, want)
	}
	for i := range 11 {
		if r := w.get(Balance); r.status == 429 != (i == 10) {
			t.Errorf("balance call %d: %d", i+1, r.status)
		}
	}
	if r := w.get(Export); r.status != 400 {
		t.Errorf("another GET counts by itself: %d", r.status)
	}
	c.add(time.Minute)
	if r := w.get(Balance); r.status != 200 {
		t.Errorf("after a minute: %d", r.status)
	}
	b.SetLimits(Limits{Get: 1, Shared: true, RetryAfter: 7 * time.Second, EmptyBody: true})
	w.get(Balance)
	if r := w.get(Export); r.status != 429 || r.body != "" || r.header.Get("Retry-After") != "7" {
		t.Errorf("shared limit: %d %q %v", r.status, r.body, r.header)
	}
	b.SetLimits(Limits{})
	for range 20 {
		if r := w.get(Balance); r.status != 200 {
			t.Fatalf("without limits: %d", r.status)
		}
	}
}
