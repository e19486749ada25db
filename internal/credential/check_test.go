package credential

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

const (
	clientID     = "0f6f7cfa-2c5a-4b7e-9d1a-5b8f3c2d1e0a" // the OU in testdata's certificates
	otherID      = "11111111-2222-4333-8444-555555555555"
	clientSecret = "9b2c7a54-aaaa-4bbb-8ccc-marked000001"
)

// now is inside the validity of testdata's certificates, whatever the clock says.
var now = time.Date(2027, 5, 1, 12, 0, 0, 0, time.UTC)

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// upload is a good one of testdata's pair; name "rsa" is rsa.crt with rsa.key.
func upload(t testing.TB, name string) Upload {
	return Upload{Certificate: read(t, name+".crt"), Key: read(t, name+".key"), ClientID: clientID, ClientSecret: clientSecret}
}

// codes returns "field: code" of each fault.
func codes(t *testing.T, err error) []string {
	t.Helper()
	var faults Faults
	if err != nil && !errors.As(err, &faults) {
		t.Fatalf("error is %T, want Faults", err)
	}
	var got []string
	for _, f := range faults {
		got = append(got, f.Field+": "+f.Code)
		if len(f.Message) < 40 || !strings.HasSuffix(f.Message, ".") || strings.Contains(f.Message, "%!") {
			t.Errorf("%s: message is no sentence with a way out: %q", f.Code, f.Message)
		}
	}
	return got
}

// TestAccepted: every shape in which the same good files may come gives the
// very same credential.
func TestAccepted(t *testing.T) {
	t.Parallel()
	want, facts, err := Check(upload(t, "rsa"), now)
	if err != nil {
		t.Fatal(err)
	}
	crt, key := read(t, "rsa.crt"), read(t, "rsa.key")
	replace := func(data []byte, old, with string) []byte { return []byte(strings.ReplaceAll(string(data), old, with)) }
	utf16File := func(data []byte, order binary.AppendByteOrder) []byte {
		out := order.AppendUint16(nil, 0xFEFF)
		for _, u := range utf16.Encode([]rune(string(data))) {
			out = order.AppendUint16(out, u)
		}
		return out
	}
	for name, u := range map[string]Upload{
		"PKCS#1 key":                           {Key: read(t, "rsa_pkcs1.key")},
		"key out of a PKCS#12":                 {Key: read(t, "rsa_from_pfx.pem")},
		"both out of a PKCS#12 in both fields": {Certificate: read(t, "rsa_from_pfx.pem"), Key: read(t, "rsa_from_pfx.pem")},
		"certificate with openssl's text":      {Certificate: read(t, "rsa_text.crt")},
		"CRLF":                                 {Certificate: replace(crt, "\n", "\r\n"), Key: replace(key, "\n", "\r\n")},
		"old Mac line ends":                    {Certificate: replace(crt, "\n", "\r")},
		"byte order mark":                      {Certificate: append([]byte("\uFEFF"), crt...), Key: append([]byte("\uFEFF"), key...)},
		"UTF-16 of Notepad":                    {Certificate: utf16File(crt, binary.LittleEndian), Key: utf16File(key, binary.BigEndian)},
		"blank edges":                          {Certificate: []byte("\n\n  \t" + string(crt) + "  \n\n"), Key: []byte("\r\n" + string(key) + "   ")},
		"no last line end":                     {Key: bytes.TrimRight(key, "\n")},
		"text around":                          {Certificate: []byte("Segue o certificado:\n\n" + string(crt) + "\nAtt.\nFinanceiro")},
		"line breaks became spaces":            {Certificate: replace(crt, "\n", " "), Key: replace(key, "\n", " ")},
		"line breaks are gone":                 {Certificate: replace(crt, "\n", "")},
		"line breaks are the characters \\n":   {Certificate: replace(crt, "\n", `\n`), Key: replace(key, "\n", `\r\n`)},
		"indented":                             {Certificate: replace(crt, "\n", "\n    ")},
		"blanks around the codes":              {ClientID: " \t" + clientID + "\r\n", ClientSecret: "\n\u200b" + clientSecret + "\u00a0"},
		"client id in capitals":                {ClientID: strings.ToUpper(clientID)},
	} {
		good := upload(t, "rsa")
		if u.Certificate == nil {
			u.Certificate = good.Certificate
		}
		if u.Key == nil {
			u.Key = good.Key
		}
		if u.ClientID == "" {
			u.ClientID = good.ClientID
		}
		if u.ClientSecret == "" {
			u.ClientSecret = good.ClientSecret
		}
		got, gotFacts, err := Check(u, now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got != want {
			t.Errorf("%s: the credential differs from that of the plain files", name)
		}
		if diff := cmp.Diff(facts, gotFacts); diff != "" {
			t.Errorf("%s: facts (-want +got):\n%s", name, diff)
		}
	}
}

// TestKindsOfKeys: each pair works in TLS as it comes out of Check.
func TestKindsOfKeys(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"rsa", "ec", "ed25519"} {
		got, _, err := Check(upload(t, name), now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := tls.X509KeyPair([]byte(got.Certificate), []byte(got.Key.Reveal())); err != nil {
			t.Errorf("%s: TLS refuses what Check returns: %v", name, err)
		}
		if n := strings.Count(got.Key.Reveal(), "BEGIN"); n != 1 || !strings.HasPrefix(got.Key.Reveal(), "-----BEGIN PRIVATE KEY-----\n") {
			t.Errorf("%s: the key is not one PKCS#8 block", name)
		}
		if got.ClientID != clientID || got.ClientSecret.Reveal() != clientSecret {
			t.Errorf("%s: the codes changed", name)
		}
	}
}

// TestBundle: whatever the order, the leaf comes first and the authority stays.
func TestBundle(t *testing.T) {
	t.Parallel()
	leaf, ca := read(t, "rsa.crt"), read(t, "ca.crt")
	want := string(leaf) + string(ca)
	for name, file := range map[string][]byte{
		"leaf first":   read(t, "rsa_bundle.crt"),
		"leaf last":    append(bytes.Clone(ca), leaf...),
		"with the key": bytes.Join([][]byte{ca, read(t, "rsa.key"), leaf}, nil),
	} {
		u := upload(t, "rsa")
		u.Certificate = file
		got, _, err := Check(u, now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, got.Certificate); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
