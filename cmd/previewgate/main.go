// Command previewgate verifies the auth chain of a preview deployment: a
// Next.js app on Vercel that signs users in with WorkOS AuthKit and talks to
// a Convex backend. It names what is broken, says how to mend it, and tells
// the pull request.
package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/previewgate/previewgate/internal/redact"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/cage"
)

// Exit codes: what scripts can rely on.
const (
	exitOpen      = 0 // the preview may pass
	exitClosed    = 1 // a blocking check failed
	exitMisuse    = 2 // the inputs, the event or a file are no use
	exitBroken    = 3 // the report could not be published
	exitUndecided = 4 // nothing failed, but not everything could be found out
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == cage.Argument {
		os.Exit(cage.Main(os.Stdin, os.Stdout, source.Handlers()))
	}
	log.SetOutput(io.Discard) // net/http logs what servers send; what matters of it is in the errors
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, process{
		args: os.Args[1:], getenv: os.Getenv, stdout: os.Stdout, stderr: os.Stderr,
		terminal: isTerminal(os.Stdout), progress: isTerminal(os.Stderr),
	})
	stop()
	os.Exit(code)
}

// A process is what a command gets from outside, and what it may touch there.
type process struct {
	args           []string
	getenv         func(string) string
	stdout, stderr io.Writer
	terminal       bool // stdout is a terminal that shows colour
	progress       bool // stderr is a terminal
	network        network
}

// A network replaces the real one: the sandbox's. The zero value is the real
// one.
type network struct {
	dial      func(ctx context.Context, network, addr string) (net.Conn, error)
	cas       *x509.CertPool
	transport http.RoundTripper // replaces the network whole
	browser   map[string]any    // flags with which a browser finds its way there
}

// A command is one of previewgate's.
type command struct {
	name, args, does string
	run              func(ctx context.Context, p process) int
}

func commands() []command {
	return []command{
		{"check", "URL", "gate one preview and print the report; publishes nothing", runCheck},
		{"action", "", "what action.yml runs: read the event, gate, publish", runAction},
		{"scan", "[DIR]", "what the source alone tells; no network", runScan},
		{"har", "FILE", "background sign-outs, refresh storms and auth loops in a recorded HAR; no network", runHAR},
		{"replay", "FILE", "judge recorded evidence again, offline", runReplay},
		{"demo", "[FAULT]", "break a preview in a sandbox and gate it; needs no account", runDemo},
		{"init", "", "write a workflow, and say which secrets unlock which checks", runInit},
		{"explain", "[CHECK]", "what a check asks, why, and how to mend it", runExplain},
		{"version", "", "print the version", runVersion},
	}
}

// run is main without the process, for tests.
func run(ctx context.Context, p process) int {
	if len(p.args) == 0 {
		usage(p.stderr)
		return exitMisuse
	}
	name := p.args[0]
	if name == "help" || name == "--help" || name == "-h" {
		usage(p.stdout)
		return exitOpen
	}
	if name == "--version" {
		name = "version"
	}
	for _, c := range commands() {
		if c.name == name {
			p.args = p.args[1:]
			return c.run(ctx, p)
		}
	}
	return p.misuse(fmt.Errorf("there is no command %q: previewgate help lists them", name))
}

func usage(w io.Writer) {
	fmt.Fprint(w, "previewgate verifies sign-in on a preview: Next.js on Vercel, WorkOS AuthKit, Convex.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  previewgate %-17s %s\n", c.name+" "+c.args, c.does)
	}
	fmt.Fprint(w, "\npreviewgate COMMAND --help lists a command's flags. Exit codes: 0 open, 1 closed, 2 misuse,\n"+
		"3 the report could not be published, 4 undecided.\n")
}

// misuse says in one line what is wrong with how previewgate was called.
func (p process) misuse(err error) int {
	known := redact.New(readCredentials(p.getenv).secrets()...)
	fmt.Fprintf(p.stderr, "previewgate: %s\n", known.String(err.Error()))
	return exitMisuse
}
