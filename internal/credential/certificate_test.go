package credential

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/cnpj"
	"extrato/internal/statement"
)

// makePair makes a certificate with a subject of its own, valid all 2027.
func makePair(t *testing.T, subject pkix.Name) (certificate, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7),
		Subject:      subject,
		NotBefore:    time.Date(2027, 1, 1, 3, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2028, 1, 1, 2, 59, 59, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})
}

func TestFacts(t *testing.T) {
	t.Parallel()
	certificate, key := makePair(t, pkix.Name{CommonName: "Conta Azul", Organization: []string{"PADARIA"}, OrganizationalUnit: []string{clientID}})
	block, _ := pem.Decode(certificate)
	sum := sha256.Sum256(block.Bytes)
	want := statement.Certificate{
		Fingerprint: hex.EncodeToString(sum[:]),
		Subject:     "CN=Conta Azul,OU=" + clientID + ",O=PADARIA",
		NotBefore:   time.Date(2027, 1, 1, 3, 0, 0, 0, time.UTC),
		NotAfter:    time.Date(2028, 1, 1, 2, 59, 59, 0, time.UTC),
	}
	got, err := Facts(string(certificate))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Facts (-want +got):\n%s", diff)
	}
	_, checked, err := Check(Upload{certificate, key, clientID, clientSecret}, now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, checked); diff != "" {
		t.Errorf("Check's facts (-want +got):\n%s", diff)
	}
	for name, text := range map[string]string{
		"nothing": "", "a key": string(key), "damaged": strings.Replace(string(certificate), "MII", "MIJ", 1),
	} {
		if got, err := Facts(text); !errors.Is(err, ErrCertificate) || got.Fingerprint != "" {
			t.Errorf("Facts of %s = %v, %v, want ErrCertificate", name, got, err)
		}
	}
}

func TestSubjectIsBounded(t *testing.T) {
	t.Parallel()
	certificate, _ := makePair(t, pkix.Name{CommonName: strings.Repeat("ã", 2000)})
	got, err := Facts(string(certificate))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got.Subject); n > 512 || n < 500 || strings.ContainsRune(got.Subject, '\uFFFD') {
		t.Errorf("subject has %d bytes: %q", n, got.Subject)
	}
}

// TestOrganizationalUnit: only a unit that is a UUID says which integration it is.
func TestOrganizationalUnit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		units []string
		id    string
		want  []string // faults
		kept  string   // the client id that comes back
	}{
		{"none", nil, clientID, nil, clientID},
		{"not a UUID", []string{"Inter Empresas"}, clientID, nil, clientID},
		{"the same", []string{clientID}, clientID, nil, clientID},
		{"spelt in capitals there", []string{strings.ToUpper(clientID)}, clientID, nil, strings.ToUpper(clientID)},
		{"among others", []string{"Inter", otherID, clientID}, clientID, nil, clientID},
		{"another", []string{otherID}, clientID, []string{"client_id: client_id_of_another_integration"}, ""},
	} {
		certificate, key := makePair(t, pkix.Name{OrganizationalUnit: tt.units})
		got, _, err := Check(Upload{certificate, key, tt.id, clientSecret}, now)
		if diff := cmp.Diff(tt.want, codes(t, err)); diff != "" || got.ClientID != tt.kept {
			t.Errorf("%s: client id %q, want %q (-want +got):\n%s", tt.name, got.ClientID, tt.kept, diff)
		}
	}
}

func TestCNPJOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		subject pkix.Name
		want    cnpj.CNPJ
	}{
		{"none", pkix.Name{CommonName: "Extrato", OrganizationalUnit: []string{clientID}}, ""},
		{"after the name, as ICP-Brasil does", pkix.Name{CommonName: "PADARIA LTDA:00416968000101"}, "00416968000101"},
		{"with punctuation", pkix.Name{Organization: []string{"PADARIA (CNPJ 12.ABC.345/01DE-35)"}}, "12ABC34501DE35"},
		{"in the serial number", pkix.Name{SerialNumber: "00416968000101"}, "00416968000101"},
		{"twice the same", pkix.Name{SerialNumber: "00416968000101", CommonName: "X:00416968000101"}, "00416968000101"},
		{"two", pkix.Name{SerialNumber: "00416968000101", CommonName: "X:00000000000191"}, ""},
		{"wrong check digits", pkix.Name{CommonName: "X:00416968000102"}, ""},
	} {
		certificate, _ := makePair(t, tt.subject)
		got, ok := CNPJOf(string(certificate))
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: CNPJOf = %q, %v, want %q", tt.name, got, ok, tt.want)
		}
	}
	if got, ok := CNPJOf("no certificate"); ok {
		t.Errorf("CNPJOf(no certificate) = %q", got)
	}
}
