package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"extrato/infra/local/bank"
	"extrato/infra/local/build"
	"extrato/infra/local/runtime"
	"extrato/infra/template"
)

// stack is everything that runs. Make one with start; close ends it.
type stack struct {
	options  options
	template *template.Template
	state    *state
	out, err io.Writer

	aws     *cloudside
	bank    *bank.Bank // nil where another bank is used
	bankURL string
	bankCA  string
	pools   map[string]*runtime.Pool // by logical id
	url     string                   // of the API

	mu      sync.Mutex
	closers []func() // in the order of starting
}

// say tells a person what is going on.
func (s *stack) say(format string, a ...any) { _, _ = fmt.Fprintf(s.err, format+"\n", a...) }

func (s *stack) onClose(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closers = append(s.closers, f)
}

// close ends what was started, last first, and returns when all has ended.
func (s *stack) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range slices.Backward(s.closers) {
		f()
	}
	s.closers = nil
}

// serve serves on a listener until the stack closes.
func (s *stack) serve(server *http.Server, listener net.Listener) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener)
	}()
	s.onClose(func() { _ = server.Close(); <-ended })
}

// start brings everything up. What it has started when it fails is closed by
// the caller, as after a success.
func (s *stack) start(ctx context.Context) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	if s.template, err = template.Read(filepath.Join(root, "template.yaml")); err != nil {
		return err
	}
	// Ports first: one in use is told at once, not after a build.
	apiPort, err := listen("--addr", s.options.addr)
	if err != nil {
		return err
	}
	s.onClose(func() { _ = apiPort.Close() })
	s.url = "http://" + apiPort.Addr().String()
	var awsPort net.Listener
	if s.options.awsURL == "" {
		if awsPort, err = listen("--aws-addr", s.options.awsAddr); err != nil {
			return err
		}
		s.onClose(func() { _ = awsPort.Close() })
	}
	if err := s.openBank(); err != nil {
		return err
	}
	var binaries map[string]string
	issuer := s.newIssuer()
	side, sideCtx := errgroup.WithContext(ctx)
	side.Go(func() (err error) {
		binaries, err = build.Functions(sideCtx, root, s.folders(), func() { s.say("building…") })
		return err
	})
	side.Go(func() (err error) {
		s.aws, err = openAWS(sideCtx, s, awsPort, s.template)
		return err
	})
	side.Go(func() (err error) {
		issuer.Key, err = s.state.tokenKey()
		return err
	})
	if err := side.Wait(); err != nil {
		return err
	}
	if err := s.startFunctions(binaries); err != nil {
		return err
	}
	if err := s.startMappings(); err != nil {
		return err
	}
	return s.startFront(apiPort, issuer)
}

// folders returns the folders of the functions that the template names.
func (s *stack) folders() []string {
	var names []string
	for _, id := range slices.Sorted(maps.Keys(s.template.Functions)) {
		names = append(names, folderOf(id))
	}
	return names
}

// openBank starts the simulator, unless another bank is given.
func (s *stack) openBank() error {
	if s.options.bankURL != "" {
		s.bankURL, s.bankCA = s.options.bankURL, s.options.bankCA
		return nil
	}
	b, err := bank.Open(bank.Options{Dir: s.state.path("bank"), Clock: time.Now})
	if err != nil {
		return err
	}
	if err := b.Listen(s.options.bankAddr); err != nil {
		return listenError("--bank-addr", s.options.bankAddr, err)
	}
	s.onClose(b.Close)
	s.bank, s.bankURL, s.bankCA = b, b.URL(), b.CAPEM()
	return nil
}

// moduleRoot returns the folder of go.mod, at or above the working directory.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("the functions are built from source: run this inside the project")
		}
		dir = parent
	}
}
