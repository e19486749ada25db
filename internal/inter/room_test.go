package inter

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

// paper is a bank without a network, so that a test has a clock of its own. A
// connection that is not read for a minute is cut.
type paper struct {
	mu       sync.Mutex
	text     []byte
	asked    int           // statements
	closed   int           // answers closed
	slowness time.Duration // of every piece of an answer
}

func (p *paper) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := func(body io.ReadCloser) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: body, Request: r}, nil
	}
	if r.URL.Path == tokenPath {
		return answer(io.NopCloser(strings.NewReader(`{"access_token":"a-token-of-paper","expires_in":3600}`)))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	return answer(&sheet{bank: p, ctx: r.Context(), rest: bytes.NewReader(p.text), last: time.Now()})
}

type sheet struct {
	bank *paper
	ctx  context.Context
	rest io.Reader
	last time.Time
}

func (s *sheet) Read(b []byte) (int, error) {
	switch {
	case s.ctx.Err() != nil:
		return 0, s.ctx.Err()
	case time.Since(s.last) > time.Minute:
		return 0, io.ErrUnexpectedEOF
	}
	time.Sleep(s.bank.slowness)
	s.last = time.Now()
	return s.rest.Read(b[:min(len(b), 100<<10)])
}

func (s *sheet) Close() error {
	s.bank.mu.Lock()
	defer s.bank.mu.Unlock()
	s.bank.closed++
	return nil
}

// onPaper is a session with that bank.
func onPaper(t *testing.T, p *paper, o Config) *Session {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	o.BaseURL = "https://bank.example"
	client, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := client.Open(statement.Credential{
		Certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		Key:         statement.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))),
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	s.wire = onlyReads{base: client.base, next: p}
	return s
}

// turnAt is a turn that comes at an instant, and counts how often it was asked.
func turnAt(at time.Time, asked *int) statement.Turn {
	return func(ctx context.Context) error {
		*asked++
		select {
		case <-time.After(time.Until(at)):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func TestLargeAnswersTakeTurns(t *testing.T) {
	t.Parallel()
	large, small := tenThousand(), []byte(emptyAnswer)
	for name, test := range map[string]struct {
		text   []byte
		comes  time.Duration // until the turn comes
		rows   int
		asked  int // statements asked for
		waited bool
	}{
		"a small answer needs none":            {small, time.Hour, 0, 1, false},
		"its turn is there":                    {large, 0, pageSize, 1, true},
		"its turn comes soon":                  {large, patience - time.Second, pageSize, 1, true},
		"its turn comes late: asked for again": {large, 4 * time.Minute, pageSize, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := &paper{text: test.text, slowness: 200 * time.Microsecond}
				var latency []time.Duration
				s := onPaper(t, p, Config{Observe: func(call string, took time.Duration, err error) {
					if call == "statement" {
						latency = append(latency, took)
					}
					if err != nil {
						t.Errorf("%s is told as %v", call, err)
					}
				}})
				n := 0
				ctx := statement.WithTurn(t.Context(), turnAt(time.Now().Add(test.comes), &n))
				read, err := s.Statement(ctx, "2026-01-01", "2026-01-31")
				if err != nil || len(read.Rows) != test.rows {
					t.Fatalf("%d rows, %v", len(read.Rows), err)
				}
				if p.asked != test.asked || p.closed != test.asked || (n > 0) != test.waited {
					t.Errorf("%d statements asked, %d closed, turn asked %d times", p.asked, p.closed, n)
				}
				if d := cmp.Diff(statement.Requests{Token: 1, Statement: test.asked}, s.Requests()); d != "" {
					t.Errorf("requests (-want +got):\n%s", d)
				}
				for _, took := range latency {
					if took > patience/2 { // the answer itself takes less
						t.Errorf("a latency of %s has the wait in it", took)
					}
				}
			})
		})
	}
}

const emptyAnswer = `{"totalPaginas":0,"totalElementos":0,"ultimaPagina":true,"primeiraPagina":true,"numeroDeElementos":0,"transacoes":[]}`

// The call's own time limit stands still while it waits for its turn, and only then.
func TestWaitingIsNotTheBanksTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &paper{text: tenThousand(), slowness: 200 * time.Microsecond}
		s := onPaper(t, p, Config{StatementTimeout: 5 * time.Second})
		n := 0
		ctx := statement.WithTurn(t.Context(), turnAt(time.Now().Add(9*time.Second), &n))
		if _, err := s.Statement(ctx, "2026-01-01", "2026-01-31"); err != nil || p.asked != 1 {
			t.Errorf("asked %d times, %v", p.asked, err)
		}
		p.slowness = time.Second
		_, err := s.Statement(ctx, "2026-01-01", "2026-01-31")
		if code, _ := statement.CodeOf(err); code != statement.BankUnavailable {
			t.Errorf("a bank that takes a second for every piece: %v", err)
		}
	})
}

// Pages and parts of one run are held together, so they count together.
func TestManySmallAnswersAreALargeOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		text := tenThousand()
		half := bytes.Index(text, []byte(`,{"idTransacao":"MDAxXzAwMDE5XzEyMzQ1Njc4OV8yMDI2LTAxLTA1Xz00000700`))
		text = append(text[:half:half], "]}"...)
		text = bytes.ReplaceAll(text, []byte(":10000,"), []byte(":700,"))
		p := &paper{text: text}
		s := onPaper(t, p, Config{})
		n := 0
		ctx := statement.WithTurn(t.Context(), turnAt(time.Now(), &n))
		for i := range 3 {
			if _, err := s.Statement(ctx, "2026-01-01", "2026-01-31"); err != nil {
				t.Fatal(err)
			}
			if (n > 0) != (i > 0) {
				t.Errorf("answer %d: turn asked %d times", i, n)
			}
		}
	})
}

func TestTimeEndsWhileWaitingForATurn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cause error
		code  statement.Code
	}{
		"the caller's time": {context.DeadlineExceeded, statement.BankUnavailable},
		"cancelled":         {context.Canceled, ""},
	} {
		for at, wait := range map[string]time.Duration{"with the answer in hand": patience / 2, "without": 4 * patience} {
			t.Run(name+" "+at, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					p := &paper{text: tenThousand()}
					s := onPaper(t, p, Config{})
					n := 0
					ctx, cancel := context.WithCancelCause(t.Context())
					time.AfterFunc(wait, func() { cancel(test.cause) })
					_, err := s.Statement(statement.WithTurn(ctx, turnAt(time.Now().Add(time.Hour), &n)), "2026-01-01", "2026-01-31")
					code, _ := statement.CodeOf(err)
					if err == nil || code != test.code || !errors.Is(err, test.cause) || p.closed != 1 {
						t.Errorf("%v with code %q, %d answers closed", err, code, p.closed)
					}
				})
			})
		}
	}
}
