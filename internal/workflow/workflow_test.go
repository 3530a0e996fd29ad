package workflow

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/action"
	"github.com/previewgate/previewgate/internal/hub"
	"github.com/previewgate/previewgate/internal/publish"
)

// direct answers each request at once, unless down says otherwise. It is called before each request, and may change the
// hub.
type direct struct {
	mu   sync.Mutex
	hub  *fakeHub
	down func(*http.Request) bool

	denied func(*http.Request) bool // which requests GitHub refuses
}

func (d *direct) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	isDown := d.down != nil && d.down(req)
	if !isDown {
		defer d.mu.Unlock()
		if d.denied != nil && d.denied(req) {
			return &http.Response{
				StatusCode: http.StatusForbidden, Header: http.Header{}, Request: req,
				Body: io.NopCloser(strings.NewReader(`{"message":"Resource not accessible by integration"}`)),
			}, nil
		}
		return d.hub.answer(req, read(req)), nil
	}
	d.mu.Unlock()
	<-req.Context().Done()
	return nil, req.Context().Err()
}

const sha = "000000000000000000000000000000000000abcd"

// deployed is a GitHub with a preview that is up.
func deployed() (*fakeHub, action.Event) {
	f := &fakeHub{head: sha}
	f.deployments = []*fakeDeployment{{id: 1, sha: sha, statuses: []fakeDeploymentStatus{{2, "success", "https://shop-2-acme.vercel.app", time.Now()}}}}
	f.lastID = 2
	return f, action.Event{
		Name: "deployment_status", State: action.Success, URL: "https://shop-2-acme.vercel.app", Environment: "preview",
		SHA: sha, Repository: "acme/shop",
	}
}

// building is a GitHub where Vercel is still at it, and the event of a push.
func building() (*fakeHub, action.Event) {
	f, _ := deployed()
	f.deployments[0].statuses[0].state = "pending"
	return f, action.Event{Name: "pull_request", State: action.Missing, Environment: "preview", SHA: sha, PullRequest: 7, Repository: "acme/shop"}
}

// run is a run of the action, and what it logs.
func run(f *direct, log *bytes.Buffer, judge func(context.Context) (Verdict, error)) Run {
	clock := new(hub.Clock)
	gh, err := hub.New("", "ghs_x", clock.Through(f))
	if err != nil {
		panic(err)
	}
	env := map[string]string{
		"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "7", "GITHUB_RUN_ATTEMPT": "1",
	}
	l := publish.NewLog(log)
	return Run{
		GitHub: gh, Log: l, Wait: time.Minute,
		Publisher: publish.New(gh, l, clock, func(name string) string { return env[name] }),
		Judge: func(ctx context.Context, _ action.Event, r action.Resolved) (Verdict, error) {
			v, err := judge(ctx)
			v.Report, v.Scope = gate.Report{Target: r.Target}, r.Scope
			return v, err
		},
	}
}

func passes(context.Context) (Verdict, error) {
	return Verdict{Outcome: publish.Outcome{State: "success", Description: "auth works"}}, nil
}

