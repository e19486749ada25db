package inter_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/inter"
	"extrato/internal/statement"
)

func TestNew(t *testing.T) {
	t.Parallel()
	good := newAuthority(t, "authority").pem
	for name, test := range map[string]struct {
		config inter.Config
		ok     bool
	}{
		"zero":               {inter.Config{}, true},
		"path":               {inter.Config{BaseURL: "https://127.0.0.1:9443/inter/"}, true},
		"root":               {inter.Config{CAPEM: good}, true},
		"roots with remarks": {inter.Config{CAPEM: "our roots\r\n" + good + "\nand\n" + good}, true},
		"blank root":         {inter.Config{CAPEM: " \n"}, true},
		"http":               {inter.Config{BaseURL: "http://bank.test"}, false},
		"no scheme":          {inter.Config{BaseURL: "bank.test"}, false},
		"no host":            {inter.Config{BaseURL: "https:///x"}, false},
		"password":           {inter.Config{BaseURL: "https://user:marked@bank.test"}, false},
		"query":              {inter.Config{BaseURL: "https://bank.test?x=1"}, false},
		"not a URL":          {inter.Config{BaseURL: "https://%zz:marked"}, false},
		"root not PEM":       {inter.Config{CAPEM: "ca.pem"}, false},
		"root a key":         {inter.Config{CAPEM: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}, false},
		"root malformed":     {inter.Config{CAPEM: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}, false},
	} {
		_, err := inter.New(test.config)
		if (err == nil) != test.ok || err != nil && strings.Contains(err.Error(), "marked") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A base URL with a path is put before the bank's own paths.
func TestBasePath(t *testing.T) {
	t.Parallel()
	b := newBank(t).start(t)
	b.URL += "/proxy/"
	_, err := b.open(t, inter.Config{}).Authenticate(context.Background())
	wantCode(t, err, statement.BankUnavailable) // our bank has nothing there
	if diff := cmp.Diff([]string{"POST /proxy/oauth/v2/token"}, b.calls()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}
