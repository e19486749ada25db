package inter_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"time"

	"extrato/internal/inter"
	"extrato/internal/statement"
)

func TestCertificates(t *testing.T) {
	t.Parallel()
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)
			b.tls.MinVersion, b.tls.MaxVersion = version, version
			b.start(t)
			hour := time.Now().Add(time.Hour)
			yesterday := time.Now().Add(-time.Minute)

			_, err := b.open(t, inter.Config{}).Authenticate(context.Background())
			if err != nil {
				t.Errorf("a good certificate: %v", err)
			}
			_, err = b.openWith(t, inter.Config{}, newAuthority(t, "authority").credential(t, hour), "").Authenticate(context.Background())
			wantCode(t, err, statement.CertificateRejected)

			// Expired by the bank's clock, not by ours.
			behind := inter.Config{Now: func() time.Time { return yesterday.Add(-time.Minute) }}
			_, err = b.openWith(t, behind, b.credential(t, yesterday), "").Authenticate(context.Background())
			wantCode(t, err, statement.CertificateRejected)

			// Expired by both while the session was open.
			now := yesterday.Add(-time.Minute)
			s := b.openWith(t, inter.Config{Now: func() time.Time { return now }}, b.credential(t, yesterday), "")
			now = time.Now()
			_, err = s.Authenticate(context.Background())
			wantCode(t, err, statement.CertificateExpired)
		})
	}
}

// The certificate is shown whatever authorities the server says it knows: the
// bank's list need not name the issuer.
func TestCertificateIsAlwaysShown(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	other := newAuthority(t, "another authority")
	b.tls.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		c := b.tls.Clone()
		c.GetConfigForClient = nil
		c.ClientAuth, c.ClientCAs = tls.RequireAnyClientCert, x509.NewCertPool()
		c.ClientCAs.AddCert(other.cert)
		return c, nil
	}
	if _, err := b.start(t).open(t, inter.Config{}).Authenticate(context.Background()); err != nil {
		t.Error(err)
	}
}

// What is wrong with the credential itself is told before any connection.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	b := newBank(t).start(t)
	hour := time.Now().Add(time.Hour)
	good, other := b.credential(t, hour), b.credential(t, hour)
	mixed := good
	mixed.Key = other.Key
	for name, test := range map[string]struct {
		cred    statement.Credential
		account string
		want    statement.Code
	}{
		"expired":          {b.credential(t, time.Now().Add(-time.Second)), "", statement.CertificateExpired},
		"another key":      {mixed, "", statement.CertificateRejected},
		"nothing":          {statement.Credential{}, "", statement.CertificateRejected},
		"account a word":   {good, "conta", statement.BankAccountRequired},
		"account dashed":   {good, "12345678-9", statement.BankAccountRequired},
		"account zero":     {good, "000", statement.BankAccountRequired},
		"account too long": {good, strings.Repeat("1", 21), statement.BankAccountRequired},
		"line break":       {good, "1\r\nX: 1", statement.BankAccountRequired},
	} {
		client, err := inter.New(inter.Config{BaseURL: b.URL, CAPEM: b.pem})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Open(test.cred, test.account)
		wantCode(t, err, test.want)
		if strings.Contains(fmt.Sprintf("%+v %#v", err, err), "PRIVATE") {
			t.Errorf("%s: the key is in the error", name)
		}
	}
	if n := b.connected(); n != 0 {
		t.Errorf("%d connections", n)
	}
}

func TestServerIsNotTrusted(t *testing.T) {
	t.Parallel()
	b := newBank(t).start(t)
	client, err := inter.New(inter.Config{BaseURL: b.URL, Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	s, err := client.Open(b.credential(t, time.Now().Add(time.Hour)), "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.Authenticate(context.Background())
	if wantCode(t, err, statement.BankUnavailable); !strings.Contains(err.Error(), "BANK_CA_PEM") {
		t.Errorf("%v does not name BANK_CA_PEM", err)
	}
	if len(b.calls()) != 0 {
		t.Error("the credential was sent to a server that is not trusted")
	}
}
