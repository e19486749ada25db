package lambdahttp

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// unreadable answers a body that says it is base64 and is not.
const unreadable = `{"title":"Corpo ilegível","status":400,"detail":"O corpo da requisição não pôde ser lido.","code":"body_unreadable"}`

// Handler returns the Lambda handler that serves each event with h. Its error
// is nil, or says that the event is no HTTP request; h answers for its own
// panics. The request's context is the invocation's, with its deadline.
func Handler(h http.Handler) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		body, err := bodyOf(e)
		if err != nil {
			return events.APIGatewayV2HTTPResponse{
				StatusCode: http.StatusBadRequest,
				Headers:    map[string]string{"Content-Type": "application/problem+json", "Cache-Control": "no-store"},
				Body:       unreadable,
			}, nil
		}
		r, err := request(ctx, e, body)
		if err != nil {
			return events.APIGatewayV2HTTPResponse{}, err
		}
		w := newRecorder()
		h.ServeHTTP(w, r)
		return w.response(r.Method), nil
	}
}

func bodyOf(e events.APIGatewayV2HTTPRequest) ([]byte, error) {
	if !e.IsBase64Encoded {
		return []byte(e.Body), nil
	}
	return base64.StdEncoding.DecodeString(e.Body)
}

// request builds the request as a server would have read it.
func request(ctx context.Context, e events.APIGatewayV2HTTPRequest, body []byte) (*http.Request, error) {
	about := describe(e)
	target := &url.URL{Path: "/" + strings.TrimPrefix(e.RawPath, "/"), RawQuery: e.RawQueryString}
	method := e.RequestContext.HTTP.Method
	r, err := http.NewRequestWithContext(context.WithValue(ctx, requestKey{}, about), method, "/", nil)
	if err != nil || method == "" {
		return nil, fmt.Errorf("event is not an HTTP request of payload format 2.0 (version %q)", clip(e.Version))
	}
	r.URL, r.RequestURI = target, target.RequestURI()
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	for name, value := range e.Headers {
		r.Header.Set(name, value)
	}
	if len(e.Cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(e.Cookies, "; "))
	}
	if r.Host = r.Header.Get("Host"); r.Host == "" {
		r.Host = e.RequestContext.DomainName
	}
	r.Header.Del("Host")
	if about.SourceIP != "" {
		r.RemoteAddr = net.JoinHostPort(about.SourceIP, "0")
	}
	// The client's Content-Length counts the body before the gateway encoded it.
	r.Header.Del("Content-Length")
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return r, nil
}

func clip(s string) string {
	if len(s) > 20 {
		return s[:20]
	}
	return s
}
