package inter

import (
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

const markedSecret = "marked-client-secret"

// bare returns a session without a connection, and the clock that it looks at.
func bare(t testing.TB) (*Session, *time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	c, err := New(Config{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return &Session{client: c, leaf: &x509.Certificate{NotAfter: now.Add(time.Hour)},
		secrets: []statement.Secret{statement.NewSecret(markedSecret)}}, &now
}

// One case for every row of the table of refusals, and those that were thought
// about. The bodies are from the bank's own text and from reports where such exist.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const (
		unavailable = statement.BankUnavailable
		limited     = statement.BankRateLimited
		permission  = statement.PermissionMissing
		credentials = statement.CredentialsRejected
		certificate = statement.CertificateRejected
		account     = statement.BankAccountRequired
		incomplete  = statement.IncompleteAnswer
	)
	for name, test := range map[string]struct {
		call   call
		status int
		body   string
		want   statement.Code
	}{
		"token 429":                         {callToken, 429, `{"message":"Too Many Requests"}`, limited},
		"token 429 empty":                   {callToken, 429, ``, limited},
		"read 429 page":                     {callStatement, 429, `<html>`, limited},
		"token 401 wrong credentials":       {callToken, 401, `{"error":"The given client credentials were not valid"}`, credentials},
		"token 401 error_title":             {callToken, 401, `{"error_title":"The given client credentials were not valid"}`, credentials},
		"token 401 empty":                   {callToken, 401, ``, credentials},
		"token 401 page":                    {callToken, 401, `<html><script src="scope.js">certificate</script>`, credentials},
		"token 401 scope":                   {callToken, 401, `{"error":"No registered scope value for this client has been requested"}`, permission},
		"token 401 scope, unknown key":      {callToken, 401, `{"x":{"y":["No registered scope value for this client has been requested"]}}`, permission},
		"token 401 scope, plain text":       {callToken, 401, `No registered scope value for this client has been requested`, permission},
		"token 401 scope only echoed":       {callToken, 401, `{"error":"invalid_client","scope":"extrato.read"}`, credentials},
		"token 401 other certificate":       {callToken, 401, `{"message":"Certificado não pertence à aplicação"}`, certificate},
		"token 400 empty":                   {callToken, 400, ``, unavailable},
		"token 400 invalid_scope":           {callToken, 400, `{"error":"invalid_scope"}`, permission},
		"token 400 invalid_client":          {callToken, 400, `{"error":"invalid_client"}`, credentials},
		"token 400 page":                    {callToken, 400, `<html>bad request, client</html>`, unavailable},
		"token 400 page on certificate":     {callToken, 400, `<html><title>400 The SSL certificate error</title></html>`, certificate},
		"token 400 no certificate sent":     {callToken, 400, `<html><center>No required SSL certificate was sent</center></html>`, certificate},
		"read 496":                          {callBalance, 496, ``, certificate},
		"read 495":                          {callBalance, 495, ``, certificate},
		"token 403":                         {callToken, 403, `{"message":"Forbidden"}`, credentials},
		"token 403 scope":                   {callToken, 403, `{"message":"Escopo não permitido"}`, permission},
		"token 403 page of a firewall":      {callToken, 403, `<!DOCTYPE html><title>Access denied</title>`, unavailable},
		"token 404":                         {callToken, 404, ``, unavailable},
		"token 503":                         {callToken, 503, ``, unavailable},
		"read 401 twice":                    {callStatement, 401, ``, credentials},
		"read 401 of the bank's text":       {callStatement, 401, official(t, "NaoAutorizadoExample"), credentials},
		"read 401 scope":                    {callStatement, 401, `{"error":"insufficient_scope"}`, permission},
		"read 403 missing scope":            {callStatement, 403, `{"message":"Faltando escopos necessários."}`, permission},
		"read 403 empty":                    {callStatement, 403, ``, permission},
		"read 403 of the bank's text":       {callBalance, 403, official(t, "AcessoNegadoExample"), permission},
		"read 403 account":                  {callStatement, 403, `{"message":"A integração possui mais de uma conta: informe a conta corrente."}`, account},
		"read 403 account, English":         {callBalance, 403, `{"error":"account not allowed"}`, account},
		"read 403 contact is no account":    {callBalance, 403, `{"message":"Entre em contato com o suporte."}`, permission},
		"read 403 scopes of the account":    {callBalance, 403, `{"message":"Faltando escopos necessários para a conta."}`, permission},
		"read 403 page of a firewall":       {callBalance, 403, `<html>conta</html>`, unavailable},
		"read 400 of the bank's text":       {callStatement, 400, official(t, "RequisicaoInvalidaExtratoExample"), incomplete},
		"read 400 of the balance":           {callBalance, 400, official(t, "RequisicaoInvalidaSaldoExample"), incomplete},
		"read 400 empty":                    {callStatement, 400, ``, incomplete},
		"read 400 account header":           {callStatement, 400, `{"title":"Dados inválidos.","violacoes":[{"razao":"Obrigatório.","propriedade":"x-conta-corrente"}]}`, account},
		"read 400 account":                  {callBalance, 400, `{"detail":"Informe a conta corrente."}`, account},
		"read 400 somebody scrolls":         {callStatement, 400, official(t, "ScrollJaAtivoExample"), unavailable},
		"read 400 scroll over":              {callStatement, 400, official(t, "ScrollExpiradoExample"), unavailable},
		"read 400 page":                     {callStatement, 400, `<html>conta</html>`, unavailable},
		"read 404 of the bank's text":       {callStatement, 404, official(t, "NaoEncontradoExample"), unavailable},
		"read 405":                          {callStatement, 405, ``, unavailable},
		"read 410":                          {callStatement, 410, ``, unavailable},
		"read 418":                          {callStatement, 418, `{"message":"certificate, scope, conta"}`, unavailable},
		"read 500":                          {callStatement, 500, `{"title":"Erro desconhecido.","detail":"Tente novamente mais tarde"}`, unavailable},
		"read 503 of the bank's text":       {callStatement, 503, official(t, "ServicoIndisponivelExample"), unavailable},
		"read 503 page":                     {callStatement, 503, `<html>`, unavailable},
		"read 504 speaking of certificates": {callStatement, 504, `certificate`, unavailable},
		"read 302":                          {callStatement, 302, ``, unavailable},
		"read 204":                          {callStatement, 204, ``, unavailable},
		"read 206":                          {callStatement, 206, `{"transacoes":[]}`, unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := bare(t)
			if got := s.refused(test.call, test.status, http.Header{}, []byte(test.body)); got.Code != test.want || got.Status != test.status {
				t.Errorf("%d %s: %s (status %d), want %s", test.status, test.body, got.Code, got.Status, test.want)
			}
		})
	}
}

