//go:build race

package simtest

// stride is how many cuts and crossings TestCrashes and TestInterleavings go on
// by: the race detector makes each about six times as slow, and order is not
// what it looks for.
const stride = 6
