package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"

	"extrato/infra/local/controls"
)

// options is what the command line says.
type options struct {
	addr     string
	awsAddr  string
	awsURL   string
	bankAddr string
	bankURL  string
	bankCA   string // PEM, read from the file that the flag names
	data     string
	speed    float64
	demo     bool
	once     bool
}

// parse reads the command line. Its errors are one line; flag.ErrHelp after
// the help was written to out.
func parse(args []string, out io.Writer) (options, error) {
	var o options
	var caFile string
	f := flag.NewFlagSet("local", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`address` of the API and of /_local; loopback only")
	f.StringVar(&o.awsAddr, "aws-addr", "127.0.0.1:4566", "`address` of DynamoDB, SQS and Secrets Manager, one endpoint for all; loopback only")
	f.StringVar(&o.awsURL, "aws-url", "", "`URL` of an AWS endpoint that already runs, to use instead")
	f.StringVar(&o.bankAddr, "bank-addr", "127.0.0.1:8443", "`address` of the bank simulator")
	f.StringVar(&o.bankURL, "bank-url", "", "`URL` of another bank, to use instead of the simulator")
	f.StringVar(&caFile, "bank-ca", "", "`file` with the PEM of a root that vouches for --bank-url, besides the system's")
	f.StringVar(&o.data, "data", "", "`folder` to keep state in (default: in memory)")
	f.Float64Var(&o.speed, "queue-speed", 1, "`factor` that divides the local queue's delays and visibility times")
	f.BoolVar(&o.demo, "demo", true, "import the demo account through the API and print its statement")
	f.BoolVar(&o.once, "once", false, "do the demo and end: 0 if the statement is the bank's and every day is proven, 1 if not")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(out)
			f.PrintDefaults()
		}
		return options{}, err
	}
	if f.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q: there are flags only, see --help", f.Arg(0))
	}
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return options{}, fmt.Errorf("--bank-ca: %w", err)
		}
		o.bankCA = string(pem)
	}
	o.demo = o.demo || o.once
	return o, o.check()
}

func (o options) check() error {
	for _, a := range []struct{ flag, value, why string }{
		{"--addr", o.addr, "/_local gives a token to whoever asks"},
		{"--aws-addr", o.awsAddr, "it gives every secret to whoever asks"},
	} {
		host, _, err := net.SplitHostPort(a.value)
		if err != nil {
			return fmt.Errorf("%s %s is not host:port", a.flag, a.value)
		}
		if !controls.IsLoopback(host) {
			return fmt.Errorf("%s %s is not a loopback address, and %s: use 127.0.0.1, ::1 or localhost", a.flag, a.value, a.why)
		}
	}
	for _, a := range []struct{ flag, value string }{{"--aws-url", o.awsURL}, {"--bank-url", o.bankURL}} {
		if a.value == "" {
			continue
		}
		u, err := url.Parse(a.value)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("%s %s is not an http or https URL", a.flag, a.value)
		}
	}
	switch {
	case !(o.speed > 0): // NaN too
		return fmt.Errorf("--queue-speed %v is not more than 0", o.speed)
	case o.speed != 1 && o.awsURL != "":
		return errors.New("--queue-speed is for the local queue: the one of --aws-url keeps its own time")
	case o.once && o.bankURL != "":
		return errors.New("--once needs the bank simulator: the demo has no credentials of another bank")
	case o.bankCA != "" && o.bankURL == "":
		return errors.New("--bank-ca is for --bank-url: the simulator brings its own root")
	}
	return nil
}
