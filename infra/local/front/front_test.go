package front_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"extrato/infra/local/front"
	"extrato/infra/template"
)

var key = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

func newIssuer() *front.Issuer {
	return &front.Issuer{Key: key(), Name: "http://issuer", Audience: "extrato", TenantClaim: "tenant", Clock: time.Now}
}

var routes = []template.Route{
	{Function: "F", Method: "GET", Path: "/healthz", Open: true},
	{Function: "F", Method: "GET", Path: "/v1/accounts", Scopes: []string{"extrato/read"}},
	{Function: "F", Method: "POST", Path: "/v1/accounts", Scopes: []string{"extrato/write"}},
	{Function: "F", Method: "GET", Path: "/v1/accounts/{id}", Scopes: []string{"extrato/read"}},
	{Function: "F", Method: "GET", Path: "/v1/accounts/first", Scopes: []string{"extrato/read"}},
	{Function: "F", Method: "ANY", Path: "/any"},
	{Function: "F", Method: "GET", Path: "/files/{rest+}", Open: true},
	{Function: "Missing", Method: "GET", Path: "/missing", Open: true},
}

// call serves one request by a function that answers what invoke does, and
// returns the event that the function saw.
func call(t *testing.T, r *http.Request, invoke front.Invoker) (*http.Response, string, *events.APIGatewayV2HTTPRequest) {
	t.Helper()
	var seen *events.APIGatewayV2HTTPRequest
	f := front.New(routes, newIssuer(), map[string]front.Invoker{"F": func(ctx context.Context, payload []byte) ([]byte, error) {
		seen = &events.APIGatewayV2HTTPRequest{}
		if err := json.Unmarshal(payload, seen); err != nil {
			t.Errorf("event: %v", err)
		}
		if invoke == nil {
			return []byte(`{"statusCode":200,"body":"ok"}`), nil
		}
		return invoke(ctx, payload)
	}})
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Result().Body)
	return w.Result(), strings.TrimSpace(string(body)), seen
}

func mint(t *testing.T, scopes string) string {
	t.Helper()
	token, err := newIssuer().Mint("acme", scopes)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestRouting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, target string
		key            string // "" is 404
		parameters     map[string]string
	}{
		{"GET", "/healthz", "GET /healthz", nil},
		{"POST", "/healthz", "", nil},
		{"GET", "/", "", nil},
		{"GET", "/v1/accounts", "GET /v1/accounts", nil},
		{"POST", "/v1/accounts", "POST /v1/accounts", nil},
		{"GET", "/v1/accounts/", "", nil},
		{"GET", "/v1/accounts/x", "GET /v1/accounts/{id}", map[string]string{"id": "x"}},
		{"GET", "/v1/accounts/a%2Fb%20c", "GET /v1/accounts/{id}", map[string]string{"id": "a/b c"}},
		{"GET", "/v1/accounts/first", "GET /v1/accounts/first", nil},
		{"GET", "/v1/accounts/x/more", "", nil},
		{"PATCH", "/any", "ANY /any", nil},
		{"GET", "/files/a/b", "GET /files/{rest+}", map[string]string{"rest": "a/b"}},
	} {
		r := httptest.NewRequest(c.method, c.target, nil)
		r.Header.Set("Authorization", "Bearer "+mint(t, "extrato/read extrato/write"))
		resp, body, event := call(t, r, nil)
		if c.key == "" {
			if resp.StatusCode != 404 || body != `{"message":"Not Found"}` || event != nil {
				t.Errorf("%s %s: %d %s, want API Gateway's 404", c.method, c.target, resp.StatusCode, body)
			}
			continue
		}
		if event == nil {
			t.Errorf("%s %s: %d %s, want route %s", c.method, c.target, resp.StatusCode, body, c.key)
			continue
		}
		if d := cmp.Diff([]any{c.key, c.parameters}, []any{event.RouteKey, event.PathParameters}); d != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.method, c.target, d)
		}
	}
}

