package main

import (
	"io"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"testing"

	"extrato/internal/bankday"
)

func TestE2EStateSurvivesARestart(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	truth, credential := newBankAccount(bank, "407312956")
	data := t.TempDir()
	// The same address twice: it is the issuer of the tokens.
	arguments := []string{"--data", data, "--queue-speed", "60", "--addr", quietAddress(t)}
	date := bankday.After(today())

	r := startRig(t, bank, arguments...)
	c := r.erp("acme")
	a := c.open(credential)
	r.idle()
	r.fire(date)
	r.idle()
	c.isTheBanks(a.ID, truth, date.AddDays(-1))
	before := c.entries(a.ID, "")
	r.stop()

	again := startRig(t, bank, arguments...)
	c = &erp{again, c.tenant, c.token} // the token of before
	after := c.entries(a.ID, "")
	if len(before) != len(after) {
		t.Fatalf("%d entries, %d before the restart", len(after), len(before))
	}
	for i := range before {
		if before[i] != after[i] {
			t.Fatalf("entry %+v, %+v before the restart", after[i], before[i])
		}
	}
	date = bankday.After(date)
	date = bankday.After(date)
	if got := again.fire(date); got.Enqueued != 1 {
		t.Errorf("fan-out %+v", got)
	}
	again.idle()
	c.isTheBanks(a.ID, truth, date.AddDays(-1))

	// A second stack on the same state or the same port says which flag is wrong.
	for flag, more := range map[string][]string{"--data": arguments[:2], "--addr": arguments[4:]} {
		args := append([]string{"--demo=false", "--aws-addr", "127.0.0.1:0", "--addr", "127.0.0.1:0", "--bank-addr", "127.0.0.1:0"}, more...)
		err := run(t.Context(), args, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), flag) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want one line that names %s", err, flag)
		}
	}
}

// quietAddress returns a free address outside of the range that the system
// gives out by itself, so that nobody takes it while the stack restarts.
func quietAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(20000+rand.IntN(10000)))
		if l, err := net.Listen("tcp", address); err == nil {
			_ = l.Close()
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}
