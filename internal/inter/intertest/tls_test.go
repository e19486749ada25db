package intertest

import (
	"archive/zip"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHandshakeRefusesOtherCertificates(t *testing.T) {
	t.Parallel()
	b := listening(t, Options{})
	other := listening(t, Options{})
	a := b.AddAccount("123456789")
	now := time.Now()
	cases := []struct {
		name  string
		with  *Integration
		alert string
	}{
		{"of an unknown CA", other.Issue("erp", other.AddAccount("123456789")), "unknown certificate authority"},
		{"expired", b.IssueWith("erp", CertificateOptions{NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.Add(-time.Hour)}, a), "expired certificate"},
		{"not yet valid", b.IssueWith("erp", CertificateOptions{NotBefore: now.Add(time.Hour)}, a), "expired certificate"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			// In TLS 1.2 the alert ends the handshake itself; in 1.3 it may come
			// while the request is being written, so only a failure is sure there.
			w := dial(t, b, tc.with, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 })
			if _, err := w.try(Balance); err == nil || !strings.Contains(err.Error(), tc.alert) {
				t.Errorf("TLS 1.2: got %v, want an alert %q", err, tc.alert)
			}
			if _, err := dial(t, b, tc.with).try(Balance); err == nil {
				t.Error("TLS 1.3: the request succeeded")
			}
		})
	}
	t.Run("none at all", func(t *testing.T) {
		t.Parallel()
		w := dial(t, b, b.Issue("erp", a), func(c *tls.Config) { c.GetClientCertificate = nil })
		if _, err := w.try(Balance); err == nil {
			t.Error("the request succeeded")
		}
	})
}

func TestTLSVersions(t *testing.T) {
	t.Parallel()
	b := listening(t, Options{})
	i := b.Issue("erp", b.AddAccount("123456789"))
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		w := dial(t, b, i, func(c *tls.Config) { c.MinVersion, c.MaxVersion = version, version })
		if r := w.authenticate().get(Balance); r.status != http.StatusOK {
			t.Errorf("%s: status %d", tls.VersionName(version), r.status)
		}
	}
	w := dial(t, b, i, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS11, tls.VersionTLS11 })
	if _, err := w.try(Balance); err == nil {
		t.Error("TLS 1.1 was accepted")
	}
}

func TestCertificateOfAnotherIntegration(t *testing.T) {
	t.Parallel()
	b := listening(t, Options{})
	a := b.AddAccount("123456789")
	one, two := b.Issue("one", a), b.Issue("two", a)
	w := dial(t, b, one)
	w.with = two // the certificate of one, id and secret of two
	if r := w.ask(w.form("extrato.read")); r.status != http.StatusUnauthorized {
		t.Errorf("token: status %d, want 401", r.status)
	}
	w.with = one
	swapped := strings.Replace(w.form("extrato.read"), one.ClientID(), two.ClientID(), 1)
	if r := w.ask(swapped); r.status != http.StatusUnauthorized {
		t.Errorf("id of another integration: status %d, want 401", r.status)
	}
	foreign := b.IssueWith("three", CertificateOptions{OU: "00000000-0000-4000-8000-000000000000"}, a)
	w = dial(t, b, foreign)
	if r := w.ask(w.form("extrato.read")); r.status != http.StatusUnauthorized {
		t.Errorf("other OU: status %d, want 401", r.status)
	}
	w = dial(t, b, one)
	w.bearer = dial(t, b, two).authenticate().bearer
	if r := w.get(Balance); r.status != http.StatusUnauthorized {
		t.Errorf("token of another integration: status %d, want 401", r.status)
	}
}

func TestIssuedFiles(t *testing.T) {
	t.Parallel()
	b := listening(t, Options{})
	a := b.AddAccount("123456789")
	a.SetCompany("EMPRESA EXEMPLO LTDA")
	for _, tc := range []struct {
		kind  KeyKind
		block string
	}{{RSA, "PRIVATE KEY"}, {RSAPKCS1, "RSA PRIVATE KEY"}, {EC, "PRIVATE KEY"}, {ECSEC1, "EC PRIVATE KEY"}} {
		i := b.IssueWith("erp", CertificateOptions{Key: tc.kind}, a)
		files := map[string]string{}
		z, err := zip.NewReader(bytes.NewReader(i.Zip()), int64(len(i.Zip())))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			files[f.Name] = string(text)
		}
		if len(files) != 2 || files["Inter API_Certificado.crt"] != i.Certificate() || files["Inter API_Chave.key"] != i.Key() {
			t.Errorf("%s: the zip does not hold the two files", tc.block)
		}
		if _, err := tls.X509KeyPair([]byte(i.Certificate()), []byte(i.Key())); err != nil {
			t.Errorf("%s: not a pair", tc.block)
		}
		key, _ := pem.Decode([]byte(i.Key()))
		if key == nil || key.Type != tc.block {
			t.Errorf("key file is not %s", tc.block)
		}
		block, _ := pem.Decode([]byte(i.Certificate()))
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := c.Subject.String(), "CN=erp,OU="+i.ClientID()+",O=EMPRESA EXEMPLO LTDA"; got != want {
			t.Errorf("subject %s, want %s", got, want)
		}
		if got := c.NotAfter.Sub(c.NotBefore); got != 365*24*time.Hour {
			t.Errorf("valid for %v, want 365 days", got)
		}
	}
}

func TestRenewalKeepsTheIntegration(t *testing.T) {
	t.Parallel()
	b := listening(t, Options{})
	old := b.Issue("erp", b.AddAccount("123456789"))
	renewed := old.Renew()
	if renewed.ClientID() != old.ClientID() || renewed.ClientSecret() != old.ClientSecret() {
		t.Error("client id or secret changed")
	}
	if renewed.Certificate() == old.Certificate() || renewed.Key() == old.Key() {
		t.Error("certificate or key stayed")
	}
	for _, i := range []*Integration{old, renewed} {
		dial(t, b, i).authenticate()
	}
}

func TestIntegrationPrintsNoSecret(t *testing.T) {
	t.Parallel()
	b := listening(t, Options{})
	i := b.Issue("erp", b.AddAccount("123456789"))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if got, want := fmt.Sprintf(verb, i), `integration "erp"`; got != want {
			t.Errorf("%s prints more than the name", verb)
		}
	}
}

func TestCounters(t *testing.T) {
	t.Parallel()
	b, a, w := ready(t, Options{})
	w.get(Balance)
	w.get(Balance, "dataSaldo", "never")
	second := dial(t, b, b.Issue("two", a)).authenticate()
	got := b.Counters()
	want := Counters{
		Accepted: 2,
		Counts:   Counts{Handshakes: 2, Requests: map[Endpoint]int{Token: 2, Balance: 2}, Statuses: map[int]int{200: 3, 400: 1}},
		Clients: map[string]Counts{
			w.with.ClientID():      {Handshakes: 1, Requests: map[Endpoint]int{Token: 1, Balance: 2}, Statuses: map[int]int{200: 2, 400: 1}},
			second.with.ClientID(): {Handshakes: 1, Requests: map[Endpoint]int{Token: 1}, Statuses: map[int]int{200: 1}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	b.ResetCounters()
	if got := b.Counters(); got.Accepted != 0 || got.Requests[Token] != 0 || len(got.Clients) != 0 {
		t.Errorf("after reset: %+v", got)
	}
}
