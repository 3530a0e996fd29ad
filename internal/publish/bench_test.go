package publish

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/hub"
)

const (
	testSHA  = "8f4b7c1d2e3f405162738495a6b7c8d9e0f10213"
	otherSHA = "1111111111111111111111111111111111111111"

	// started is when the run of a bench begins, by GitHub's clock.
	started = 1_764_000_000
)

// ownStamp is the stamp of the run that a bench publishes for.
func ownStamp() stamp { return stamp{0, started, 200, 1} }

// begun returns the stamp of another run, which began that many seconds after a bench's.
func begun(seconds int64, run, attempt uint64) stamp {
	return stamp{0, started + seconds, run, attempt}
}

func older() stamp { return begun(-60, 100, 1) }
func newer() stamp { return begun(2, 201, 1) }

// markerOn returns the marker of a run's comment on a commit.
func markerOn(sha string, s stamp) marker { return marker{"", sha, "dpl_1", s} }

// textOf is a comment of some run as it stands on GitHub.
func textOf(m marker) string { return m.String() + "\n### old\n" }

func addressOf(s stamp) string {
	return benchRun().address(mark{s, "dpl_1", true})
}

// statusOf is the status of some run, which has a report.
func statusOf(s stamp, sha, state string) posted {
	return posted{sha, state, "previewgate", fmt.Sprintf("said by run %d", s.run), addressOf(s), userOf(actionsBot), ""}
}

// A bench is a publisher, and everything that it writes to.
type bench struct {
	*fakeGitHub
	publisher *Publisher
	log       bytes.Buffer
	dir       string
	env       map[string]string
	wire      http.RoundTripper // to the fake
}

// newBench returns a publisher with a workflow's own token, for run 200 on the head of pull request 7.
func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{dir: t.TempDir()}
	b.fakeGitHub = &fakeGitHub{login: actionsBot, isApp: true, head: testSHA, now: time.Unix(started, 0).UTC(), paged: 100, lastID: 100}
	b.wire = within{b.fakeGitHub}
	b.env = map[string]string{
		"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "200",
		"GITHUB_RUN_ATTEMPT": "1", "GITHUB_EVENT_NAME": "deployment_status",
		"GITHUB_STEP_SUMMARY": b.path("summary"), "GITHUB_OUTPUT": b.path("output"), "RUNNER_TEMP": b.dir,
	}
	b.employ(t)
	return b
}

// employ makes the publisher anew, after a change of its environment.
func (b *bench) employ(t *testing.T) {
	t.Helper()
	clock := new(hub.Clock)
	gh, err := hub.New("", "ghs_x", clock.Through(b.wire))
	if err != nil {
		t.Fatal(err)
	}
	b.publisher = New(gh, NewLog(&b.log), clock, func(key string) string { return b.env[key] })
}

// publish publishes and fails the test on an error.
func (b *bench) publish(t *testing.T, o Outcome) Ending {
	t.Helper()
	end, err := b.publisher.Publish(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return end
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(b.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// count returns how many requests begin like that.
func (b *bench) count(start string) int {
	n := 0
	for _, asked := range b.asked {
		if strings.HasPrefix(asked, start) {
			n++
		}
	}
	return n
}

// top returns the status that stands on the commit.
func (b *bench) top(t *testing.T) posted {
	t.Helper()
	all := b.history(testSHA)
	if len(all) == 0 {
		t.Fatal("no status on the commit")
	}
	return all[0]
}

// once calls a function before the first request that begins like that.
func (b *bench) once(start string, then func()) {
	done := false
	b.before = func(request string) int {
		if !done && strings.HasPrefix(request, start) {
			done = true
			then()
		}
		return 0
	}
}

// onceAfter calls a function between the first request that begins like that and the next one.
func (b *bench) onceAfter(start string, then func()) {
	seen, done := false, false
	b.before = func(request string) int {
		if seen && !done {
			done = true
			then()
		}
		seen = seen || strings.HasPrefix(request, start)
		return 0
	}
}

// refuse answers one request with a status.
func refuse(request string, status int) func(string) int {
	return func(asked string) int {
		if asked == request {
			return status
		}
		return 0
	}
}

func testOutcome() Outcome {
	check := &gate.Check{ID: "redirect-uri-registered", Title: "It is registered", Fix: "Register it."}
	return Outcome{
		Report: gate.Report{
			Target: gate.Target{
				URL: "https://web.vercel.app", Deployment: "dpl_1", Repository: "acme/shop", PullRequest: 7,
				Branch: "fix/auth", SHA: testSHA,
			},
			Results: []gate.Result{{Check: check, Verdict: gate.Fail("the redirect URI is not registered")}},
		},
		State: "failure", Headline: "1 thing to fix", Description: "the redirect URI is not registered",
		Markdown: "### 1 thing to fix\n", JSON: []byte(`{"version":1}`),
	}
}

// within serves requests within the process, so that tests can run on a clock of their own.
type within struct{ handler http.Handler }

func (w within) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Context().Err() != nil {
		return nil, req.Context().Err()
	}
	if req.Body == nil {
		req.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, req)
	return answer.Result(), nil
}