func TestAuthorization(t *testing.T) {
	t.Parallel()
	sign := func(method jwt.SigningMethod, key any, change func(jwt.MapClaims)) string {
		claims := jwt.MapClaims{"iss": "http://issuer", "aud": "extrato", "tenant": "acme", "scope": "extrato/read", "exp": time.Now().Add(time.Hour).Unix()}
		if change != nil {
			change(claims)
		}
		s, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := sign(jwt.SigningMethodRS256, key(), nil)
	for name, c := range map[string]struct {
		header string
		want   int
	}{
		"good":             {"Bearer " + good, 200},
		"without Bearer":   {good, 200},
		"lower-case":       {"bearer " + good, 200},
		"none":             {"", 401},
		"Bearer only":      {"Bearer ", 401},
		"Basic":            {"Basic " + good, 401},
		"nonsense":         {"Bearer x.y.z", 401},
		"minted":           {"Bearer " + mint(t, "extrato/read"), 200},
		"scope missing":    {"Bearer " + mint(t, "extrato/write"), 403},
		"no scopes":        {"Bearer " + mint(t, ""), 403},
		"scope in scp":     {"Bearer " + sign(jwt.SigningMethodRS256, key(), func(c jwt.MapClaims) { delete(c, "scope"); c["scp"] = []string{"x", "extrato/read"} }), 200},
		"expired":          {"Bearer " + sign(jwt.SigningMethodRS256, key(), func(c jwt.MapClaims) { c["exp"] = time.Now().Add(-time.Minute).Unix() }), 401},
		"no expiry":        {"Bearer " + sign(jwt.SigningMethodRS256, key(), func(c jwt.MapClaims) { delete(c, "exp") }), 401},
		"not yet valid":    {"Bearer " + sign(jwt.SigningMethodRS256, key(), func(c jwt.MapClaims) { c["nbf"] = time.Now().Add(time.Hour).Unix() }), 401},
		"another issuer":   {"Bearer " + sign(jwt.SigningMethodRS256, key(), func(c jwt.MapClaims) { c["iss"] = "http://else" }), 401},
		"other audience":   {"Bearer " + sign(jwt.SigningMethodRS256, key(), func(c jwt.MapClaims) { c["aud"] = "else" }), 401},
		"another key":      {"Bearer " + sign(jwt.SigningMethodRS256, other, nil), 401},
		"alg none":         {"Bearer " + sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil), 401},
		"alg HS256":        {"Bearer " + sign(jwt.SigningMethodHS256, key().N.Bytes(), nil), 401},
		"signature edited": {"Bearer " + good[:len(good)-6] + "AAAAAA", 401},
	} {
		r := httptest.NewRequest("GET", "/v1/accounts", nil)
		if c.header != "" {
			r.Header.Set("Authorization", c.header)
		}
		resp, body, event := call(t, r, nil)
		want := map[int]string{200: "ok", 401: `{"message":"Unauthorized"}`, 403: `{"message":"Forbidden"}`}[c.want]
		if resp.StatusCode != c.want || body != want || (event != nil) != (c.want == 200) {
			t.Errorf("%s: %d %s, want %d %s", name, resp.StatusCode, body, c.want, want)
		}
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 10*1024*1024+1)
	for name, c := range map[string]struct {
		method, target, body string
		answer               string
		err                  error
		status               int
		want, contentType    string
	}{
		"shaped":             {answer: `{"statusCode":201,"headers":{"Content-Type":"application/problem+json"},"body":"{}"}`, status: 201, want: "{}", contentType: "application/problem+json"},
		"base64":             {answer: `{"statusCode":200,"body":"AP8=","isBase64Encoded":true}`, status: 200, want: "\x00\xff", contentType: "text/plain; charset=utf-8"},
		"not shaped":         {answer: `{"a":1}`, status: 200, want: `{"a":1}`, contentType: "application/json"},
		"text":               {answer: `"hello"`, status: 200, want: `"hello"`, contentType: "application/json"},
		"not JSON":           {answer: `hello`, status: 500, want: `{"message":"Internal Server Error"}`, contentType: "application/json"},
		"bad base64":         {answer: `{"statusCode":200,"body":"%%","isBase64Encoded":true}`, status: 500, want: `{"message":"Internal Server Error"}`, contentType: "application/json"},
		"status of nonsense": {answer: `{"statusCode":"x"}`, status: 500, want: `{"message":"Internal Server Error"}`, contentType: "application/json"},
		"function error":     {err: errors.New("secret detail"), status: 500, want: `{"message":"Internal Server Error"}`, contentType: "application/json"},
		"no process free":    {err: context.DeadlineExceeded, status: 503, want: `{"message":"Service Unavailable"}`, contentType: "application/json"},
		"too large":          {method: "POST", target: "/any", body: large, status: 413, want: `{"message":"Request Entity Too Large"}`, contentType: "application/json"},
		"function not there": {target: "/missing", status: 500, want: `{"message":"Internal Server Error"}`, contentType: "application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method, target := "GET", "/healthz"
			if c.method != "" {
				method = c.method
			}
			if c.target != "" {
				target = c.target
			}
			r := httptest.NewRequest(method, target, strings.NewReader(c.body))
			r.Header.Set("Authorization", mint(t, ""))
			resp, body, _ := call(t, r, func(context.Context, []byte) ([]byte, error) { return []byte(c.answer), c.err })
			if resp.StatusCode != c.status || body != c.want || resp.Header.Get("Content-Type") != c.contentType {
				t.Errorf("%d %q %q, want %d %q %q", resp.StatusCode, body, resp.Header.Get("Content-Type"), c.status, c.want, c.contentType)
			}
		})
	}
}

