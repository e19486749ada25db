//go:build !race

package simtest

// stride: see race_test.go.
const stride = 1
