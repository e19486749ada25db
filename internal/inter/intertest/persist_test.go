package intertest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRestart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "bank")
	first := listening(t, Options{Seed: 5})
	a := first.AddAccount("123456780")
	a.SetOpening(12_345)
	a.SetCompany("EMPRESA EXEMPLO LTDA")
	a.Generate(Profile{}, "2026-01-01", "2026-01-31")
	a.Generate(Exactly(100), "2026-02-01", "2026-02-10")
	recorded := first.Recorded()
	i := first.Issue("erp", a, recorded)
	i.GrantAlso("pix.read")
	renewed := i.Renew()
	if err := first.Save(dir); err != nil {
		t.Fatal(err)
	}
	if err := first.Save(dir); err != nil { // replaces
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v; want one file", files, err)
	}
	if info, err := files[0].Info(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	first.Close()

	second, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Load(dir); err != nil {
		t.Fatal(err)
	}
	if err := second.Load(dir); err == nil {
		t.Error("loaded into a bank in use")
	}
	if err := second.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if second.CAPEM() != first.CAPEM() {
		t.Error("another CA")
	}
	again := second.Account("123456780")
	sameRows(t, "after the restart", a.Rows("2026-01-01", "2026-12-31"), again.Rows("2026-01-01", "2026-12-31"))
	if again.BalanceAt("2026-02-28") != a.BalanceAt("2026-02-28") || again.Company() != a.Company() {
		t.Error("another balance or company")
	}
	if got := second.Recorded().Count(); got != RecordedRows || len(second.Accounts()) != 2 {
		t.Errorf("%d recorded rows, %d accounts", got, len(second.Accounts()))
	}
	loaded := second.Integrations()
	if len(loaded) != 2 {
		t.Fatalf("%d certificates, want 2", len(loaded))
	}
	for n, old := range []*Integration{i, renewed} {
		if loaded[n].Credential().ID() != old.Credential().ID() {
			t.Errorf("certificate %d is not what was saved", n)
		}
		w := dial(t, second, old).authenticate() // what was issued before is good still
		w.header.Set("x-conta-corrente", a.Number())
		if r := w.get(Balance); r.status != 200 {
			t.Errorf("balance: %d", r.status)
		}
	}
	scope := decode[struct{ Scope string }](t, dial(t, second, i).ask(dial(t, second, i).form("extrato.read"))).Scope
	if scope != "extrato.read pix.read" {
		t.Errorf("scope %q", scope)
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	b, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := b.Load(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing saved: %v", err)
	}
	for _, text := range []string{"{", `{"ca_key":"MARKED"}`} {
		if err := os.WriteFile(filepath.Join(dir, stateFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := b.Load(dir); err == nil || strings.Contains(err.Error(), "MARKED") {
			t.Error("a spoiled file was loaded, or its content told")
		}
	}
}
