package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// state is where the stack keeps things: the folder of --data, or, for the
// logs only, a temporary one.
type state struct {
	dir  string // "" where nothing is to be kept
	logs string
	drop func() // releases the folder, removes the temporary one
}

// openState makes the folder, readable by its owner only, and claims it: two
// stacks with one state would each lose what the other writes.
func openState(dir string) (*state, error) {
	if dir == "" {
		logs, err := os.MkdirTemp("", "extrato-logs-")
		if err != nil {
			return nil, fmt.Errorf("make a folder for logs: %w", err)
		}
		return &state{logs: logs, drop: func() { _ = os.RemoveAll(logs) }}, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("--data: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("--data: %w", err)
	}
	release, err := claim(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("--data %s cannot be claimed, another local stack may be using it: %w", dir, err)
	}
	return &state{dir: dir, logs: filepath.Join(dir, "logs"), drop: release}, nil
}

// path returns a path inside the folder, "" where nothing is kept.
func (s *state) path(name string) string {
	if s.dir == "" {
		return ""
	}
	return filepath.Join(s.dir, name)
}

// database returns the path of the table's file, "" for in memory. The file is
// made here so that it is readable by its owner only; what is made beside it
// takes its mode.
func (s *state) database() (string, error) {
	path := s.path("dynamodb.sqlite")
	if path == "" {
		return "", nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", fmt.Errorf("--data: %w", err)
	}
	return path, f.Close()
}

// tokenKey returns the key that tokens are signed with: the kept one, so that
// tokens stay good after a restart, or a new one.
func (s *state) tokenKey() (*rsa.PrivateKey, error) {
	path := s.path("token-key.pem")
	if path != "" {
		text, err := os.ReadFile(path)
		if err == nil {
			return readKey(text)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("--data: %w", err)
		}
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil || path == "" {
		return key, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	// Written beside and renamed: a crash leaves no half a key.
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return nil, fmt.Errorf("--data: %w", err)
	}
	return key, os.Rename(path+".new", path)
}

func readKey(text []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("--data: token-key.pem is not PEM: remove it")
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("--data: token-key.pem is not a key: remove it")
	}
	return key, nil
}