// TestEveryWayOut holds that each way out of a run leaves a status that is no
// longer pending and says why.
func TestEveryWayOut(t *testing.T) {
	with := func(state string) func() (*fakeHub, action.Event) {
		return func() (*fakeHub, action.Event) {
			f, e := deployed()
			f.deployments = nil
			e.State, e.URL = state, ""
			return f, e
		}
	}
	tests := map[string]struct {
		github      func() (*fakeHub, action.Event)
		judge       func(context.Context) (Verdict, error)
		opens       bool
		end         Ending
		state, says string
	}{
		"a verdict":        {github: deployed, judge: passes, end: Open, state: "success", says: "auth works"},
		"an ignored build": {github: with(action.Ignored), end: Open, state: "success", says: "no preview of this commit: Vercel ignored its build"},
		"a skipped build":  {github: with(action.Skipped), end: Open, state: "success", says: "no preview of this commit: Vercel skipped its build"},
		"inputs that are wrong": {
			github: deployed, judge: func(context.Context) (Verdict, error) { return Verdict{}, errors.New("the input timeout: no") },
			end: Misuse, state: "error", says: "the input timeout: no",
		},
		"a refusal": {
			github: deployed, judge: func(context.Context) (Verdict, error) { return Verdict{}, &Refusal{"the host is not the team's"} },
			end: Misuse, state: "error", says: "refused: the host is not the team's",
		},
		"a crash": {
			github: deployed, judge: func(context.Context) (Verdict, error) { panic("secret") },
			end: Broken, state: "error", says: "previewgate crashed: the log of its run says where",
		},
		"a preview that stays unbuilt": {github: building, end: Undecided, state: "error", says: "the preview was still being built after 1m0s: run again when there is one"},
		"the same, where that may pass": {
			github: building, opens: true, end: Open, state: "success", says: "the preview was still being built after 1m0s (does not block)",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, e := tt.github()
				var log bytes.Buffer
				w := run(&direct{hub: f}, &log, tt.judge)
				w.UndecidedOpens = tt.opens
				end := w.Do(t.Context(), e)
				top, found := f.top(sha)
				if end != tt.end || !found || top.state != tt.state || top.description != tt.says {
					t.Errorf("ended %d with %s %q\n%s", end, top.state, top.description, &log)
				}
				if strings.Contains(log.String(), "secret") {
					t.Errorf("what crashed it is in the log:\n%s", &log)
				}
			})
		})
	}
}

// TestAnEventThatRepeatsIsNotJudgedAgain holds that one is judged per
// deployment, and that a person gets a fresh verdict.
func TestAnEventThatRepeatsIsNotJudgedAgain(t *testing.T) {
	f, e := deployed()
	judged := 0
	judge := func(ctx context.Context) (Verdict, error) { judged++; return passes(ctx) }
	var log bytes.Buffer
	for _, again := range []bool{false, false, true} {
		w := run(&direct{hub: f}, &log, judge)
		w.Again = again
		if end := w.Do(t.Context(), e); end != Open {
			t.Fatalf("ended %d:\n%s", end, &log)
		}
	}
	if judged != 2 || !strings.Contains(log.String(), "run 7 has judged this deployment (success)") {
		t.Errorf("judged %d times:\n%s", judged, &log)
	}
}

// TestThePullRequestMovesOn holds that the wait for a commit ends when the
// pull request has another head.
func TestThePullRequestMovesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, e := building()
		began := time.Now()
		d := &direct{hub: f, down: func(*http.Request) bool {
			if time.Since(began) > 20*time.Second {
				f.head = strings.Repeat("e", 40)
			}
			return false
		}}
		var log bytes.Buffer
		end := run(d, &log, nil).Do(t.Context(), e)
		if top, _ := f.top(sha); end != Open || top.state != "error" || !strings.HasPrefix(top.description, "superseded") {
			t.Errorf("ended %d with %s %q\n%s", end, top.state, top.description, &log)
		}
	})
}

// TestARunThatIsStopped holds that the status comes within five seconds,
// whatever the judging does and whether GitHub answers reads or not.
func TestARunThatIsStopped(t *testing.T) {
	deaf := func(context.Context) (Verdict, error) { select {} }
	reads := func(req *http.Request) bool { return req.Method == http.MethodGet }
	tests := map[string]struct {
		down func(*http.Request) bool
	}{
		"GitHub answers":                   {nil},
		"GitHub answers no reads any more": {reads},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, e := deployed()
			ctx, cancel := context.WithCancel(t.Context())
			var stopped atomic.Bool
			var log bytes.Buffer
			d := &direct{hub: f, down: func(req *http.Request) bool { return stopped.Load() && tt.down != nil && tt.down(req) }}
			began := time.Now()
			judge := func(ctx context.Context) (Verdict, error) {
				stopped.Store(true)
				cancel()
				return deaf(ctx)
			}
			end := run(d, &log, judge).Do(ctx, e)
			took := time.Since(began)
			top, found := f.top(sha)
			if end != Undecided || !found || top.state != "error" || took > 5*time.Second+500*time.Millisecond {
				t.Errorf("ended %d with %s %q after %s\n%s", end, top.state, top.description, took, &log)
			}
		})
	}
}
