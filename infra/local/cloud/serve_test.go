package cloud_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"extrato/infra/local/cloud"
)

// clients are the real SDK's, as the product makes them: checksums validated,
// errors decoded, retries on.
type clients struct {
	queue  *sqs.Client
	secret *secretsmanager.Client
}

func open(t *testing.T, o cloud.Options) *cloud.Cloud {
	t.Helper()
	c, err := cloud.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// overLoopback serves a stand-in on a free port.
func overLoopback(t *testing.T, c *cloud.Cloud) clients {
	t.Helper()
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	t.Cleanup(c.Close) // first: long polls would hold the server up
	return clientsOf(s.URL, nil)
}

// inProcess calls the handler without a network, which is what a
// testing/synctest bubble needs.
func inProcess(c *cloud.Cloud) clients { return clientsOf("http://in.process", direct{c}) }

func clientsOf(url string, transport interface {
	Do(*http.Request) (*http.Response, error)
}) clients {
	login := credentials.NewStaticCredentialsProvider("local", "local", "")
	return clients{
		sqs.New(sqs.Options{BaseEndpoint: &url, Region: "sa-east-1", Credentials: login, HTTPClient: transport}),
		secretsmanager.New(secretsmanager.Options{BaseEndpoint: &url, Region: "sa-east-1", Credentials: login, HTTPClient: transport}),
	}
}

type direct struct{ handler http.Handler }

func (d direct) Do(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Host = r.URL.Host
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// fails checks that an error is of one of the SDK's types.
func fails[E error](t *testing.T, what string, err error) {
	t.Helper()
	if _, ok := errors.AsType[E](err); !ok {
		t.Errorf("%s: got error %v, want %T", what, err, *new(E))
	}
}

// must returns a call's answer, or ends the test.
func must[T any](out T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}
