package inter_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/inter"
	"extrato/internal/statement"
)

// observed keeps what Observe was told, in order.
type observed struct {
	mu    sync.Mutex
	calls []string
	told  []string // the errors' text in full
	errs  []error
}

func (o *observed) observe(call string, took time.Duration, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	code, _ := statement.CodeOf(err)
	if took <= 0 {
		call += " in no time"
	}
	o.calls, o.errs = append(o.calls, fmt.Sprintf("%s %s", call, code)), append(o.errs, err)
	o.told = append(o.told, fmt.Sprintf("%s %v %#v", call, err, err))
}

func TestObserve(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*bank)
		want   []string // a call and the code it ended with, in order
	}{
		"all good":          {func(*bank) {}, []string{"token ", "statement ", "balance "}},
		"token refused":     {func(b *bank) { b.token = answer(503, clientSecret) }, []string{"token bank_unavailable", "token bank_unavailable"}},
		"answer of no use":  {func(b *bank) { b.statement = answer(200, "<html>") }, []string{"token ", "statement incomplete_answer", "balance "}},
		"connection broken": {func(b *bank) { b.balance = hangUp }, []string{"token ", "statement ", "balance bank_unavailable"}},
		"token revoked early": {func(b *bank) {
			refusals := 1
			b.statement = func(w http.ResponseWriter, _ *http.Request) {
				if refusals--; refusals == 0 {
					w.WriteHeader(http.StatusUnauthorized)
				}
				_, _ = io.WriteString(w, emptyPage)
			}
		}, []string{"token ", "statement credentials_rejected", "token ", "statement ", "balance "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)
			test.change(b)
			b.start(t)
			var o observed
			s := b.open(t, inter.Config{Observe: o.observe})
			_, _ = read(s)
			_, _ = s.Balance(context.Background(), "2023-03-18")
			if d := cmp.Diff(test.want, o.calls); d != "" {
				t.Errorf("observed (-want +got):\n%s", d)
			}
			for _, told := range o.told {
				if strings.Contains(told, clientSecret) || strings.Contains(told, accessToken) || strings.Contains(told, "PRIVATE KEY") {
					t.Errorf("a secret in %s", told)
				}
			}
		})
	}
}

// hangUp closes the connection in place of an answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// What was not sent is not observed; what we leave ourselves says so.
func TestObserveOurOwnLeaving(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	ctx, cancel := context.WithCancel(context.Background())
	b.statement = func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}
	b.start(t)
	var o observed
	s := b.open(t, inter.Config{Observe: o.observe})
	_, _ = s.Statement(ctx, "2023-03-17", "2023-03-23")
	_, _ = s.Balance(ctx, "2023-03-18")
	s.Close()
	_, _ = s.Balance(context.Background(), "2023-03-18")
	if d := cmp.Diff([]string{"token ", "statement "}, o.calls); d != "" {
		t.Fatalf("observed (-want +got):\n%s", d)
	}
	if !errors.Is(o.errs[1], context.Canceled) {
		t.Errorf("our own leaving is told as %v", o.errs[1])
	}
}
