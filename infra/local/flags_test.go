package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDefaults(t *testing.T) {
	t.Parallel()
	got, err := parse(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := options{addr: "127.0.0.1:8080", awsAddr: "127.0.0.1:4566", bankAddr: "127.0.0.1:8443", speed: 1, demo: true}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(options{})); d != "" {
		t.Errorf("options (-want +got):\n%s", d)
	}
}

func TestOnceMeansDemo(t *testing.T) {
	t.Parallel()
	if o, err := parse([]string{"--once", "--demo=false"}, nil); err != nil || !o.demo || !o.once {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestBankCA(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, []byte("PEM"), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := parse([]string{"--bank-url", "https://127.0.0.1:9443", "--bank-ca", path}, nil)
	if err != nil || o.bankCA != "PEM" || o.bankURL != "https://127.0.0.1:9443" {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, want string }{
		{"--addr 0.0.0.0:8080", "--addr 0.0.0.0:8080 is not a loopback address"},
		{"--addr :8080", "is not a loopback address"},
		{"--addr 192.168.0.1:8080", "is not a loopback address"},
		{"--addr [::]:8080", "is not a loopback address"},
		{"--addr example.com:8080", "is not a loopback address"},
		{"--addr localhost.example.com:8080", "is not a loopback address"},
		{"--addr 8080", "is not host:port"},
		{"--aws-addr 0.0.0.0:4566", "--aws-addr 0.0.0.0:4566 is not a loopback address"},
		{"--aws-url localhost:4566", "--aws-url localhost:4566 is not an http"},
		{"--bank-url 127.0.0.1", "--bank-url 127.0.0.1 is not an http"},
		{"--bank-ca /nowhere/ca.pem", "--bank-ca"},
		{"--queue-speed 0", "--queue-speed"},
		{"--queue-speed -3", "--queue-speed"},
		{"--queue-speed NaN", "--queue-speed"},
		{"--queue-speed 30 --aws-url http://127.0.0.1:4566", "--queue-speed is for the local queue"},
		{"--once --bank-url https://127.0.0.1:9443", "--once needs the bank simulator"},
		{"--unknown", "unknown"},
		{"serve", `unexpected argument "serve"`},
	} {
		_, err := parse(strings.Fields(c.args), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line with %q", c.args, err, c.want)
		}
	}
	for _, addr := range []string{"127.0.0.1:0", "localhost:8080", "[::1]:8080", "127.1.2.3:80"} {
		if _, err := parse([]string{"--addr", addr}, nil); err != nil {
			t.Errorf("--addr %s: %v", addr, err)
		}
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	_, err := parse([]string{"--help"}, &out)
	if !errors.Is(err, flag.ErrHelp) {
		t.Fatalf("error %v", err)
	}
	for _, name := range []string{"addr", "aws-addr", "aws-url", "bank-addr", "bank-url", "bank-ca", "data", "queue-speed", "demo", "once"} {
		if !strings.Contains(out.String(), "-"+name+" ") && !strings.Contains(out.String(), "-"+name+"\n") {
			t.Errorf("--%s is not in the help:\n%s", name, out.String())
		}
	}
}
