package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
)

// released is the version of a release, set by the linker.
var released string //nolint:gochecknoglobals // the linker can set nothing else

// runVersion prints the version, the commit and the Go release.
func runVersion(_ context.Context, p process) int {
	if len(p.args) > 0 {
		return p.misuse(errors.New("version takes nothing"))
	}
	commit := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value
			}
		}
	}
	fmt.Fprintf(p.stdout, "previewgate %s, commit %s, %s %s/%s\n",
		buildVersion(), commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return exitOpen
}

// buildVersion is the release, or what the build says in its place.
func buildVersion() string {
	version := released
	if info, ok := debug.ReadBuildInfo(); ok {
		version = cmp.Or(version, info.Main.Version)
	}
	return cmp.Or(version, "(devel)")
}
