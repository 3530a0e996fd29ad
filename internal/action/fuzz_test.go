package action

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	author := regexp.MustCompile(`^[\w-]{0,100}$`)
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
		isGroup := name == mergeGroup
		if !sha.MatchString(e.SHA) || e.PullRequest < 0 || (e.State == "") != isGroup {
			t.Errorf("%+v", e)
		}
		if (e.State == Success) != (e.URL != "") {
			t.Errorf("an address without a success, or the other way round: %+v", e)
		}
		if !author.MatchString(e.Commenter) || (e.Commenter != "") != (name == issueComment) {
			t.Errorf("the comment's author is %q", e.Commenter)
		}
		if g := e.Group; isGroup && (!sha.MatchString(g.HeadSHA) || !sha.MatchString(g.BaseSHA) || g.BaseSHA == "" ||
			g.HeadSHA != e.SHA || g.PullRequest <= 0 || g.Base == "") {
			t.Errorf("%+v", g)
		}
		for _, s := range []string{e.URL, e.Deployment, e.Project, e.Environment, e.Branch, e.Detail, e.Commenter, e.Group.Base} {
			if len(s) > 2048 || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%q came through", s)
			}
		}
	})
}

func FuzzDeploymentStatus(f *testing.F)   { fuzzEvent(f, deploymentStatus) }
func FuzzRepositoryDispatch(f *testing.F) { fuzzEvent(f, repositoryDispatch) }
func FuzzWorkflowDispatch(f *testing.F)   { fuzzEvent(f, workflowDispatch) }

func FuzzPullRequest(f *testing.F)  { fuzzEvent(f, pullRequest) }
func FuzzMergeGroup(f *testing.F)   { fuzzEvent(f, mergeGroup) }
func FuzzIssueComment(f *testing.F) { fuzzEvent(f, issueComment) }

// FuzzVercelsWords holds that whatever is said of a preview ends in a state that a run knows how to act on.
func FuzzVercelsWords(f *testing.F) {
	f.Add("failure", "Deployment rate limited — retry in 24 hours.", "https://vercel.com/docs/x")
	f.Add("success", "Skipped - Not affected", "%zz")
	states := []string{Success, Failure, Canceled, Blocked, Ignored, Skipped, Building, inactive}
	f.Fuzz(func(t *testing.T, state, words, target string) {
		if got := stateOf(state, words, target); !slices.Contains(states, got) || got == Success && state != "success" {
			t.Errorf("%q, %q, %q is %q", state, words, target, got)
		}
	})
}

// FuzzNamesInAGroup holds what a merge group takes from messages and contexts to their forms.
func FuzzNamesInAGroup(f *testing.F) {
	f.Add("Sign in (#7)\n\n(#8)", "previewgate (web)")
	f.Add("Merge pull request #7 from acme/x", "Previewgate")
	f.Add("(#99999999999)", "previewgate ()")
	f.Fuzz(func(t *testing.T, message, context string) {
		if n := pullNamedIn(message); n < 0 || n > 0 && !strings.Contains(message, fmt.Sprint("#", n)) && !strings.Contains(message, "#0") {
			t.Errorf("%q names %d", message, n)
		}
		scope, isOurs := scopeOf(context)
		if isOurs && scope != "" && !strings.EqualFold(context, "previewgate ("+scope+")") || isOurs && scope != clean(scope, 100) {
			t.Errorf("%q is ours, of %q", context, scope)
		}
	})
}

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
