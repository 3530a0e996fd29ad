//go:build linux && !race

package cage

import "syscall"

// restrictData bounds what the process can map for writing. The address space
// would be the wrong thing to bound: Go reserves much of it and uses little.
func restrictData(limit uint64) error {
	return syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: limit, Max: limit})
}
