package workflow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/internal/action"
)

// add deploys a project. Where it is not up, it is being built.
func (f *fakeHub) add(project string, isUp bool) {
	state, id := "pending", f.id()
	if isUp {
		state = "success"
	}
	url := fmt.Sprintf("https://%s-%d-acme.vercel.app", project, id)
	told := []fakeDeploymentStatus{{f.id(), state, url, time.Now().UTC()}}
	f.deployments = append(f.deployments, &fakeDeployment{id, sha, told, project})
}

// monorepo is a GitHub with a commit that nobody has deployed yet, and the event of its push.
func monorepo() (*fakeHub, action.Event) {
	_, e := building()
	return &fakeHub{head: sha}, e
}

// says lists the statuses that stand on the commit, by what is in brackets in their names.
func (f *fakeHub) says() map[string]string {
	all := make(map[string]string)
	for _, s := range f.statuses {
		if s.sha == sha {
			name := strings.Trim(strings.TrimPrefix(s.context, "previewgate"), " ()")
			all[name] = s.state + " " + s.description
		}
	}
	return all
}

func judgesAs(verdict func(project string) (Verdict, error)) func(context.Context, action.Event, action.Resolved) (Verdict, error) {
	return func(_ context.Context, _ action.Event, r action.Resolved) (Verdict, error) {
		v, err := verdict(r.Target.Project)
		v.Report.Target, v.Scope = r.Target, r.Scope
		return v, err
	}
}

func passesFor(project string) (Verdict, error) {
	v, err := passes(context.Background())
	v.Description = project + " works"
	return v, err
}

const (
	stillBuilt = "error the preview was still being built after 1m0s: run again when there is one"
	stays      = "error no preview of this commit was there within 1m0s: run again when there is one"
)

