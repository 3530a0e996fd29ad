// Command cut renews the description of GitHub's API that package githubspec holds callers to:
//
//	go run ./internal/githubspec/cut
//
// It has npm fetch one version of @octokit/openapi, holds the archive to its checksum, takes the operations that
// previewgate uses out of the 13 MB within, and writes spec.json and the licence beside this folder. The same version
// gives the same bytes. To use another operation, add it to operations and run this again.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

// The package that GitHub's description comes from, and what npm's registry says its archive hashes to.
const (
	source    = "@octokit/openapi@23.0.2"
	integrity = "sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg=="
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, "internal/githubspec"); err != nil {
		fmt.Fprintln(os.Stderr, "cut:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to stop
	}
}

// run writes spec.json and the licence of what it is made from into a folder.
func run(ctx context.Context, dir string) error {
	archive, err := pack(ctx)
	if err != nil {
		return err
	}
	files, err := extract(archive, "package/generated/api.github.com.json", "package/LICENSE")
	if err != nil {
		return err
	}
	spec, err := cut(files[0])
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "spec.json"), spec, 0o644),
		os.WriteFile(filepath.Join(dir, "LICENSE.octokit"), files[1], 0o644),
	)
}

// pack returns the archive that npm has for source.
func pack(ctx context.Context) ([]byte, error) {
	dir, err := os.MkdirTemp("", "cut")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cmd := exec.CommandContext(ctx, "npm", "pack", source, "--ignore-scripts", "--silent", "--pack-destination", dir)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("npm pack %s: %w", source, err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("npm pack %s left %d archives", source, len(found))
	}
	archive, err := os.ReadFile(found[0])
	if err != nil {
		return nil, err
	}
	sum := sha512.Sum512(archive)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != integrity {
		return nil, fmt.Errorf("the archive of %s is another one than before: %s", source, got)
	}
	return archive, nil
}

// extract returns the files of those names from a compressed archive, in the order of the names.
func extract(archive []byte, names ...string) ([][]byte, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	found := make(map[string][]byte)
	for r := tar.NewReader(unzipped); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if header.Name != name {
				continue
			}
			if found[name], err = io.ReadAll(r); err != nil {
				return nil, err
			}
		}
	}
	var files [][]byte
	for _, name := range names {
		if found[name] == nil {
			return nil, fmt.Errorf("%s has no %s", source, name)
		}
		files = append(files, found[name])
	}
	return files, nil
}
