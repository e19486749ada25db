// Command local runs all of Extrato on this machine, without Docker:
//
//	go run ./infra/local
//
// The functions are the binaries that are deployed, built for this machine and
// run by package runtime; routes, scopes, time limits, queues and variables
// are those of template.yaml. Around them stand
//
//	front      API Gateway with its JWT authorizer
//	controls   /_local: tokens, the schedule, waiting until all is done
//	mapping    the event source between queue and function
//	cloud      SQS and Secrets Manager, and the way to DynamoDB, which is dynoxide
//	bank       the bank, by the simulator of internal/inter/intertest
//	demo       a tenant whose statement arrives
//
// Everything it starts ends with it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"extrato/infra/local/demo"
)

func main() {
	endWithGoRun()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		err = nil
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "local: "+err.Error())
		os.Exit(1)
	}
}

// run does what main does. It returns nil when it was told to end, and, with
// --once, when the demo's statement is the bank's and every day is proven.
func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	began := time.Now()
	o, err := parse(args, out)
	if err != nil {
		return err
	}
	state, err := openState(o.data)
	if err != nil {
		return err
	}
	defer state.drop()
	s := &stack{options: o, state: state, out: out, err: errOut}
	defer s.close()
	if err := s.start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // told to end while starting
		}
		return err
	}
	s.banner(time.Since(began))
	account, err := s.demo(ctx)
	if err != nil && ctx.Err() == nil {
		if o.once {
			return err
		}
		s.say("%v", err) // the stack is there to look why
	}
	if o.once {
		return nil
	}
	s.examples(account)
	<-ctx.Done()
	return nil
}

// demo plays the demo, where it is wanted and can be, and returns the account.
func (s *stack) demo(ctx context.Context) (account string, err error) {
	if !s.options.demo {
		return "", nil
	}
	if s.bank == nil {
		s.say("no demo: it needs credentials, and only the simulator gives some")
		return "", nil
	}
	r, err := demo.Run(ctx, demo.Options{URL: s.url, Out: s.out, Clock: time.Now, Truth: s.bank.Truth, Balance: s.bank.BalanceAt})
	if err == nil {
		err = r.Check()
	}
	return r.Account, err
}