// TestBodiesThatDoNotArrive: no function sees half a body.
func TestBodiesThatDoNotArrive(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{
		io.ErrUnexpectedEOF:    `400 {"message":"Bad Request"}`,
		os.ErrDeadlineExceeded: `408 {"message":"Request Timeout"}`,
	} {
		r := httptest.NewRequest("POST", "/v1/accounts", io.MultiReader(strings.NewReader(`{"a":`), iotest.ErrReader(err)))
		r.Header.Set("Authorization", mint(t, "extrato/write"))
		resp, body, event := call(t, r, nil)
		if got := fmt.Sprint(resp.StatusCode, " ", body); got != want || event != nil {
			t.Errorf("%v: %s, the function called: %v; want %s", err, got, event != nil, want)
		}
	}
}

func TestEvent(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("POST", "/v1/accounts?a=1&a=2&b=%20", strings.NewReader(`{"é":1}`))
	r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:5555"
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Add("X-Twice", "one")
	r.Header.Add("X-Twice", "two")
	r.Header.Set("Cookie", "k=v; l=w")
	token := mint(t, "extrato/write other")
	r.Header.Set("Authorization", "Bearer "+token)
	_, _, e := call(t, r, nil)
	if e == nil {
		t.Fatal("function not called")
	}
	claims := e.RequestContext.Authorizer.JWT.Claims
	for name, want := range map[string]string{"tenant": "acme", "scope": "extrato/write other", "iss": "http://issuer", "aud": "extrato"} {
		if claims[name] != want {
			t.Errorf("claim %s is %q, want %q", name, claims[name], want)
		}
	}
	if len(claims["exp"]) != 10 || strings.ContainsAny(claims["exp"], ".e+") {
		t.Errorf("exp is %q, want whole seconds", claims["exp"])
	}
	got := map[string]any{
		"version": e.Version, "key": e.RouteKey, "path": e.RawPath, "query": e.RawQueryString, "cookies": e.Cookies,
		"parameters": e.QueryStringParameters, "twice": e.Headers["x-twice"], "host": e.Headers["host"], "cookie": e.Headers["cookie"],
		"method": e.RequestContext.HTTP.Method, "ip": e.RequestContext.HTTP.SourceIP, "scopes": e.RequestContext.Authorizer.JWT.Scopes,
		"body": e.Body, "base64": e.IsBase64Encoded,
	}
	want := map[string]any{
		"version": "2.0", "key": "POST /v1/accounts", "path": "/v1/accounts", "query": "a=1&a=2&b=%20", "cookies": []string{"k=v", "l=w"},
		"parameters": map[string]string{"a": "1,2", "b": " "}, "twice": "one,two", "host": "localhost:8080", "cookie": "",
		"method": "POST", "ip": "127.0.0.1", "scopes": []string{"extrato/write", "other"},
		"body": `{"é":1}`, "base64": false,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("event (-want +got):\n%s", d)
	}
}

func TestBodiesThatAreNotText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		contentType, encoding, body string
		base64                      bool
	}{
		{"application/json", "", "{}", false},
		{"application/problem+json", "", "{}", false},
		{"text/plain", "", "x", false},
		{"text/plain", "", "\xff", true},
		{"application/json", "gzip", "{}", true},
		{"multipart/form-data; boundary=b", "", "--b--", true},
		{"application/x-www-form-urlencoded", "", "a=b", true},
		{"application/octet-stream", "", "abc", true},
		{"", "", "abc", true},
	} {
		r := httptest.NewRequest("POST", "/any", strings.NewReader(c.body))
		r.Header.Set("Authorization", mint(t, ""))
		r.Header.Set("Content-Type", c.contentType)
		if c.encoding != "" {
			r.Header.Set("Content-Encoding", c.encoding)
		}
		_, _, e := call(t, r, nil)
		want := c.body
		if c.base64 {
			want = base64.StdEncoding.EncodeToString([]byte(c.body))
		}
		if e.IsBase64Encoded != c.base64 || e.Body != want {
			t.Errorf("%q: base64 %v, body %q; want %v, %q", c.contentType, e.IsBase64Encoded, e.Body, c.base64, want)
		}
	}
}
