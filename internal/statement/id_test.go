package statement

import (
	"context"
	"encoding/base64"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseBankID(t *testing.T) {
	t.Parallel()
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for id, want := range map[string]BankID{
		// As recorded in 2023: a final one and a provisional one.
		"MDAxXzAwMDE5XzEyMzQ1Njc4OV8yMDIzLTAzLTIwXzkwMDAwMDA2Ng==": {Account: "123456789", Date: "2023-03-20", Number: "900000066"},
		"UFJPVklTT1JJT18wMDFfMDAwMTlfMTIzNDU2Nzg5XzIwMjMtMDMtMDhfNzM1Mjk5ODMw": {
			Provisional: true, Account: "123456789", Date: "2023-03-08", Number: "735299830"},
		encode("001_00019_012345678_2024-02-29_1"): {Account: "12345678", Date: "2024-02-29", Number: "1"}, // as x-conta-corrente wants it
		encode("077_0001_5_2026-01-02_A1"):         {Account: "5", Date: "2026-01-02", Number: "A1"},
	} {
		if got, ok := ParseBankID(id); got != want || !ok {
			t.Errorf("ParseBankID(%s) = %+v, %v, want %+v", id, got, ok, want)
		}
	}
	for _, id := range []string{
		"", "x", "=", "001_00019_123456789_2023-03-20_900000066", // not encoded
		"MDAxXzAwMDE5XzEyMzQ1Njc4OV8yMDIzLTAzLTIwXzkwMDAwMDA2Ng", // padding lost
		encode(""), encode("____"), encode("PROVISORIO_"),
		encode("001_00019_123456789_2023-03-20"), encode("001_00019_123456789_2023-03-20_"), encode("001_00019_123456789_2023-03-20_1_2"),
		encode("001_00019_123456789_2023-02-30_1"), encode("001_00019__2023-03-20_1"), encode("001_00019_000_2023-03-20_1"),
		encode("001_00019_12#45_2023-03-20_1"), encode("001_00019_-1_2023-03-20_1"), encode("001_00019_１２_2023-03-20_1"),
		encode("001_00019_" + strings.Repeat("9", 21) + "_2023-03-20_1"),
		encode("PROVISORIO_PROVISORIO_001_00019_123456789_2023-03-20_1"), encode("provisorio_001_00019_123456789_2023-03-20_1"),
	} {
		if got, ok := ParseBankID(id); ok || got != (BankID{}) {
			t.Errorf("ParseBankID(%q) = %+v, %v, want none", id, got, ok)
		}
	}
}

func TestValidID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"a", "A-z_0", "7", "-", strings.Repeat("x", 64)} {
		if !ValidID(id) {
			t.Errorf("ValidID(%q) = false", id)
		}
	}
	for _, id := range []string{"", "a b", "a#b", "a/b", "a.b", "é", "a\n", "\na", "a\x00", strings.Repeat("x", 65), strings.Repeat("x", 10<<10)} {
		if ValidID(id) {
			t.Errorf("ValidID(%.20q) = true", id)
		}
	}
}

func TestErrorsName(t *testing.T) {
	t.Parallel()
	err := &BankAccountTaken{By: "acc1"}
	if got, want := err.Error(), "bank account is already integrated in account acc1"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if got := (Ref{"t", "a"}).String(); got != "t/a" {
		t.Errorf("Ref.String() = %q, want t/a", got)
	}
}

func TestMeter(t *testing.T) {
	t.Parallel()
	m := new(Meter)
	ctx := WithMeter(context.Background(), m)
	var group sync.WaitGroup
	for range 100 {
		group.Go(func() { MeterFrom(ctx).Add(Capacity{Read: 0.5, Write: 2}) })
	}
	group.Wait()
	if diff := cmp.Diff(Capacity{Read: 50, Write: 200}, m.Used()); diff != "" {
		t.Errorf("Used (-want +got):\n%s", diff)
	}
	none := MeterFrom(context.Background())
	none.Add(Capacity{Read: 1})
	if got := none.Used(); got != (Capacity{}) {
		t.Errorf("no meter used %v", got)
	}
}
