package intertest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"extrato/internal/statement"
)

// clock is a clock that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock(text string) *clock {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, statement.SaoPaulo)
	if err != nil {
		panic(err)
	}
	return &clock{t: t}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// listening returns a bank on a free port. Keys are EC: quicker to make.
func listening(t *testing.T, o Options) *Bank {
	t.Helper()
	o.Key = or(o.Key, EC)
	b, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// wire is a plain HTTP client of the bank with an integration's certificate.
type wire struct {
	t      *testing.T
	bank   *Bank
	with   *Integration
	client *http.Client
	bearer string
	header http.Header // of every GET
}

// dial returns a client that presents the certificate whether or not the
// server asks for its issuer.
func dial(t *testing.T, b *Bank, i *Integration, change ...func(*tls.Config)) *wire {
	t.Helper()
	pair, err := tls.X509KeyPair([]byte(i.Certificate()), []byte(i.Key()))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(b.CAPEM())) {
		t.Fatal("CAPEM holds no certificate")
	}
	config := &tls.Config{
		RootCAs:              roots,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil },
	}
	for _, f := range change {
		f(config)
	}
	transport := &http.Transport{TLSClientConfig: config}
	t.Cleanup(transport.CloseIdleConnections)
	return &wire{t: t, bank: b, with: i, header: http.Header{}, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   string
}

func (w *wire) do(r *http.Request) (reply, error) {
	resp, err := w.client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(body)}, err
}

// ask makes a token request with a form as it is given.
func (w *wire) ask(form string) reply {
	w.t.Helper()
	r, err := w.do(w.tokenRequest(form))
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *wire) tokenRequest(form string) *http.Request {
	r, err := http.NewRequest(http.MethodPost, w.bank.URL()+string(Token), strings.NewReader(form))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func (w *wire) form(scope string) string {
	return url.Values{
		"client_id": {w.with.ClientID()}, "client_secret": {w.with.ClientSecret()},
		"grant_type": {"client_credentials"}, "scope": {scope},
	}.Encode()
}

// authenticate gets a token for extrato.read and keeps it.
func (w *wire) authenticate() *wire {
	w.t.Helper()
	r := w.ask(w.form("extrato.read"))
	if r.status != http.StatusOK {
		w.t.Fatalf("token: status %d", r.status)
	}
	w.bearer = decode[struct {
		AccessToken string `json:"access_token"`
	}](w.t, r).AccessToken
	return w
}

// try makes a GET; query is name, value, name, value.
func (w *wire) try(e Endpoint, query ...string) (reply, error) {
	q := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	r, err := http.NewRequest(http.MethodGet, w.bank.URL()+string(e)+"?"+q.Encode(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for name, values := range w.header {
		r.Header[name] = values
	}
	r.Header.Set("Authorization", "Bearer "+w.bearer)
	return w.do(r)
}

func (w *wire) get(e Endpoint, query ...string) reply {
	w.t.Helper()
	r, err := w.try(e, query...)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// completePage is an answer of extrato/completo.
type completePage struct {
	TotalPaginas, TotalElementos     int
	UltimaPagina, PrimeiraPagina     bool
	TamanhoPagina, NumeroDeElementos int
	ScrollID                         string `json:"scrollId"`
	HasMore                          bool
	Transacoes                       []map[string]any
}

func (w *wire) page(from, to statement.Date, query ...string) completePage {
	w.t.Helper()
	r := w.get(Statement, append([]string{"dataInicio", string(from), "dataFim", string(to)}, query...)...)
	if r.status != http.StatusOK {
		w.t.Fatalf("status %d: %s", r.status, r.body)
	}
	return decode[completePage](w.t, r)
}

// field returns one field of all rows.
func (p completePage) field(name string) []any {
	var values []any
	for _, row := range p.Transacoes {
		values = append(values, row[name])
	}
	return values
}

func decode[T any](t *testing.T, r reply) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("%v in %q", err, r.body)
	}
	return v
}

// ready returns a bank with one account, and a client with a token.
func ready(t *testing.T, o Options) (*Bank, *Account, *wire) {
	t.Helper()
	b := listening(t, o)
	a := b.AddAccount("123456789")
	return b, a, dial(t, b, b.Issue("erp", a)).authenticate()
}

// plain makes n entries at noon of a day, a second apart.
func plain(day statement.Date, n int) []Entry {
	entries := make([]Entry, n)
	for i := range entries {
		entries[i] = Entry{BookedAt: At(day, 12, 0, i, 0), Amount: statement.Cents(100 + i), Title: "t", Description: "d"}
	}
	return entries
}
