package lambdahttp_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"extrato/internal/lambdahttp"
)

// event is a request as the gateway sends it.
func event(t *testing.T) events.APIGatewayV2HTTPRequest {
	t.Helper()
	text, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	var e events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// serve runs one event through a handler.
func serve(t *testing.T, e events.APIGatewayV2HTTPRequest, h http.HandlerFunc) events.APIGatewayV2HTTPResponse {
	t.Helper()
	out, err := lambdahttp.Handler(h)(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRequest(t *testing.T) {
	t.Parallel()
	called := false
	serve(t, event(t), func(_ http.ResponseWriter, r *http.Request) {
		called = true
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got := map[string]any{
			"method": r.Method, "path": r.URL.Path, "query": r.URL.Query(), "uri": r.RequestURI, "host": r.Host, "remote": r.RemoteAddr,
			"accept": r.Header.Get("Accept"), "many": r.Header.Values("X-Many"), "cookie": r.Header.Get("Cookie"), "length": r.ContentLength, "body": string(body),
		}
		want := map[string]any{
			"method": "POST", "path": "/v1/accounts/a1/entries", "uri": "/v1/accounts/a1/entries?q=p%C3%A3o+de+queijo&q=2&from=",
			"query": url.Values{"q": {"pão de queijo", "2"}, "from": {""}},
			"host":  "api.example.com", "remote": "203.0.113.7:0", "accept": "application/json", "many": []string{"1,2"},
			"cookie": "a=1; b=2", "length": int64(10), "body": `{"a":"é"}`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
	if !called {
		t.Error("the handler was not called")
	}
}

func TestWhatTheGatewaySaysOfTheCaller(t *testing.T) {
	t.Parallel()
	check := func(e events.APIGatewayV2HTTPRequest, want lambdahttp.Request) {
		t.Helper()
		serve(t, e, func(_ http.ResponseWriter, r *http.Request) {
			got, ok := lambdahttp.From(r.Context())
			if diff := cmp.Diff(want, got); diff != "" || !ok {
				t.Error(ok, diff)
			}
		})
	}
	claims := map[string]string{"custom:tenant": "acme", "scope": "extrato/read extrato/write"}
	want := lambdahttp.Request{ID: "req-1", SourceIP: "203.0.113.7", Claims: claims, Scopes: []string{"extrato/read", "extrato/write"}}
	check(event(t), want)

	e := event(t) // a route without scopes: the gateway leaves jwt.scopes empty
	e.RequestContext.Authorizer.JWT.Scopes = nil
	check(e, want)

	e = event(t) // a list as the gateway prints it
	e.RequestContext.Authorizer.JWT.Claims = map[string]string{"scp": "[extrato/read x]"}
	e.RequestContext.Authorizer.JWT.Scopes = nil
	check(e, lambdahttp.Request{ID: "req-1", SourceIP: "203.0.113.7", Claims: map[string]string{"scp": "[extrato/read x]"}, Scopes: []string{"extrato/read", "x"}})

	e = event(t) // an open route; what a client writes into headers is no claim
	e.RequestContext.Authorizer = nil
	e.Headers["x-claims"] = `{"tenant":"acme"}`
	check(e, lambdahttp.Request{ID: "req-1", SourceIP: "203.0.113.7"})

	if _, ok := lambdahttp.From(context.Background()); ok {
		t.Error("a request where there is no gateway")
	}
}

// TestAPathIsNotDecodedTwice: the gateway decoded it already, so these are the
// characters of the path, and none of them ends it.
func TestAPathIsNotDecodedTwice(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"/v1/accounts/a%2Fb":  "/v1/accounts/a%2Fb",
		"/v1/accounts/%2e%2e": "/v1/accounts/%2e%2e",
		"/v1/a b/ção":         "/v1/a b/ção",
		"/v1/a?x=1#y":         "/v1/a?x=1#y",
		"//evil.example/x":    "//evil.example/x",
		"":                    "/",
		"v1":                  "/v1",
		"/%zz":                "/%zz",
	} {
		e := event(t)
		e.RawPath = raw
		serve(t, e, func(_ http.ResponseWriter, r *http.Request) {
			if r.URL.Path != want || r.URL.Host != "" || r.URL.Query().Get("q") != "pão de queijo" || r.URL.Fragment != "" {
				t.Errorf("rawPath %q gave path %q, host %q, query %q", raw, r.URL.Path, r.URL.Host, r.URL.RawQuery)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body   string
		base64 bool
		want   string
	}{
		"text":         {"olá", false, "olá"},
		"base64":       {"/wAB", true, "\xff\x00\x01"},
		"empty":        {"", false, ""},
		"empty base64": {"", true, ""},
	} {
		e := event(t)
		e.Body, e.IsBase64Encoded = test.body, test.base64
		e.Headers["content-length"] = "12345"
		serve(t, e, func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if string(body) != test.want || r.ContentLength != int64(len(test.want)) || r.Header.Get("Content-Length") != "" {
				t.Errorf("%s: body of %d bytes, length %d", name, len(body), r.ContentLength)
			}
		})
	}
	e := event(t)
	e.Body, e.IsBase64Encoded = "secret not base64!", true
	out := serve(t, e, func(http.ResponseWriter, *http.Request) { t.Error("called") })
	var problem map[string]any
	if err := json.Unmarshal([]byte(out.Body), &problem); err != nil || out.StatusCode != 400 || problem["code"] != "body_unreadable" ||
		out.Headers["Content-Type"] != "application/problem+json" || strings.Contains(out.Body, "secret") {
		t.Errorf("%+v", out)
	}
}

func TestResponses(t *testing.T) {
	t.Parallel()
	type response = events.APIGatewayV2HTTPResponse
	for name, test := range map[string]struct {
		method  string
		handler http.HandlerFunc
		want    response
	}{
		"json": {"GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(201)
			_, _ = io.WriteString(w, `{"a":"é"}`)
		}, response{StatusCode: 201, Headers: map[string]string{"Content-Type": "application/json; charset=utf-8"}, Body: `{"a":"é"}`}},
		"problem": {"GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			_, _ = io.WriteString(w, `{}`)
		}, response{StatusCode: 200, Headers: map[string]string{"Content-Type": "application/problem+json"}, Body: `{}`}},
		"binary": {"GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/zip")
			_, _ = w.Write([]byte{0xff, 0, 1})
		}, response{StatusCode: 200, Headers: map[string]string{"Content-Type": "application/zip"}, Body: "/wAB", IsBase64Encoded: true}},
		"text that is not UTF-8": {"GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write([]byte{0xff, 0, 1})
		}, response{StatusCode: 200, Headers: map[string]string{"Content-Type": "text/plain"}, Body: "/wAB", IsBase64Encoded: true}},
		"compressed": {"GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "abc")
		}, response{StatusCode: 200, Headers: map[string]string{"Content-Type": "application/json", "Content-Encoding": "gzip"}, Body: "YWJj", IsBase64Encoded: true}},
		"no type": {"GET", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "plain")
		}, response{StatusCode: 200, Headers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}, Body: "plain"}},
		"nothing": {"GET", func(http.ResponseWriter, *http.Request) {}, response{StatusCode: 200, Headers: map[string]string{}}},
		"no content": {"GET", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
			response{StatusCode: 204, Headers: map[string]string{}}},
		"HEAD": {"HEAD", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, "{}")
		}, response{StatusCode: 200, Headers: map[string]string{"Content-Type": "application/json"}}},
		"many values": {"GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("Vary", "Accept")
			w.Header().Add("Vary", "Origin")
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
			http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
		}, response{StatusCode: 200, Headers: map[string]string{"Vary": "Accept,Origin"}, Cookies: []string{"a=1", "b=2"}}},
		"the first status counts": {"GET", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(103)
			w.WriteHeader(404)
			w.Header().Set("Late", "1")
			w.WriteHeader(500)
		}, response{StatusCode: 404, Headers: map[string]string{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := event(t)
			e.RequestContext.HTTP.Method = test.method
			if diff := cmp.Diff(test.want, serve(t, e, test.handler)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnEventOfAnotherKindIsAnError(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"", "GET SPACE"} {
		e := events.APIGatewayV2HTTPRequest{Version: "1.0"}
		e.RequestContext.HTTP.Method = method
		if _, err := lambdahttp.Handler(http.NotFoundHandler())(t.Context(), e); err == nil {
			t.Error("no error for an event without a method")
		}
	}
}

func TestTheDeadlineReachesTheHandler(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := lambdahttp.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Context().Err() == nil {
			t.Error("the request does not end with the invocation")
		}
	}))
	if _, err := h(ctx, event(t)); err != nil {
		t.Error(err)
	}
}

// FuzzHandler: no event makes it panic or answer what JSON cannot carry.
func FuzzHandler(f *testing.F) {
	f.Add("GET", "/v1/accounts", "limit=1", "accept", "application/json", "", false)
	f.Add("PUT", "/%zz", "%", "\n", "\x00", "!", true)
	f.Fuzz(func(t *testing.T, method, path, query, name, value, body string, isBase64 bool) {
		e := events.APIGatewayV2HTTPRequest{RawPath: path, RawQueryString: query, Headers: map[string]string{name: value}, Body: body, IsBase64Encoded: isBase64}
		e.RequestContext.HTTP.Method = method
		out, err := lambdahttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.URL.String()+r.Header.Get(name))
			_, _ = io.Copy(w, r.Body)
		}))(t.Context(), e)
		if err != nil {
			return
		}
		if _, err := json.Marshal(out); err != nil || out.StatusCode == 0 {
			t.Errorf("status %d, %v", out.StatusCode, err)
		}
	})
}
