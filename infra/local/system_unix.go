//go:build unix

package main

import (
	"errors"
	"os"
	"syscall"
)

// claim locks a file until release is called or this process ends, however it
// ends.
func claim(path string) (release func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil
}

// inUse reports whether a listener's error means that the port is taken.
func inUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }
