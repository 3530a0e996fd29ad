package action

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// fuzzEvent holds a parser to what its callers rely on, whatever the payload.
func fuzzEvent(f *testing.F, name string) {
	files, err := filepath.Glob("testdata/" + name + "*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no payloads to begin with", err)
	}
	for _, file := range files {
		payload, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(payload)
	}
	sha := regexp.MustCompile(`^([0-9a-f]{40})?$`)
	f.Fuzz(func(t *testing.T, payload []byte) {
		e, err := parse(name, payload)
		var misuse *Misuse
		var skip *Skip
		if err != nil {
			if !errors.As(err, &misuse) && !errors.As(err, &skip) || strings.ContainsAny(err.Error(), "\r\n") {
				t.Fatalf("error %q", err)
			}
			return
		}
		if !sha.MatchString(e.SHA) || e.PullRequest < 0 || e.State == "" {
			t.Errorf("%+v", e)
		}
		if e.State == Success && e.URL == "" && name != workflowDispatch {
			t.Errorf("no address: %+v", e)
		}
		for _, s := range []string{e.URL, e.Deployment, e.Project, e.Environment, e.Branch, e.Detail} {
			if len(s) > 2048 || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%q came through", s)
			}
		}
	})
}

func FuzzDeploymentStatus(f *testing.F)   { fuzzEvent(f, deploymentStatus) }
func FuzzRepositoryDispatch(f *testing.F) { fuzzEvent(f, repositoryDispatch) }
func FuzzWorkflowDispatch(f *testing.F)   { fuzzEvent(f, workflowDispatch) }

func FuzzVercelComment(f *testing.F) {
	f.Add(vercelComment(`{"projects":[{"name":"web","previewUrl":"web-git-feat-acme.vercel.app"}]}`), "web")
	f.Add("[vc]: #sig:e30=", "")
	f.Add("[vc]: #sig", "web")
	host := regexp.MustCompile(`^[a-z0-9.-]{0,253}$`)
	f.Fuzz(func(t *testing.T, body, name string) {
		if got := aliasOf(parseVercelComment(body), name); !host.MatchString(got) {
			t.Errorf("%q came through", got)
		}
	})
}
