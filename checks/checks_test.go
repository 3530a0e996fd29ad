package checks

import (
	"errors"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// A trial is what a check says of some facts.
type trial struct {
	name   string
	target gate.Target
	facts  []gate.Given
	want   gate.Verdict // its evidence is compared when it has any
}

// judge puts the trials to the check, and holds what every verdict obeys: its
// words read as a clause and a sentence, and no missing fact makes it panic.
func judge(t *testing.T, c *gate.Check, trials []trial) {
	t.Helper()
	for _, tt := range trials {
		t.Run(tt.name, func(t *testing.T) {
			got := c.JudgeAlone(tt.target, tt.facts...)
			ends := got.Fix == "" || strings.HasSuffix(got.Fix, ".") || strings.HasSuffix(got.Fix, "\n```")
			if strings.HasSuffix(got.Summary, ".") || !ends {
				t.Errorf("a summary is no sentence, and a fix is one or ends in a diff: %q, %q", got.Summary, got.Fix)
			}
			if tt.want.Evidence == nil {
				got.Evidence = nil
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, need := range c.Uses {
				v := c.JudgeAlone(tt.target, append(slices.Clone(tt.facts), missing(need, errors.New("no answer")))...)
				if strings.Contains(v.Summary, "previewgate has a fault") {
					t.Errorf("without a fact that it only uses: %s", v.Summary)
				}
			}
		})
	}
}

// missing says why a fact of whatever type has no value.
func missing(need gate.Need, err error) gate.Given {
	return reflect.ValueOf(need).MethodByName("IsMissing").Call([]reflect.Value{reflect.ValueOf(err)})[0].Interface().(gate.Given)
}

// empty gives a fact of whatever type its zero value.
func empty(need gate.Need) gate.Given {
	is := reflect.ValueOf(need).MethodByName("Is")
	return is.Call([]reflect.Value{reflect.Zero(is.Type().In(0))})[0].Interface().(gate.Given)
}

// given is short for a list of facts.
func given(all ...gate.Given) []gate.Given { return all }

// The addresses and clients that the trials tell of.
const (
	preview = "https://web-k3v9x2m1q-acme.vercel.app"
	alias   = "https://web-git-fix-login-acme.vercel.app"
	api     = "https://api.workos.com"
	client  = "client_01STAGING"
	other   = "client_01OTHER"
	convex  = "https://swift-lemur-482.convex.cloud"
)

// answer is what GET of the address answers, with headers as name and value
// in turn.
func answer(address string, status int, header ...string) facts.Answer {
	a := facts.Answer{Method: http.MethodGet, URL: address, Status: status, Header: http.Header{}}
	for i := 0; i < len(header); i += 2 {
		a.Header.Add(header[i], header[i+1])
	}
	return a
}

// hop is what a path of the preview answers.
func hop(path string, status int, header ...string) facts.Hop {
	return facts.Hop{Answer: answer(preview+path, status, header...)}
}

// page is a document at a path of the preview.
func page(path string, status int) facts.Hop {
	return hop(path, status, "Content-Type", "text/html; charset=utf-8")
}

// bare is the text by which Next.js' own server answers when the proxy throws.
func bare(path string) facts.Hop {
	h := hop(path, 500, "Content-Type", "text/plain")
	h.Body = "Internal Server Error"
	return h
}

// toAuthorize is a redirect of that path to WorkOS.
func toAuthorize(path, redirectURI string) facts.Hop {
	return hop(path, 307, "Location", api+"/user_management/authorize?client_id="+client+"&redirect_uri="+redirectURI)
}

// visit is a visit to the path of its first answer.
func visit(hops ...facts.Hop) facts.Visit {
	path := strings.TrimPrefix(hops[0].URL, preview)
	last := hops[len(hops)-1]
	v := facts.Visit{Path: path, Hops: hops}
	if to := last.Location(); to != "" && !strings.HasPrefix(to, preview+"/") {
		v.Next = to
	}
	return v
}

// entrance is a way to WorkOS from a path of the preview.
func entrance(path, redirectURI string) facts.Entrance {
	return facts.Entrance{Origin: preview, Path: path, Authorize: facts.Authorize{
		URL: api + "/user_management/authorize", API: api, ClientID: client, RedirectURI: redirectURI, Sealed: true,
	}}
}

// TestMissingFacts holds that no check accuses the app for want of a fact.
func TestMissingFacts(t *testing.T) {
	for _, c := range All() {
		for _, need := range c.Needs {
			without := func(err error) gate.Verdict {
				var known []gate.Given
				for _, n := range c.Needs {
					known = append(known, empty(n))
				}
				return c.JudgeAlone(gate.Target{}, append(known, missing(need, err))...)
			}
			if got := without(gate.NotGiven{What: "a token", Unlock: "TOKEN"}); got.Status != gate.Skipped || got.Unlock != "TOKEN" || got.Summary != "a token is not given (TOKEN)" {
				t.Errorf("%s without a fact that is not given: %+v", c.ID, got)
			}
			if got := without(gate.Moot("there is no such page")); got.Status != gate.Skipped || got.Summary != "there is no such page" {
				t.Errorf("%s without a fact that does not arise: %+v", c.ID, got)
			}
			if got := without(errors.New("no answer")); got.Status != gate.Unknown || !strings.HasSuffix(got.Summary, ": no answer") {
				t.Errorf("%s without a fact that cannot be learned: %+v", c.ID, got)
			}
		}
	}
}

func TestWorst(t *testing.T) {
	pass, unsure, fail := gate.Pass("a"), gate.Unsure("b"), gate.Fail("c")
	for _, tt := range []struct {
		of   []gate.Verdict
		want string
	}{
		{[]gate.Verdict{unsure, fail, pass}, "c"},
		{[]gate.Verdict{pass, unsure}, "b"},
		{[]gate.Verdict{pass, gate.Pass("d")}, "d"},
	} {
		if got := worst(tt.of).Summary; got != tt.want {
			t.Errorf("of %v: got %q, want %q", tt.of, got, tt.want)
		}
	}
}

// TestCatalogue holds the rules that every check obeys, so that one ID finds
// the file, the test and the documentation.
func TestCatalogue(t *testing.T) {
	seen := make(map[*gate.Check]bool)
	stage := gate.StageDeployment
	for _, c := range All() {
		file := strings.ReplaceAll(c.ID, "-", "_")
		for _, name := range []string{file + ".go", file + "_test.go"} {
			if _, err := os.Stat(name); err != nil {
				t.Errorf("%s: %v", c.ID, err)
			}
		}
		if c.Title == "" || c.Fix == "" || c.Judge == nil || len(c.Needs)+len(c.Uses) == 0 {
			t.Errorf("%s lacks a title, a fix, a judge or needs", c.ID)
		}
		if !strings.HasSuffix(c.Fix, ".") || strings.HasSuffix(c.Title, ".") {
			t.Errorf("%s: a fix is a sentence, a title is none", c.ID)
		}
		if c.Stage < stage {
			t.Errorf("%s stands after checks of a later stage", c.ID)
		}
		for _, earlier := range c.After {
			if !seen[earlier] {
				t.Errorf("%s stands before %s, which can explain it", c.ID, earlier.ID)
			}
		}
		seen[c], stage = true, c.Stage
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name, isGo := strings.CutSuffix(e.Name(), ".go")
		if !isGo || strings.HasSuffix(name, "_test") || slices.Contains([]string{"checks", "repository", "browsed", "client_meant", "providers", "refusals", "builds", "deployed", "covers", "registered", "recorded", "refresh_storm_bounds", "refresh_storm_count"}, name) {
			continue
		}
		id := strings.ReplaceAll(name, "_", "-")
		if !slices.ContainsFunc(All(), func(c *gate.Check) bool { return c.ID == id }) {
			t.Errorf("%s holds no check of the catalogue", e.Name())
		}
	}
}

func TestSelectTakesInWhatExplains(t *testing.T) {
	ids := func(list []*gate.Check) []string {
		var all []string
		for _, c := range list {
			all = append(all, c.ID)
		}
		return all
	}
	tests := []struct {
		name       string
		only, skip []string
		want       []string
		err        string
	}{
		{name: "a check and its causes", only: []string{"protected-paths"}, want: []string{"preview-built", "preview-reachable", "preview-env", "proxy-answers", "proxy-covers", "protected-paths"}},
		{name: "a cause left out", only: []string{"preview-reachable"}, skip: []string{"preview-built"}, want: []string{"preview-reachable"}},
		{name: "an unknown check", only: []string{"redirect"}, err: `there is no check "redirect": previewgate explain lists them`},
		{name: "an unknown check to skip", skip: []string{"x"}, err: `there is no check "x": previewgate explain lists them`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Select(tt.only, tt.skip)
			if err != nil && err.Error() != tt.err || err == nil && tt.err != "" {
				t.Fatalf("got error %v, want %q", err, tt.err)
			}
			if !slices.Equal(ids(got), tt.want) {
				t.Errorf("got %v, want %v", ids(got), tt.want)
			}
		})
	}
}
