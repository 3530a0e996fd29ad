package publish_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-github/v66/github"

	"github.com/previewgate/previewgate/internal/hub"
	"github.com/previewgate/previewgate/internal/publish"
)

const (
	nodeFolder = "../../testdata/node"
	toyToken   = "toy-token-of-ada"
	owner      = "ada"
	name       = "shop"
)

// An emulated is a GitHub that others wrote (npm's emulate, by vercel-labs),
// with a repository and a pull request, and a run that publishes there. It
// knows pull requests, comments and check runs, but no commit statuses.
type emulated struct {
	url  string
	gh   *github.Client // of a person who looks
	pull int
	head string
	dir  string
}

// emulate starts the emulator. The test is skipped where it is not installed,
// and must run where PREVIEWGATE_NODE=1 says so.
func emulate(t *testing.T) emulated {
	t.Helper()
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(filepath.Join(nodeFolder, "node_modules", "emulate")); errors.Is(missing, fs.ErrNotExist) {
		err = missing
	}
	switch {
	case err != nil && os.Getenv("PREVIEWGATE_NODE") == "1":
		t.Fatalf("the emulator is required, but: %v (testdata/node/install)", err)
	case err != nil:
		t.Skip("the emulator is not installed: testdata/node/install")
	}
	command := exec.CommandContext(t.Context(), node, "github.mjs")
	command.Dir, command.Stderr = nodeFolder, os.Stderr
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	in, inErr := command.StdinPipe()
	out, outErr := command.StdoutPipe()
	if err := errors.Join(inErr, outErr, command.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = command.Wait() })
	fmt.Fprintf(in, `{"tokens":{%q:{"login":%q,"scopes":["repo"]}},"github":{"users":[{"login":%[2]q}],`+
		`"repos":[{"owner":%[2]q,"name":%[3]q,"auto_init":true}]}}`+"\n", toyToken, owner, name)
	var started struct{ URL string }
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err := errors.Join(err, json.Unmarshal(line, &started)); err != nil {
		t.Fatal(err)
	}
	e := emulated{url: started.URL, dir: t.TempDir()}
	e.gh, err = hub.New(e.url, toyToken, http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	e.open(t)
	return e
}

// open opens the pull request, from a branch with a commit of its own.
func (e *emulated) open(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	main, _, err := e.gh.Git.GetRef(ctx, owner, name, "heads/main")
	if err != nil {
		t.Fatal(err)
	}
	tree, _, err := e.gh.Git.CreateTree(ctx, owner, name, "", []*github.TreeEntry{{
		Path: new("proxy.ts"), Mode: new("100644"), Type: new("blob"), Content: new("export default authkitMiddleware()"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	commit, _, err := e.gh.Git.CreateCommit(ctx, owner, name, &github.Commit{
		Message: new("fix login"), Tree: tree, Parents: []*github.Commit{{SHA: main.GetObject().SHA}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = e.gh.Git.CreateRef(ctx, owner, name, &github.Reference{
		Ref: new("refs/heads/fix/login"), Object: &github.GitObject{SHA: commit.SHA},
	})
	if err != nil {
		t.Fatal(err)
	}
	pull, _, err := e.gh.PullRequests.Create(ctx, owner, name, &github.NewPullRequest{
		Title: new("Fix login"), Head: new("fix/login"), Base: new("main"),
	})
	if err != nil {
		t.Fatal(err)
	}
	e.pull, e.head = pull.GetNumber(), pull.GetHead().GetSHA()
	if e.head != commit.GetSHA() {
		t.Fatalf("the head is %s, not %s", e.head, commit.GetSHA())
	}
}

// publish publishes an outcome as a run of a workflow does, and returns the
// step's log.
func (e emulated) publish(t *testing.T, run int, through http.RoundTripper, o publish.Outcome) (publish.Ending, string, error) {
	t.Helper()
	var log bytes.Buffer
	env := map[string]string{
		"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": owner + "/" + name,
		"GITHUB_RUN_ID": fmt.Sprint(run), "GITHUB_RUN_ATTEMPT": "1", "RUNNER_TEMP": e.dir, "GITHUB_EVENT_NAME": "deployment_status",
	}
	clock := new(hub.Clock)
	gh, err := hub.New(e.url, toyToken, clock.Through(through))
	if err != nil {
		t.Fatal(err)
	}
	p := publish.New(gh, publish.NewLog(&log), clock, func(variable string) string { return env[variable] })
	end, err := p.Publish(t.Context(), o)
	return end, log.String(), err
}
