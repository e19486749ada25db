//go:build !linux

package front

import "syscall"

// attributes is the system's default: only Linux can bind a child's life to ours.
func attributes() *syscall.SysProcAttr { return nil }
