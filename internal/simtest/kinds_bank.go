package simtest

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"
)

// transportKinds are what may happen between the product and the bank: the
// network, gateways, and the bank's front.
func transportKinds() []*Kind {
	kind := func(name string, act func(*Flight) (*http.Response, error)) *Kind {
		return &Kind{Name: "bank/" + name, Arm: func(r *rand.Rand) *Armed {
			return &Armed{Match: on(Bank), Past: r.IntN(3), Times: 1 + r.IntN(3), Act: act}
		}}
	}
	broken := func(err error) func(*Flight) (*http.Response, error) {
		return func(*Flight) (*http.Response, error) { return nil, err }
	}
	status := func(code int, header ...string) func(*Flight) (*http.Response, error) {
		return func(f *Flight) (*http.Response, error) {
			resp := answer(code, "application/json", []byte(`{"message":"made by the simulation"}`))
			if len(header) == 2 {
				resp.Header.Set(header[0], header[1])
			}
			return resp, nil
		}
	}
	return []*Kind{
		kind("refused", broken(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED})),
		kind("reset", broken(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET})),
		kind("reply-lost", func(f *Flight) (*http.Response, error) { return lost(f.Send()) }),
		kind("tls-alert", broken(&net.OpError{Op: "remote error", Err: tls.AlertError(80)})),
		kind("tls-alert-certificate", broken(&net.OpError{Op: "remote error", Err: tls.AlertError(42)})),
		kind("hang", func(f *Flight) (*http.Response, error) { return nil, f.Sleep(time.Hour) }),
		kind("slow-body", func(f *Flight) (*http.Response, error) {
			resp, err := f.Send()
			if err == nil {
				resp.Body = &slowBody{f, resp.Body, time.Duration(2+f.Rand.IntN(10)) * time.Second}
			}
			return resp, err
		}),
		kind("truncated", func(f *Flight) (*http.Response, error) { return half(f, io.ErrUnexpectedEOF) }),
		kind("cut", func(f *Flight) (*http.Response, error) { return half(f, io.EOF) }),
		kind("oversized", func(f *Flight) (*http.Response, error) { return padded(f, blanks(f)) }),
		kind("html", func(*Flight) (*http.Response, error) {
			return answer(http.StatusOK, "text/html", []byte("<html><body>Estamos em manutenção</body></html>")), nil
		}),
		kind("wrong-type", func(f *Flight) (*http.Response, error) {
			resp, err := f.Send()
			if err == nil {
				resp.Header.Set("Content-Type", "text/plain")
			}
			return resp, err
		}),
		kind("gzip-bomb", func(f *Flight) (*http.Response, error) { return padded(f, bomb(f)) }),
		kind("redirect", status(http.StatusFound, "Location", "https://elsewhere.example/")),
		kind("empty", func(*Flight) (*http.Response, error) { return answer(http.StatusOK, "application/json", nil), nil }),
		kind("400", status(400)), kind("401", status(401)), kind("403", status(403)), kind("404", status(404)),
		kind("429", status(429)), kind("429-retry-after", status(429, "Retry-After", "300")),
		kind("500", status(500)), kind("502", status(502)), kind("503", status(503)), kind("504", status(504)),
	}
}

// slowBody waits before every piece, as long as the caller does.
type slowBody struct {
	f    *Flight
	from io.ReadCloser
	wait time.Duration
}

func (b *slowBody) Read(p []byte) (int, error) {
	if err := b.f.Sleep(b.wait); err != nil {
		return 0, err
	}
	return b.from.Read(p[:min(len(p), 4096)])
}

func (b *slowBody) Close() error { return b.from.Close() }

// half sends half of the right answer and ends as err says.
func half(f *Flight, err error) (*http.Response, error) {
	resp, sendErr := f.Send()
	if sendErr != nil {
		return nil, sendErr
	}
	body, readErr := io.ReadAll(resp.Body)
	if readErr != nil {
		return nil, readErr
	}
	resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), failing{err}))
	return resp, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// padded puts something in front of the right answer, which is valid JSON still.
func padded(f *Flight, before io.Reader) (*http.Response, error) {
	resp, err := f.Send()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(io.MultiReader(before, resp.Body))
	resp.ContentLength = -1
	return resp, nil
}

// more than the client takes: a statement may have 32 MB, the rest 1 MB.
func tooMuch(f *Flight) int64 {
	if f.Operation == "statement" {
		return 33 << 20
	}
	return 2 << 20
}

func blanks(f *Flight) io.Reader { return io.LimitReader(blank{}, tooMuch(f)) }

type blank struct{}

func (blank) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// bomb is blanks out of very little, unpacked as a transport does.
func bomb(f *Flight) io.Reader {
	packed := bombs[f.Operation == "statement"]()
	r, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		return failing{err}
	}
	return r
}

var bombs = map[bool]func() string{
	true:  sync.OnceValue(func() string { return pack(33 << 20) }),
	false: sync.OnceValue(func() string { return pack(2 << 20) }),
}

func pack(size int64) string {
	var b strings.Builder
	w := gzip.NewWriter(&b)
	_, err := io.Copy(w, io.LimitReader(blank{}, size))
	if closed := w.Close(); err != nil || closed != nil {
		panic("simtest: a buffer takes everything")
	}
	return b.String()
}
