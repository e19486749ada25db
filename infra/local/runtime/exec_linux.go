package runtime

import "syscall"

// attributes puts a child into its own process group and lets the kernel kill
// it when the thread that started it ends. The Go runtime ends threads only
// for goroutines that exit while locked to one, and this program locks none,
// so that is when the program ends.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
