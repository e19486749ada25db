package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"extrato/infra/local/controls"
	"extrato/infra/local/front"
	"extrato/infra/local/mapping"
	"extrato/internal/statement"
)

// scheduledTime is what EventBridge Scheduler replaces in a schedule's input.
const scheduledTime = "<aws.scheduler.scheduled-time>"

// newIssuer returns the issuer of tokens, without its key.
func (s *stack) newIssuer() *front.Issuer {
	claim := "tenant"
	for _, f := range s.template.Functions {
		if text, err := s.template.Text(f.Environment["TENANT_CLAIM"]); err == nil && text != "" {
			claim = text
		}
	}
	return &front.Issuer{Name: s.url, Audience: stackName, TenantClaim: claim, Clock: time.Now}
}

// startMappings connects queues with the functions that they feed.
func (s *stack) startMappings() error {
	log := slog.New(slog.NewTextHandler(s.err, nil))
	for _, id := range slices.Sorted(maps.Keys(s.template.Functions)) {
		for _, source := range s.template.Functions[id].Queues {
			q, ok := s.aws.queues[source.Queue]
			if !ok {
				return fmt.Errorf("template.yaml feeds %s from %s, which is no queue of its own", id, source.Queue)
			}
			ctx, stop := context.WithCancel(context.Background())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				mapping.Run(ctx, mapping.Options{
					Client: s.aws.sqs, QueueURL: q.URL, QueueARN: q.ARN, Region: s.aws.region,
					BatchSize: source.BatchSize, Partial: source.PartialFailure,
					Batches: processes(s.template.Functions[id], s.template.Routes),
					Invoke:  s.pools[id].Invoke, Log: log,
				})
			}()
			// A batch that runs would hold this up: its process is killed first.
			s.onClose(func() { stop(); s.pools[id].Close(); <-ended })
		}
	}
	return nil
}

// startFront serves the API and, beside it, the local controls.
func (s *stack) startFront(port net.Listener, issuer *front.Issuer) error {
	function, schedule, err := scheduled(s.template)
	if err != nil {
		return err
	}
	invokers := map[string]front.Invoker{}
	for id, p := range s.pools {
		invokers[id] = p.Invoke
	}
	o := controls.Options{
		Mint: issuer.Mint, Scopes: s.scopes(), Left: s.left,
		Schedule: func(ctx context.Context, at time.Time) (json.RawMessage, error) {
			if s.bank != nil { // the bank has lived up to then
				if err := s.bank.Extend(statement.DateOf(at)); err != nil {
					return nil, err
				}
			}
			input := strings.ReplaceAll(schedule.Input.Text, scheduledTime, at.UTC().Format(time.RFC3339))
			return s.pools[function.ID].Invoke(ctx, []byte(input))
		},
	}
	if s.bank != nil {
		o.Credentials = s.bank.Credentials
	}
	local, api := controls.New(o), front.New(s.template.Routes, issuer, invokers)
	s.serve(&http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		// No mux: it would redirect paths that it finds unclean.
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/_local/") || r.URL.Path == "/_local" {
				local.ServeHTTP(w, r)
				return
			}
			api.ServeHTTP(w, r)
		}),
	}, port)
	return nil
}

// scopes returns every scope that a route asks for, separated by spaces.
func (s *stack) scopes() string {
	all := map[string]bool{}
	for _, r := range s.template.Routes {
		for _, scope := range r.Scopes {
			all[scope] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(all)), " ")
}
