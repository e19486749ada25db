package main

import "runtime/debug"

// memory is how the process uses the memory that Lambda gives it and bills,
// used or not: an ordinary batch makes a few megabytes of garbage and is done
// before anybody has to collect it, while large answers, of which
// syncer.LargeAtOnce are held at a time, are collected after in time to stay
// near the goal. It is no wall: beyond it the collector works harder, and the
// function has 256 MB.
func memory() {
	const (
		goal    = 100 << 20 // 20 MB more are resident: the binary, stacks, what is freed but not yet returned
		garbage = 400       // percent of what lives
	)
	debug.SetMemoryLimit(goal)
	debug.SetGCPercent(garbage)
}
