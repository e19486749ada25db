package front

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// newCustomer returns a client of a server that answers as told.
func newCustomer(t *testing.T, answer http.HandlerFunc) *customer {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return &customer{
		http: server.Client(), url: server.URL, token: strings.Repeat("t", 40), account: "a", entry: "e", watch: &watch{},
		own: credential{Certificate: strings.Repeat("c", 1000), Key: "-----BEGIN\nin1\nin2\n-----END\n", ClientID: "id", ClientSecret: "hush", Zip: []byte("PK")},
	}
}

// TestEveryRefusalIsAskedFor: a server that takes everything fails every bad
// request, and one that refuses with another status too. (Headers of 2 MB are
// refused by net/http itself.)
func TestEveryRefusalIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusTeapot, http.StatusInternalServerError} {
		c := newCustomer(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(status)
		})
		all := badRequests(c, c, "read")
		if f := refuse(t.Context(), c, all); f.Holds() || int(f.Value) != len(all)-1 || !f.Zero {
			t.Errorf("%d of %d bad requests counted where all are answered %d: %s", int(f.Value), len(all), status, f.Note)
		}
		got := playAll(t.Context(), c, "malformed", malformed(c)[6:], 1)
		if got.Holds() || got.Note == "" {
			t.Errorf("bodies that break off, answered %d: %+v", status, got)
		}
	}
}

// TestStatusesAreRefusals: whatever is sent, what it wants is a 4xx.
func TestStatusesAreRefusals(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, nil)
	seen := map[string]bool{}
	for _, b := range badRequests(c, c, "read") {
		if b.want/100 != 4 || seen[b.what] {
			t.Errorf("%s wants %d, or is there twice", b.what, b.want)
		}
		seen[b.what] = true
	}
	if len(seen) < 40 {
		t.Errorf("%d bad requests", len(seen))
	}
}

// TestRaw plays with Go's own server, which knows what HTTP is.
func TestRaw(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	if f := playAll(t.Context(), c, "malformed", malformed(c), 2); !f.Holds() || f.Note != "18 clients" {
		t.Errorf("%+v", f)
	}
	upload := raw{what: "an upload", text: head(c, 4) + "{", drip: `":}`, pause: time.Millisecond}
	if status, err := play(t.Context(), c, upload); status != 200 || err != nil {
		t.Errorf("a slow upload: %d, %v", status, err)
	}
}

func TestClosedConnections(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	})
	if status, err := play(t.Context(), c, raw{what: "x", text: head(c, 0)}); status != closed || err != nil {
		t.Errorf("%d, %v", status, err)
	}
}

// TestFeed: the feed is read to its end, and its faults are errors.
func TestFeed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		pages []string // answers, by their order
		want  int
		err   string
	}{
		{"two pages", []string{`{"changes":[{"seq":1},{"seq":2}],"next_cursor":"n","has_more":true}`, `{"changes":[{"seq":4}],"next_cursor":"o"}`}, 3, ""},
		{"no change", []string{`{"changes":[]}`}, 0, ""},
		{"a position twice", []string{`{"changes":[{"seq":1}],"next_cursor":"n","has_more":true}`, `{"changes":[{"seq":1}]}`}, 1, "from 1 to 1"},
		{"an error", []string{`{"changes":[{"seq":1}],"next_cursor":"n","has_more":true}`, ``}, 1, "500"},
	} {
		asked := 0
		c := newCustomer(t, func(w http.ResponseWriter, r *http.Request) {
			if cursor := r.URL.Query().Get("cursor"); asked > 0 && cursor != "n" {
				t.Errorf("%s: asked with the cursor %q", test.name, cursor)
			}
			if test.pages[asked] == "" {
				w.WriteHeader(http.StatusInternalServerError)
			}
			_, _ = io.WriteString(w, test.pages[asked])
			asked++
		})
		tallied := &tally{}
		got, err := c.poll(t.Context(), tallied.recorder(t.Context()))
		if got != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: %d changes, %v", test.name, got, err)
		}
		failed := 0
		if test.err != "" {
			failed = 1
		}
		if tallied.errors != failed || len(tallied.took) != len(test.pages)-failed {
			t.Errorf("%s: tallied %d errors and %d answers", test.name, tallied.errors, len(tallied.took))
		}
	}
}

// TestAFeedThatLostAChangeIsAnError, however well its pages were answered.
func TestAFeedThatLostAChangeIsAnError(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"changes":[{"seq":1}]}`) })
	c.changes = 2
	tallied, _ := run(t.Context(), loads()[1], []*customer{c}, 10*time.Millisecond)
	if tallied.errors == 0 || !strings.Contains(fmt.Sprint(tallied.first), "has 1 changes, want 2") {
		t.Errorf("%d errors, first %v", tallied.errors, tallied.first)
	}
}

func TestLoadsCountWhatFails(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	for _, l := range loads() {
		tallied, _ := run(t.Context(), l, []*customer{c, c}, 10*time.Millisecond)
		if f := tallied.figure("errors"); f.Holds() || len(tallied.took) != 0 || !strings.Contains(f.Note, "503") {
			t.Errorf("%s against a service that is unavailable: %+v", l.name, f)
		}
	}
}

func TestQuantiles(t *testing.T) {
	t.Parallel()
	tallied := &tally{}
	if got := tallied.quantile(0.5); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
	for n := 100; n > 0; n-- { // 1 to 100 ms
		tallied.record(time.Duration(n)*time.Millisecond, nil)
	}
	tallied.record(time.Hour, errors.New("not an answer"))
	got := []float64{tallied.quantile(0), tallied.quantile(0.5), tallied.quantile(0.99), tallied.quantile(1)}
	if d := cmp.Diff([]float64{1, 51, 100, 100}, got); d != "" {
		t.Errorf("quantiles (-want +got):\n%s", d)
	}
}

// TestWatch: an answer with a secret is found, in its body or its headers, and
// a log with anybody's.
func TestWatch(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Say", r.URL.Query().Get("header"))
		_, _ = io.WriteString(w, r.URL.Query().Get("body"))
	})
	if d := cmp.Diff([]string{"hush", "in1", "in2"}, c.own.secrets()); d != "" {
		t.Errorf("secrets (-want +got):\n%s", d)
	}
	c.guard(c.own.secrets()...)
	other := &customer{watch: c.watch}
	other.guard("elsewhere")
	for _, path := range []string{"/?body=fine", "/?body=a+hush+b", "/?header=in2", "/?body=elsewhere", "/_local/x?body=hush"} {
		if _, _, err := c.send(t.Context(), "GET", path, "", nil); err != nil {
			t.Fatal(err)
		}
	}
	c.watch.searchAll("api.log", []byte("fine"))
	c.watch.searchAll("sync.log", []byte("an elsewhere"))
	places, searched := c.watch.result()
	want := []string{"the answer to GET /?body=a+hush+b", "the answer to GET /?header=in2", "sync.log"}
	if d := cmp.Diff(want, places); d != "" || searched == 0 {
		t.Errorf("%d bytes searched, found in (-want +got):\n%s", searched, d)
	}
}

// TestProcesses counts a child of this program, where there is /proc.
func TestProcesses(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		return
	}
	child := exec.CommandContext(t.Context(), "sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	s := &stack{command: &exec.Cmd{Process: &os.Process{Pid: os.Getpid()}}}
	if got := s.processes("sleep"); got != 1 {
		t.Errorf("%d processes, want 1", got)
	}
	if got := s.processes("slee"); got != 0 {
		t.Errorf("%d processes of another name", got)
	}
	_ = child.Process.Kill()
	_ = child.Wait()
}
