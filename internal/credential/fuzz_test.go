package credential

import (
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzCheck: whatever comes, Check answers with Faults or with a pair that TLS
// loads and that reads back as itself; it never panics.
func FuzzCheck(f *testing.F) {
	names, err := filepath.Glob("testdata/rsa*")
	if err != nil || len(names) == 0 {
		f.Fatal("no testdata", err)
	}
	for _, name := range append(names, "testdata/ca.crt", "testdata/ec.crt", "testdata/ec.key", "testdata/ed25519.key", "testdata/ec_explicit.key") {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, read(f, "rsa.key"), clientID, clientSecret)
		f.Add(read(f, "rsa.crt"), data, clientID, clientSecret)
	}
	f.Add([]byte("PK\x03\x04"), []byte("\xFF\xFE-\x00-"), "", "•")
	f.Add([]byte("-----BEGIN -----"), []byte("-----BEGIN X----------END X-----"), " ", " ")
	f.Add([]byte{0x30, 0x80, 2, 1, 3}, []byte{0x30, 0x82}, clientID, clientID)
	f.Fuzz(func(t *testing.T, certificate, key []byte, id, secret string) {
		got, facts, err := Check(Upload{certificate, key, id, secret}, now)
		if err != nil {
			var faults Faults
			if !errors.As(err, &faults) || len(faults) == 0 {
				t.Fatalf("error %T without faults", err)
			}
			for _, fault := range faults {
				if fault.Code == "" || fault.Field == "" || fault.Message == "" {
					t.Fatalf("fault without code, field or message: %s", err)
				}
			}
			return
		}
		if _, err := tls.X509KeyPair([]byte(got.Certificate), []byte(got.Key.Reveal())); err != nil {
			t.Fatalf("TLS refuses what Check returns: %v", err)
		}
		again, factsAgain, err := Check(Upload{[]byte(got.Certificate), []byte(got.Key.Reveal()), got.ClientID, got.ClientSecret.Reveal()}, now)
		if err != nil || again != got || factsAgain != facts {
			t.Fatalf("the normal form reads back otherwise: %v", err)
		}
	})
}

// FuzzBlocks: the reader finds no more than there is, and each block it finds is
// found again where it stands alone.
func FuzzBlocks(f *testing.F) {
	for _, name := range []string{"rsa_text.crt", "rsa_from_pfx.pem", "rsa_encrypted_legacy.key", "ec.key"} {
		f.Add(string(read(f, name)))
	}
	f.Add("-----BEGIN A-----AAAA-----END A----------BEGIN A-----")
	f.Fuzz(func(t *testing.T, text string) {
		found, _ := blocks(text)
		if n := strings.Count(text, beginMark); len(found) > n {
			t.Fatalf("%d blocks of %d beginnings", len(found), n)
		}
		for _, b := range found {
			if b.der != nil && b.encrypted && b.kind != "ENCRYPTED PRIVATE KEY" {
				t.Fatalf("an encrypted %q has content", b.kind)
			}
		}
	})
}