// TestEachProjectHasItsStatus holds that all projects are judged that a run finds on the commit, or that its user lists.
func TestEachProjectHasItsStatus(t *testing.T) {
	byHand := func(e *action.Event) { e.Name, e.SHA = "workflow_dispatch", "" }
	listed := func(names ...string) func(*action.Event) { return func(e *action.Event) { e.Projects = names } }
	up := func(projects ...string) func(*fakeHub) {
		return func(f *fakeHub) {
			for _, p := range projects {
				f.add(p, true)
			}
		}
	}
	tests := map[string]struct {
		github func(*fakeHub)
		event  func(*action.Event)
		later  map[time.Duration]func(*fakeHub)
		judge  func(project string) (Verdict, error)
		end    Ending
		want   map[string]string
		within time.Duration
	}{
		"all are up": {
			github: up("web", "docs", "shop"), want: map[string]string{"web": "success web works", "docs": "success docs works", "shop": "success shop works"},
		},
		"all are up, by hand": {
			github: up("web", "docs"), event: byHand, want: map[string]string{"web": "success web works", "docs": "success docs works"},
		},
		"one is being built": {
			github: func(f *fakeHub) { f.add("web", true); f.add("docs", false) },
			later:  map[time.Duration]func(*fakeHub){20 * time.Second: func(f *fakeHub) { f.deployments[1].statuses[0].state = "success" }},
			want:   map[string]string{"web": "success web works", "docs": "success docs works"},
		},
		"one comes while another is waited for": {
			github: func(f *fakeHub) { f.add("web", false) },
			later: map[time.Duration]func(*fakeHub){
				10 * time.Second: up("docs"),
				20 * time.Second: func(f *fakeHub) { f.deployments[0].statuses[0].state = "success" },
			},
			want: map[string]string{"web": "success web works", "docs": "success docs works"},
		},
		"the worst counts": {
			github: up("web", "docs", "shop"),
			judge: func(project string) (Verdict, error) {
				v, err := passesFor(project)
				if project == "docs" {
					v.Ending, v.State = Closed, "failure"
				}
				return v, err
			},
			end: Closed, want: map[string]string{"web": "success web works", "docs": "failure docs works", "shop": "success shop works"},
		},
		"one crashes": {
			github: up("web", "docs", "shop"),
			judge: func(project string) (Verdict, error) {
				if project == "shop" {
					panic("secret")
				}
				return passesFor(project)
			},
			end:  Broken,
			want: map[string]string{"shop": "error previewgate crashed: the log of its run says where", "docs": "success docs works", "web": "success web works"},
		},
		"the time to wait is shared": {
			github: func(f *fakeHub) { f.add("web", false); f.add("docs", false) },
			end:    Undecided, want: map[string]string{"web": stillBuilt, "docs": stillBuilt}, within: 75 * time.Second,
		},
		"the head moves": {
			github: func(f *fakeHub) { f.add("web", false); f.add("docs", false) },
			later:  map[time.Duration]func(*fakeHub){20 * time.Second: func(f *fakeHub) { f.head = strings.Repeat("e", 40) }},
			want: map[string]string{
				"web":  "error superseded: the pull request has newer commits, whose own runs will judge them",
				"docs": "error superseded: the pull request has newer commits, whose own runs will judge them",
			},
			within: 40 * time.Second,
		},
		"the head moves, and another listed one is up": {
			github: func(f *fakeHub) { f.add("web", false); f.add("docs", true) }, event: listed("web", "docs"),
			later: map[time.Duration]func(*fakeHub){20 * time.Second: func(f *fakeHub) { f.head = strings.Repeat("e", 40) }},
			want: map[string]string{
				"web":  "error superseded: the pull request has newer commits, whose own runs will judge them",
				"docs": "error superseded: the pull request has newer commits, whose own runs will judge them",
			},
		},
		"the pull request is closed": {
			github: func(f *fakeHub) { f.add("web", false) },
			later:  map[time.Duration]func(*fakeHub){20 * time.Second: func(f *fakeHub) { f.closed = true }},
			want:   map[string]string{"web": "error the pull request was closed before its preview was there"},
			within: 40 * time.Second,
		},
		"the pull request is closed, and another listed one is up": {
			github: func(f *fakeHub) { f.add("web", false); f.add("docs", true); f.closed = true }, event: listed("web", "docs"),
			want: map[string]string{"web": "error the pull request was closed before its preview was there", "docs": "success docs works"},
		},
		"what one is about is in doubt": {
			github: up("web", "docs"),
			judge: func(project string) (Verdict, error) {
				if project == "docs" {
					return Verdict{}, &Doubt{"whose it is was not found out"}
				}
				return passesFor(project)
			},
			end:  Undecided,
			want: map[string]string{"docs": "error could not be decided: whose it is was not found out", "web": "success web works"},
		},
		"the listed ones alone": {
			github: up("web", "docs", "shop"), event: listed("Web", "shop"), want: map[string]string{"Web": "success web works", "shop": "success shop works"},
		},
		"a listed one that is the only one": {
			github: up(""), event: listed("web"), want: map[string]string{"web": "success web works"},
		},
		"a listed one that is waited for": {
			github: up("web"), event: listed("docs", "web"),
			end: Undecided, want: map[string]string{"web": "success web works", "docs": stays}, within: 75 * time.Second,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, e := monorepo()
				tt.github(f)
				if tt.event != nil {
					tt.event(&e)
				}
				var log bytes.Buffer
				d := &direct{hub: f}
				for after, then := range tt.later {
					time.AfterFunc(after, func() { d.mu.Lock(); defer d.mu.Unlock(); then(f) })
				}
				w := run(d, &log, nil)
				judge := passesFor
				if tt.judge != nil {
					judge = tt.judge
				}
				w.Judge = judgesAs(judge)
				began := time.Now()
				end := w.Do(t.Context(), e)
				if diff := cmp.Diff(tt.want, f.says()); diff != "" || end != tt.end {
					t.Errorf("ended %d, statuses (-want +got):\n%s\n%s", end, diff, &log)
				}
				if took := time.Since(began); tt.within > 0 && took > tt.within {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}

// TestAStopReachesEachProject holds that a run that is stopped while it judges the first project speaks for all.
func TestAStopReachesEachProject(t *testing.T) {
	const why = "error the run was cancelled before it came to a verdict: run it again"
	for _, listed := range [][]string{nil, {"docs", "web"}} {
		synctest.Test(t, func(t *testing.T) {
			f, e := monorepo()
			e.Name, e.SHA = "workflow_dispatch", "" // the commit is found out
			f.add("web", true)
			f.add("docs", true)
			e.Projects = listed
			ctx, cancel := context.WithCancel(t.Context())
			var log bytes.Buffer
			w := run(&direct{hub: f}, &log, func(ctx context.Context) (Verdict, error) {
				cancel()
				<-ctx.Done()
				return Verdict{}, ctx.Err()
			})
			end := w.Do(ctx, e)
			if diff := cmp.Diff(map[string]string{"web": why, "docs": why}, f.says()); diff != "" || end != Undecided {
				t.Errorf("listed %q: ended %d, statuses (-want +got):\n%s\n%s", listed, end, diff, &log)
			}
		})
	}
}

// dispatch is Vercel's event of a project's preview.
func dispatch(f *fakeHub, state string) action.Event {
	e := action.Event{Name: "repository_dispatch", State: state, Environment: "preview", Project: "web", Branch: "fix", SHA: sha, Repository: "acme/shop"}
	if state == action.Success {
		e.URL = f.deployments[0].statuses[0].url
	}
	return e
}

// TestAStatusWhoseNameIsInDoubt holds that both are set that may be the required one, and in no other case.
func TestAStatusWhoseNameIsInDoubt(t *testing.T) {
	one := func(f *fakeHub) { f.add("", true) }
	isHidden := func(req *http.Request) bool { return strings.HasSuffix(req.URL.Path, "/deployments") }
	for name, tt := range map[string]struct {
		github func(*fakeHub)
		hidden bool
		state  string
		listed []string
		want   map[string]string
	}{
		"one project":                   {one, false, action.Success, nil, map[string]string{"": "success auth works"}},
		"one project, listed":           {one, false, action.Success, []string{"web"}, map[string]string{"web": "success auth works"}},
		"several":                       {func(f *fakeHub) { f.add("web", true) }, false, action.Success, nil, map[string]string{"web": "success auth works"}},
		"deployments not to be listed":  {one, true, action.Success, nil, map[string]string{"": "success auth works", "web": "success auth works"}},
		"the same, listed":              {one, true, action.Success, []string{"web"}, map[string]string{"web": "success auth works"}},
		"no deployment of any commit":   {func(*fakeHub) {}, false, action.Skipped, nil, map[string]string{"": "success no preview of this commit: Vercel skipped its build", "web": "success no preview of this commit: Vercel skipped its build"}},
		"the same, and web is listed":   {func(*fakeHub) {}, false, action.Skipped, []string{"web"}, map[string]string{"web": "success no preview of this commit: Vercel skipped its build"}},
		"another project alone is ours": {func(*fakeHub) {}, false, action.Skipped, []string{"docs"}, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			f, _ := monorepo()
			tt.github(f)
			e := dispatch(f, tt.state)
			e.Projects = tt.listed
			var log bytes.Buffer
			d := &direct{hub: f, denied: func(req *http.Request) bool { return tt.hidden && isHidden(req) }}
			end := run(d, &log, passes).Do(t.Context(), e)
			if diff := cmp.Diff(tt.want, f.says()); diff != "" || end != Open {
				t.Errorf("ended %d, statuses (-want +got):\n%s\n%s", end, diff, &log)
			}
		})
	}
}

// TestARunThatCannotJudgeSaysSoAtOnce holds that it waits for nothing.
func TestARunThatCannotJudgeSaysSoAtOnce(t *testing.T) {
	const why = "error the input timeout: no"
	for name, tt := range map[string]struct {
		projects []string // on the commit
		listed   []string
		want     map[string]string
	}{
		"one project":    {[]string{""}, nil, map[string]string{"": why}},
		"two":            {[]string{"web", "docs"}, nil, map[string]string{"web": why, "docs": why}},
		"two are listed": {[]string{"web", "docs", "shop"}, []string{"web", "blog"}, map[string]string{"web": why, "blog": why}},
	} {
		synctest.Test(t, func(t *testing.T) {
			f, e := monorepo()
			for _, p := range tt.projects {
				f.add(p, false)
			}
			e.Projects = tt.listed
			var log bytes.Buffer
			began := time.Now()
			end := run(&direct{hub: f}, &log, nil).Refuse(t.Context(), e, errors.New("the input timeout: no"))
			if diff := cmp.Diff(tt.want, f.says()); diff != "" || end != Misuse || time.Since(began) > 0 {
				t.Errorf("%s: ended %d after %s, statuses (-want +got):\n%s\n%s", name, end, time.Since(began), diff, &log)
			}
		})
	}
}

// TestAMergeQueuesPreviewLeavesItsStatusAlone holds that a group's own verdict is not overwritten.
func TestAMergeQueuesPreviewLeavesItsStatusAlone(t *testing.T) {
	for _, state := range []string{action.Success, action.Failure, action.Skipped} {
		f, e := deployed()
		f.head, f.branches = strings.Repeat("e", 40), []string{"gh-readonly-queue/main/pr-7-abc1234"}
		e.State = state
		var log bytes.Buffer
		if end := run(&direct{hub: f}, &log, passes).Do(t.Context(), e); end != Open || len(f.statuses) > 0 {
			t.Errorf("%s: ended %d with %v\n%s", state, end, f.says(), &log)
		}
	}
}

// TestAGroupIsToldOfInEachListedProject holds it also for a group that cannot be read.
func TestAGroupIsToldOfInEachListedProject(t *testing.T) {
	f, _ := deployed()
	e := action.Event{
		Name: "merge_group", SHA: sha, Repository: "acme/shop", Projects: []string{"web", "docs"},
		Group: action.Group{HeadSHA: sha, BaseSHA: strings.Repeat("b", 40), Base: "main", PullRequest: 7},
	}
	var log bytes.Buffer
	end := run(&direct{hub: f}, &log, nil).Do(t.Context(), e)
	got := f.says()
	if end != Undecided || len(got) != 2 || got["web"] != got["docs"] || !strings.HasPrefix(got["web"], "error listing the merge group's commits: ") {
		t.Errorf("ended %d with %v\n%s", end, got, &log)
	}
}

// TestACrashAmongRequestsIsTold holds that one in a goroutine of a reading does not end the program.
func TestACrashAmongRequestsIsTold(t *testing.T) {
	f, e := building()
	var log bytes.Buffer
	d := &direct{hub: f, denied: func(req *http.Request) bool {
		if strings.Contains(req.URL.Path, "/deployments") {
			panic("secret")
		}
		return false
	}}
	end := run(d, &log, nil).Do(t.Context(), e)
	if top, _ := f.top(sha); end != Undecided || top.state != "error" || !strings.Contains(top.description, "previewgate crashed at ") || strings.Contains(log.String(), "secret") {
		t.Errorf("ended %d with %s %q\n%s", end, top.state, top.description, &log)
	}
}

// TestWhatCouldNotBeDecidedIsJudgedAgain holds it for a success, too.
func TestWhatCouldNotBeDecidedIsJudgedAgain(t *testing.T) {
	for description, want := range map[string]int{"could not be decided, does not block: x": 2, "auth works": 1} {
		f, e := deployed()
		judged := 0
		var log bytes.Buffer
		for range 2 {
			run(&direct{hub: f}, &log, func(ctx context.Context) (Verdict, error) {
				judged++
				v, err := passes(ctx)
				v.Description = description
				return v, err
			}).Do(t.Context(), e)
		}
		if judged != want {
			t.Errorf("%q: judged %d times, want %d\n%s", description, judged, want, &log)
		}
	}
}

// TestAVainWaitSaysWhatVercelDid holds that the reason is not lost.
func TestAVainWaitSaysWhatVercelDid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, e := building()
		f.deployments = nil
		f.statuses = append(f.statuses, fakeStatus{
			id: f.id(), sha: sha, context: "Vercel", state: "pending", description: "Vercel is deploying your app", created: time.Now(), creator: vercel(),
		})
		var log bytes.Buffer
		run(&direct{hub: f}, &log, nil).Do(t.Context(), e)
		const want = "the preview was still being built after 1m0s: run again when there is one (Vercel is deploying your app)"
		if top, _ := f.top(sha); top.description != want || !slices.Contains(strings.Fields(log.String()), "(Vercel") {
			t.Errorf("%q\n%s", top.description, &log)
		}
	})
}