// official returns one of the bank's own examples.
func official(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "official_erros.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if all[name] == nil {
		t.Fatalf("no example %s", name)
	}
	return string(all[name])
}

func TestRefusalDetail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"empty":          {"", "no explanation"},
		"blank":          {" \r\n", "no explanation"},
		"page":           {" <html>marked-client-secret</html>", "an HTML page"},
		"plain":          {"try\nlater\x00 ", "try later"},
		"JSON text":      {`"try later"`, "try later"},
		"empty object":   {`{}`, "no explanation"},
		"null":           {`null`, "no explanation"},
		"known fields":   {`{"detail":"b","title":"a","timestamp":"t","status":"404"}`, "a: b"},
		"said twice":     {`{"error":"a","message":"a"}`, "a"},
		"violations":     {`{"title":"a","violacoes":[{"razao":"r","propriedade":"p","valor":"secret value"},7]}`, "a: p: r"},
		"unknown fields": {`{"z":"2","a":[{"b":"1"},3,null]}`, "1: 2"},
		"secret":         {`{"message":"bad marked-client-secret!"}`, "bad [redacted]!"},
		"byte order":     {"\xef\xbb\xbf{\"message\":\"a\"}", "a"},
		"not UTF-8":      {"a\xff\xfeb", "a?b"},
		"long":           {strings.Repeat("é", 300), strings.Repeat("é", 198) + "…"},
		"secret at the cut": {strings.Repeat("x", 395) + " marked-client-secret",
			strings.Repeat("x", 395) + " […"},
	} {
		s, _ := bare(t)
		if diff := cmp.Diff(test.want, s.refused(callToken, 500, http.Header{}, []byte(test.body)).Detail); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		header string
		want   time.Duration
	}{
		"429 without":        {429, "", time.Minute},
		"429 with seconds":   {429, "7", 7 * time.Second},
		"429 with a date":    {429, "Fri, 20 Nov 2026 09:01:30 GMT", 90 * time.Second},
		"429 with the past":  {429, "Fri, 20 Nov 2026 08:00:00 GMT", time.Minute},
		"429 with nonsense":  {429, "soon", time.Minute},
		"429 negative":       {429, "-9223372036854775808", time.Minute},
		"429 with a century": {429, "3155760000", time.Hour},
		"503 without":        {503, "", 0},
		"503 with":           {503, "120", 2 * time.Minute},
	} {
		s, _ := bare(t)
		err := s.refused(callStatement, test.status, http.Header{"Retry-After": {test.header}}, nil)
		if _, got := statement.CodeOf(err); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
