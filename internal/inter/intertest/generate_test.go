package intertest

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

const (
	yearFrom = statement.Date("2026-01-01")
	yearTo   = statement.Date("2026-12-31")
)

// generated returns the truth of an account generated call by call.
func generated(t *testing.T, seed int64, p Profile, ranges ...statement.Date) []statement.Row {
	t.Helper()
	b, err := New(Options{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	a := b.AddAccount("123456789")
	added := 0
	for i := 0; i < len(ranges); i += 2 {
		added += a.Generate(p, ranges[i], ranges[i+1])
	}
	if added != a.Count() {
		t.Errorf("Generate told of %d entries, there are %d", added, a.Count())
	}
	return a.Rows("1900-01-01", "2100-01-01")
}

// lines are rows as text: comparing them is quick, and telling how they differ
// is left to the case that they do.
func lines(t *testing.T, rows []statement.Row) []string {
	t.Helper()
	text := make([]string, len(rows))
	for i, r := range rows {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		text[i] = string(b)
	}
	return text
}

func sameRows(t *testing.T, name string, want, got []statement.Row) {
	t.Helper()
	if w, g := lines(t, want), lines(t, got); !slices.Equal(w, g) {
		t.Errorf("%s: %s", name, cmp.Diff(w, g))
	}
}

func TestGenerateRepeats(t *testing.T) {
	t.Parallel()
	whole := generated(t, 1, Profile{}, "2026-01-01", "2026-02-28")
	for name, ranges := range map[string][]statement.Date{
		"again":            {"2026-01-01", "2026-02-28"},
		"extended":         {"2026-01-01", "2026-02-10", "2026-02-11", "2026-02-28"},
		"overlapping":      {"2026-01-01", "2026-02-10", "2026-01-20", "2026-02-28"},
		"the past later":   {"2026-02-01", "2026-02-28", "2026-01-01", "2026-01-31"},
		"the same, doubly": {"2026-01-01", "2026-02-28", "2026-01-01", "2026-02-28"},
	} {
		sameRows(t, name, whole, generated(t, 1, Profile{}, ranges...))
	}
	if slices.Equal(lines(t, whole), lines(t, generated(t, 2, Profile{}, "2026-01-01", "2026-02-28"))) {
		t.Error("another seed, the same history")
	}
}

func TestGeneratedYear(t *testing.T) {
	t.Parallel()
	rows := generated(t, 1, Profile{}, yearFrom, yearTo)
	ids, types := map[string]bool{}, map[string]int{}
	perDay := map[statement.Date]int{}
	pix := map[string]statement.Cents{}
	var twins, provisional, later, reversed int
	var last statement.Row
	for _, r := range slices.Backward(rows) { // oldest first
		id, ok := statement.ParseBankID(r.BankID)
		if !ok || ids[r.BankID] || len(id.Number) != 9 || id.Date != r.Date {
			t.Fatalf("id %+v, seen before: %v", id, ids[r.BankID])
		}
		ids[r.BankID] = true
		types[r.Type]++
		booked := statement.DateOf(r.BookedAt)
		perDay[booked]++
		if id.Provisional {
			provisional++
		}
		if r.Amount == 0 || !bankday.IsBankingDay(r.Date) || r.Date < booked || booked < yearFrom || booked > yearTo {
			t.Errorf("%+v", r)
		}
		if r.Date > booked {
			later++
		}
		if r.Amount == last.Amount && r.Description == last.Description && r.BookedAt.Sub(last.BookedAt) == 20*time.Millisecond {
			twins++
		}
		last = r
		switch {
		case r.Type == "PIX":
			pix[r.EndToEndID] = r.Amount
			minute, err := time.Parse("200601021504", r.EndToEndID[9:21])
			if lag := r.BookedAt.Sub(minute); err != nil || len(r.EndToEndID) != 32 || lag < 0 || lag > 18*time.Minute {
				t.Errorf("endToEndId %s of %s", r.EndToEndID, r.BookedAt)
			}
		case r.Type == "ESTORNO":
			if amount, ok := pix[r.EndToEndID]; !ok || r.Amount != -amount {
				t.Errorf("reversal of %s: %s for %s", r.EndToEndID, r.Amount, amount)
			}
			reversed++
		}
	}
	for _, kind := range []string{"PIX", "PAGAMENTO", "BOLETO_COBRANCA", "IMPOSTO", "TARIFA", "TRANSFERENCIA", "ESTORNO", "JUROS", "COMPRA_DEBITO", "INVESTIMENTO", "CASHBACK"} {
		if types[kind] == 0 {
			t.Errorf("no %s in a year", kind)
		}
	}
	if types["DOMICILIO_CARTAO"]+types["MAQUININHA_GRANITO"] == 0 {
		t.Error("no card settlement in a year")
	}
	if twins < 5 || provisional < 3 || later < 50 || reversed < 5 {
		t.Errorf("%d twins, %d provisional, %d dated later, %d reversals in a year", twins, provisional, later, reversed)
	}
	for d := yearFrom; d <= yearTo; d = d.AddDays(1) {
		if n := perDay[d]; bankday.IsBankingDay(d) && n < 6 || n > 25 {
			t.Errorf("%s: %d entries", d, n)
		}
	}
}

// TestGeneratedDetails: the key sets are those of the recordings.
func TestGeneratedDetails(t *testing.T) {
	t.Parallel()
	keys := func(r statement.Row) string {
		o, err := parseObject(r.Details)
		if err != nil {
			t.Fatal(err)
		}
		var names string
		for _, f := range o {
			names += f.Name + " "
		}
		return names
	}
	b, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	recorded := map[string]bool{}
	for _, r := range b.Recorded().Rows(RecordedFrom, RecordedTo) {
		recorded[keys(r)] = true
	}
	used := map[string]bool{}
	for _, r := range generated(t, 1, Profile{}, yearFrom, "2026-04-30") {
		if r.Type != "PIX" && r.Type != "PAGAMENTO" {
			continue
		}
		used[keys(r)] = true
		if !recorded[keys(r)] {
			t.Fatalf("keys that were never recorded: %s", keys(r))
		}
	}
	if diff := cmp.Diff(recorded, used); diff != "" {
		t.Errorf("key sets (-recorded +generated): %s", diff)
	}
}

func TestGeneratedVolumes(t *testing.T) {
	t.Parallel()
	const from, to = statement.Date("2026-09-22"), statement.Date("2026-11-20") // 60 days
	if n := len(generated(t, 1, HighVolume(), from, to)); n < 9_500 || n > 10_500 {
		t.Errorf("high volume: %d entries", n)
	}
	for _, n := range []int{1, 61, 1000} {
		if got := len(generated(t, 1, Exactly(n), from, to)); got != n {
			t.Errorf("exactly %d: %d", n, got)
		}
	}
}

// TestInventedPeople: no CPF or CNPJ is valid, so that none is anybody's.
func TestInventedPeople(t *testing.T) {
	t.Parallel()
	names := regexp.MustCompile(`(Exemplo|Modelo) \d\d( Ltda)?$|Simulada Ltda$`)
	for seed := range int64(20) {
		p := newPersona(seed, "123456789")
		for _, who := range slices.Concat(p.customers, p.suppliers, p.staff, []party{p.self, p.landlord}) {
			weights := []int{10, 9, 8, 7, 6, 5, 4, 3, 2}
			if len(who.taxID) == 14 {
				weights = []int{5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2}
			}
			sum := 0
			for i, w := range weights {
				sum += w * int(who.taxID[i]-'0')
			}
			right := (11 - sum%11) % 11 % 10
			if int(who.taxID[len(weights)]-'0') == right || len(who.taxID) != len(weights)+2 {
				t.Errorf("%s could be somebody's", who.taxID)
			}
			if !names.MatchString(who.name) {
				t.Errorf("name %s", who.name)
			}
		}
	}
}
