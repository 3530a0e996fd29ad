package testbed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Apps are the sources in testdata/apps, and what is built of them.
type Apps struct {
	dir string
	own string // name of the folders that this run builds in
}

// NewApps takes the repository's folder testdata/apps. Builds have to lie in
// it, since Node.js looks for packages in the folders above.
func NewApps(dir string) (*Apps, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	return &Apps{dir, fmt.Sprintf("run-%d", os.Getpid())}, nil
}

// Close deletes what was built.
func (a *Apps) Close() error {
	return errors.Join(os.RemoveAll(a.builds(2)), os.RemoveAll(a.builds(4)))
}

func (a *Apps) builds(major int) string {
	return filepath.Join(a.dir, fmt.Sprintf("web%d", major), "build", a.own)
}

// Install installs what the applications depend on, as the locks have it.
func (a *Apps) Install(ctx context.Context) error {
	return a.run(exec.CommandContext(ctx, filepath.Join(a.dir, "install")))
}

// A Build is one way to build the application.
type Build struct {
	Name     string            // of its folder
	AuthKit  int               // major version of authkit-nextjs: 2 or 4
	Overlays []string          // folders of testdata/apps/faults that are laid over the source
	Remove   []string          // files of the source that are left out
	Env      map[string]string // of the build, where NEXT_PUBLIC_ variables are read; empty: unset
	Typed    bool              // the types are checked, which takes its time
}

// Build builds the application and returns the folder of its repository.
// Builds follow one another: they share Next.js' cache.
func (a *Apps) Build(ctx context.Context, b Build) (string, error) {
	builds := a.builds(b.AuthKit)
	stage, cache, done := filepath.Join(builds, ".stage"), filepath.Join(builds, ".cache"), filepath.Join(builds, b.Name)
	if err := errors.Join(os.RemoveAll(stage), os.RemoveAll(done), a.assemble(stage, b)); err != nil {
		return "", fmt.Errorf("building %s: %w", b.Name, err)
	}
	app := filepath.Join(stage, "apps", "web")
	output := filepath.Join(app, ".next")
	if err := move(cache, filepath.Join(output, "cache")); err != nil {
		return "", fmt.Errorf("building %s: %w", b.Name, err)
	}
	cmd := a.next(ctx, app, "build")
	cmd.Env = append(cmd.Env, "NEXT_TELEMETRY_DISABLED=1")
	if !b.Typed {
		cmd.Env = append(cmd.Env, "SKIP_TYPES=1")
	}
	for name, value := range b.Env {
		if value != "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	if err := a.run(cmd); err != nil {
		return "", fmt.Errorf("building %s: %w", b.Name, err)
	}
	if err := errors.Join(move(filepath.Join(output, "cache"), cache), os.Rename(stage, done)); err != nil {
		return "", fmt.Errorf("building %s: %w", b.Name, err)
	}
	return done, nil
}

// assemble lays out the repository that is built.
func (a *Apps) assemble(stage string, b Build) error {
	if err := os.CopyFS(stage, os.DirFS(filepath.Join(a.dir, "src"))); err != nil {
		return err
	}
	manifest, err := os.ReadFile(filepath.Join(a.dir, fmt.Sprintf("web%d", b.AuthKit), "package.json"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(stage, "apps", "web", "package.json"), manifest, 0o644); err != nil {
		return err
	}
	for _, name := range b.Remove {
		if err := os.Remove(filepath.Join(stage, name)); err != nil {
			return err
		}
	}
	for _, name := range b.Overlays {
		if err := overlay(stage, os.DirFS(filepath.Join(a.dir, "faults", name))); err != nil {
			return err
		}
	}
	return renameProxy(stage, b.AuthKit)
}

// renameProxy writes the proxy's function as the version of AuthKit has it:
// authkitMiddleware is authkitProxy from version 3 on.
func renameProxy(stage string, major int) error {
	if major < 3 {
		return nil
	}
	for _, dir := range []string{"src", ""} {
		file := filepath.Join(stage, "apps", "web", dir, "proxy.ts")
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		text = bytes.ReplaceAll(text, []byte("authkitMiddleware"), []byte("authkitProxy"))
		if err := errors.Join(err, os.WriteFile(file, text, 0o644)); err != nil {
			return err
		}
	}
	return nil
}

// overlay copies every file over what is there.
func overlay(stage string, from fs.FS) error {
	return fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		to := filepath.Join(stage, name)
		if err != nil || entry.IsDir() {
			return errors.Join(err, os.MkdirAll(to, 0o755))
		}
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
}

// move moves a folder, if it is there.
func move(from, to string) error {
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// next prepares Next.js' command line in the folder of an application. Its
// environment is this process' own as far as programs need one.
func (a *Apps) next(ctx context.Context, app string, args ...string) *exec.Cmd {
	bin := filepath.Join(a.dir, "node_modules", "next", "dist", "bin", "next")
	cmd := exec.CommandContext(ctx, "node", append([]string{bin}, args...)...)
	cmd.Dir, cmd.Env = app, bare()
	return cmd
}

// bare is an environment that tells nothing of whoever runs the testbed.
func bare() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
}

// run runs a command to its end. What it wrote is in the error.
func (a *Apps) run(cmd *exec.Cmd) error {
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, said.String())
	}
	return nil
}
