package main

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
)

// endWithGoRun asks the kernel for a SIGTERM when the parent ends, if the
// parent is the go command: "go run" dies of a SIGTERM without telling the
// program that it runs, which would be left behind with its ports.
func endWithGoRun() {
	parent := os.Getppid()
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", parent))
	if err != nil || string(bytes.TrimSpace(name)) != "go" {
		return
	}
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGTERM), 0)
	if os.Getppid() != parent { // it ended just before
		_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
	}
}
