package front

import "syscall"

// attributes has the stack end when this program does, however it ends.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
