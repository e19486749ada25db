//go:build !unix

package main

import "strings"

// claim locks nothing: only Unix has the lock that ends with its process.
func claim(string) (release func(), err error) { return func() {}, nil }

// inUse reports whether a listener's error means that the port is taken.
func inUse(err error) bool { return strings.Contains(err.Error(), "in use") }
