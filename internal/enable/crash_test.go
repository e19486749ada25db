package enable

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

// request is one of the service's, as a caller repeats it: all of it again.
type request struct {
	name    string
	effects []string
	start   func(*testing.T) *outside
	do      func(*testing.T, *Service, *outside, statement.Credential) error
	// works says what must hold after every crash.
	works func(o *outside, old, fresh statement.Credential) bool
}

func requests() []request {
	// oldOrNew is what "without a gap" means: the vault has a whole pair that
	// passed the check, and an account in the schedule stays there.
	oldOrNew := func(o *outside, old, fresh statement.Credential) bool {
		return !o.deleted && (*o.pair == old || *o.pair == fresh) && o.indexed && o.head.State == statement.Active
	}
	renew := func(t *testing.T, s *Service, _ *outside, fresh statement.Credential) error {
		_, err := s.Renew(t.Context(), ref, uploadFrom(fresh))
		return err
	}
	enable := func(t *testing.T, s *Service, o *outside, fresh statement.Credential) error {
		p, err := s.Prepare(t.Context(), o.head, uploadFrom(fresh), "")
		if err == nil {
			_, err = s.Finish(t.Context(), ref, p)
		}
		return err
	}
	bare := func(*testing.T) *outside {
		return &outside{head: newAccount(), rows: []statement.Row{row("12345678", "2026-11-19")}}
	}
	parked := func(t *testing.T) *outside {
		o := working(t)
		o.head.State, o.head.Failure, o.indexed = statement.Attention, statement.CertificateExpired, false
		return o
	}
	disabled := func(t *testing.T) *outside {
		o := working(t)
		o.head.State, o.indexed, o.deleted = statement.Disabled, false, true
		return o
	}
	always := func(*outside, statement.Credential, statement.Credential) bool { return true }
	saving := []string{"save secret", "enable head", "send"}
	return []request{
		{"renew", saving, working, renew, oldOrNew},
		{"renew a parked account", saving, parked, renew, func(o *outside, old, fresh statement.Credential) bool {
			return !o.deleted && (*o.pair == old || *o.pair == fresh)
		}},
		{"enable", saving, bare, enable, func(o *outside, _, _ statement.Credential) bool {
			return o.pair != nil || o.head.State == statement.Disabled // never active without a pair
		}},
		{"enable again", saving, disabled, enable, func(o *outside, _, _ statement.Credential) bool {
			return !o.deleted || o.head.State == statement.Disabled
		}},
		{"disable", []string{"disable head", "delete secret"}, working, func(t *testing.T, s *Service, _ *outside, _ statement.Credential) error {
			_, err := s.Disable(t.Context(), ref)
			return err
		}, func(o *outside, _, _ statement.Credential) bool {
			return !o.deleted || o.head.State == statement.Disabled
		}},
		{"erase", []string{"erase head", "delete secret", "send"}, working, func(t *testing.T, s *Service, _ *outside, _ statement.Credential) error {
			return s.Erase(t.Context(), ref)
		}, always},
	}
}

// ending is what a request leaves for good. Messages are delivered at least
// once anyway, so one more of the same counts as one.
type ending struct {
	Head            statement.Account
	Indexed, Erased bool
	Pair            string
	Deleted         bool
	Sent            map[statement.Message]bool
}

func endingOf(o *outside) ending {
	e := ending{Head: o.head, Indexed: o.indexed, Erased: o.erased, Deleted: o.deleted, Sent: map[statement.Message]bool{}}
	if o.pair != nil {
		e.Pair = o.pair.ID()
	}
	for _, m := range o.sent {
		e.Sent[m] = true
	}
	return e
}

// TestCrashAndRepeat ends the process before and after each effect; the same
// request again ends where one without a crash does.
func TestCrashAndRepeat(t *testing.T) {
	t.Parallel()
	for _, r := range requests() {
		fresh := checked(t, upload(t))
		start := r.start(t)
		var old statement.Credential
		if start.pair != nil {
			old = *start.pair
		}
		again := func() *outside { // the same beginning
			o := *start
			return &o
		}
		straight := again()
		if err := r.do(t, service(straight), straight, fresh); err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		want := endingOf(straight)
		for _, effect := range r.effects {
			for _, when := range []string{"before", "after"} {
				o := again()
				if when == "before" {
					o.before = effect
				} else {
					o.after = effect
				}
				// A crash at the message is a warning to what is left of the request.
				_ = r.do(t, service(o), o, fresh)
				if !o.crashed {
					t.Fatalf("%s: no %q to crash at", r.name, effect)
				}
				if !r.works(o, old, fresh) {
					t.Errorf("%s, crash %s %q: what worked does not: %+v", r.name, when, effect, o.head)
				}
				o.crashed, o.before, o.after = false, "", ""
				if err := r.do(t, service(o), o, fresh); err != nil {
					t.Errorf("%s, crash %s %q, repeated: %v", r.name, when, effect, err)
				}
				if d := cmp.Diff(want, endingOf(o)); d != "" {
					t.Errorf("%s, crash %s %q, repeated (-straight +got):\n%s", r.name, when, effect, d)
				}
			}
		}
	}
}

// TestFailureLeavesTheWorkingPair: an error at any step of a renewal leaves a
// pair that works, and the account in the schedule.
func TestFailureLeavesTheWorkingPair(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	for _, step := range []string{"read head", "load secret", "open", "token", "statement", "read entries", "ask owner", "save secret", "enable head"} {
		o := working(t)
		o.rows = append(o.rows, row("99999999", "2026-11-19")) // so that entries are asked
		o.entries = []statement.Entry{{Row: o.rows[0]}}
		o.head.BankAccount, o.head.SelectBank = "12345678", true
		o.fail = map[string]error{step: down}
		old, head := *o.pair, o.head
		u := upload(t)
		fresh := checked(t, u)
		u.ClientSecret = ""
		if _, err := service(o).Renew(t.Context(), ref, u); !errors.Is(err, down) {
			t.Errorf("at %q: %v", step, err)
		}
		if d := cmp.Diff(head, o.head); d != "" || !o.indexed || len(o.sent) != 0 {
			t.Errorf("at %q the head changed:\n%s", step, d)
		}
		saved := step == "enable head"
		if o.deleted || saved && *o.pair != fresh || !saved && *o.pair != old {
			t.Errorf("at %q the vault has another pair", step)
		}
	}
}
