package intertest

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestWithoutSockets plays two years on a clock of its own.
func TestWithoutSockets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, err := New(Options{Key: EC})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		a := b.AddAccount("123456789")
		a.Add(plain("2026-03-18", 3)...)
		i := b.Issue("erp", a)
		w := &wire{t: t, bank: b, with: i, header: http.Header{}, client: &http.Client{Transport: b.RoundTripper(i)}}
		b.url = "https://bank.test" // nothing listens there
		w.authenticate()
		if p := w.page("2026-03-18", "2026-03-18"); p.TotalElementos != 3 {
			t.Errorf("%d rows, want 3", p.TotalElementos)
		}
		b.FailNext(Balance, 1, Truncated())
		if _, err := w.try(Balance); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("truncated: %v", err)
		}
		b.FailNext(Balance, 1, Reset())
		if _, err := w.try(Balance); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("reset: %v", err)
		}
		b.FailNext(Balance, 1, Hang())
		w.client.Timeout = time.Minute
		if _, err := w.try(Balance); err == nil {
			t.Error("hang: no error")
		}
		time.Sleep(time.Hour)
		if r := w.get(Balance); r.status != 401 {
			t.Errorf("an hour later: %d, want 401", r.status)
		}
		time.Sleep(365 * 24 * time.Hour)
		var alert tls.AlertError
		if _, err := w.try(Balance); !errors.As(err, &alert) || alert.Error() != "tls: expired certificate" {
			t.Errorf("a year later: %v", err)
		}
		renewed := *w
		renewed.client = &http.Client{Transport: b.RoundTripper(i.Renew())}
		renewed.authenticate()
	})
}

func TestVerifyPeerKnowsTheCA(t *testing.T) {
	t.Parallel()
	one, two := listening(t, Options{}), listening(t, Options{})
	i := two.Issue("erp", two.AddAccount("123456789"))
	client := &http.Client{Transport: one.RoundTripper(i)}
	var alert tls.AlertError
	if _, err := client.Get(one.URL()); !errors.As(err, &alert) || alert.Error() != "tls: unknown certificate authority" {
		t.Errorf("%v", err)
	}
}

func TestListenTwiceAndOnATakenPort(t *testing.T) {
	t.Parallel()
	b := listening(t, Options{})
	if err := b.Listen("127.0.0.1:0"); err == nil {
		t.Error("listens twice")
	}
	other, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Listen(b.URL()[len("https://"):]); err == nil {
		t.Error("listens on a taken port")
	}
}
