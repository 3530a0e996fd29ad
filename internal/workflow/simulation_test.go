package workflow

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
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

// A simulation plays one history: pushes, deployments, events that come twice or late, people who rerun and cancel, and
// runs of the action whose requests reach GitHub in an order that the seed chooses. GitHub's answers are a step of their
// own, so that a run may act on what is no longer so. After each request and at the end, what must hold is checked.
type simulation struct {
	hub     *fakeHub
	rng     *rand.Rand
	removed string // the guard whose reads are answered as of the run's start
	runs    []*simRun
	mu      sync.Mutex
	calls   []*call
	events  []func() // still to happen
	sent    []action.Event
	lastRun int

	newest map[string]string // address of the newest deployment of a commit
	said   []string          // what happened, for a violation's sake
	wrong  []string          // violations
}

// A call is a request that is on its way.
type call struct {
	run      *simRun
	req      *http.Request
	body     []byte
	resp     *http.Response // once GitHub has done what it asks
	seen     func()         // keeps what the run then knows
	answered chan *http.Response
}

// A simRun is a run of the action.
type simRun struct {
	id, attempt int
	event       action.Event
	cancel      context.CancelFunc
	done        atomic.Bool
	end         Ending // once it is done
	canceled    bool
	atStart     *fakeHub // GitHub as the run first found it
	saw         sight
	log         bytes.Buffer
}

func (r *simRun) String() string { return fmt.Sprintf("run %d.%d", r.id, r.attempt) }

func newSimulation(seed uint64, removed string) *simulation {
	s := &simulation{hub: &fakeHub{}, rng: rand.New(rand.NewPCG(seed, 5)), removed: removed, newest: map[string]string{}, lastRun: 100}
	s.push()
	for range 3 + s.rng.IntN(4) {
		s.events = append(s.events, s.anyEvent())
	}
	return s
}

// anyEvent draws something that happens.
func (s *simulation) anyEvent() func() {
	return []func(){
		s.deploy, s.deploy, s.redeploy, s.push, s.redeliver, s.redeliver, s.rerun, s.byHand, s.stop, s.late,
	}[s.rng.IntN(10)]
}

func (s *simulation) note(format string, args ...any) {
	s.said = append(s.said, fmt.Sprintf(format, args...))
}

func (s *simulation) violation(format string, args ...any) {
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
	s.note("VIOLATION: "+format, args...)
}

// push gives the pull request a new head, which Vercel deploys.
func (s *simulation) push() {
	s.hub.head = fmt.Sprintf("%040x", s.hub.id()+0xabc000)
	s.note("push %s", s.hub.head)
	s.deploy()
}

// deploy is a new deployment of the head: the first, or one that somebody asks for.
func (s *simulation) deploy() {
	s.hub.deployments = append(s.hub.deployments, &fakeDeployment{id: s.hub.id(), sha: s.hub.head})
	s.redeploy()
}

// redeploy makes Vercel report a further success of the newest deployment, at a new address.
func (s *simulation) redeploy() {
	d := s.hub.deployments[len(s.hub.deployments)-1]
	id := s.hub.id()
	url := fmt.Sprintf("https://shop-%d-acme.vercel.app", id)
	d.statuses = append(d.statuses, fakeDeploymentStatus{id, "success", url, time.Now().UTC()})
	s.newest[d.sha] = url
	e := action.Event{
		Name: "deployment_status", State: action.Success, URL: url, Environment: "preview", SHA: d.sha, Repository: "acme/shop",
	}
	s.sent = append(s.sent, e)
	s.note("deployment %s of %s", url, d.sha)
	s.start(e)
}

// redeliver sends an event again that was sent before.
func (s *simulation) redeliver() { s.start(s.sent[s.rng.IntN(len(s.sent))]) }

// late is an event that comes after those that followed it.
func (s *simulation) late() { s.start(s.sent[0]) }

// byHand starts the workflow for the pull request.
func (s *simulation) byHand() {
	s.start(action.Event{Name: "workflow_dispatch", State: action.Success, Environment: "preview", PullRequest: 7, Repository: "acme/shop"})
}

// rerun is a further attempt of a run that has ended.
func (s *simulation) rerun() {
	for _, r := range s.runs {
		if r.done.Load() {
			s.begin(&simRun{id: r.id, attempt: r.attempt + 1, event: r.event}, true)
			return
		}
	}
}

// stop cancels a run.
func (s *simulation) stop() {
	for _, r := range s.runs {
		if !r.done.Load() && !r.canceled {
			s.note("cancel %s", r)
			r.canceled = true
			r.cancel()
			return
		}
	}
}

func (s *simulation) start(e action.Event) {
	s.lastRun++
	s.begin(&simRun{id: s.lastRun, attempt: 1, event: e}, false)
}

// begin lets a run of the action go.
func (s *simulation) begin(r *simRun, again bool) {
	s.note("start %s of %s %s", r, r.event.Name, r.event.URL)
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	r.saw.status = make(map[string]mark)
	s.runs = append(s.runs, r)
	clock := new(hub.Clock)
	gh, err := hub.New("", "ghs_x", clock.Through(line{s, r}))
	if err != nil {
		panic(err)
	}
	env := map[string]string{
		"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/shop",
		"GITHUB_RUN_ID": fmt.Sprint(r.id), "GITHUB_RUN_ATTEMPT": fmt.Sprint(r.attempt),
	}
	log := publish.NewLog(&r.log)
	run := Run{
		GitHub: gh, Log: log, Again: again, Wait: time.Minute,
		Publisher: publish.New(gh, log, clock, func(name string) string { return env[name] }),
		Judge: func(ctx context.Context, _ action.Event, res action.Resolved) (Verdict, error) {
			return r.judge(ctx, line{s, r}, res)
		},
	}
	go func() {
		defer cancel()
		r.end = run.Do(ctx, r.event)
		r.done.Store(true)
	}()
}

// judge takes its time, which the seed chooses as it does for a request.
func (r *simRun) judge(ctx context.Context, l line, res action.Resolved) (Verdict, error) {
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, res.Target.URL, nil)
	seen, err := l.RoundTrip(req)
	if err != nil {
		return Verdict{}, err
	}
	seen.Body.Close()
	v := Verdict{Ending: Open}
	v.Report = gate.Report{Target: res.Target}
	v.Scope, v.State, v.Fork = res.Scope, "success", res.Fork
	if r.id%2 == 1 {
		v.Ending, v.State = Closed, "failure"
	}
	v.Description = fmt.Sprintf("%s on %s", r, res.Target.URL)
	v.Markdown = "### report of " + v.Description + "\n"
	return v, nil
}

// A line is a run's way to GitHub.
type line struct {
	s *simulation
	r *simRun
}

// RoundTrip hands a request to the simulation and waits for its answer.
func (l line) RoundTrip(req *http.Request) (*http.Response, error) {
	c := &call{run: l.r, req: req, body: read(req), answered: make(chan *http.Response, 1)}
	l.s.mu.Lock()
	l.s.calls = append(l.s.calls, c)
	l.s.mu.Unlock()
	select {
	case resp := <-c.answered:
		if resp == nil {
			return nil, fmt.Errorf("the connection broke")
		}
		return resp, nil
	case <-req.Context().Done():
		l.s.mu.Lock()
		l.s.calls = slices.DeleteFunc(l.s.calls, func(other *call) bool { return other == c })
		l.s.mu.Unlock()
		return nil, req.Context().Err()
	}
}

// play lets things happen until nothing is left to happen.
func (s *simulation) play() {
	for step := 0; ; step++ {
		synctest.Wait()
		switch {
		case s.next():
		case !s.allDone():
			time.Sleep(100 * time.Millisecond)
		default:
			return
		}
		if step > 20_000 {
			s.violation("the runs do not end")
			return
		}
		time.Sleep(time.Duration(s.rng.IntN(300)) * time.Millisecond)
	}
}

func (s *simulation) allDone() bool {
	return !slices.ContainsFunc(s.runs, func(r *simRun) bool { return !r.done.Load() })
}

// next lets something happen, if there is anything to happen.
func (s *simulation) next() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	choices := len(s.calls) + min(len(s.events), 1)
	if choices > 0 {
		s.step(s.rng.IntN(choices))
	}
	return choices > 0
}

// step lets one thing happen: the next event, GitHub's doing of a request, or the coming of its answer.
func (s *simulation) step(choice int) {
	if choice == len(s.calls) {
		next := s.events[0]
		s.events = s.events[1:]
		next()
		return
	}
	slices.SortStableFunc(s.calls, func(a, b *call) int { return strings.Compare(a.key(), b.key()) })
	c := s.calls[choice]
	if c.resp == nil {
		c.resp = s.serve(c) //nolint:bodyclose // it is the run's to close
		if c.resp != nil && s.rng.IntN(10) > 0 {
			return // its answer is still to come
		}
	}
	s.calls = slices.Delete(s.calls, choice, choice+1)
	if c.resp != nil {
		c.seen()
	}
	c.answered <- c.resp
}

func (c *call) key() string {
	return fmt.Sprintf("%06d.%03d %s %s", c.run.id, c.run.attempt, c.req.Method, c.req.URL)
}

// serve is GitHub's doing of a request. Now and then it breaks on the way there, or on the way back.
func (s *simulation) serve(c *call) *http.Response {
	if !strings.HasPrefix(c.req.URL.Path, "/repos/") && c.req.URL.Host != "api.github.com" {
		c.seen = func() {}
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: c.req} // the preview
	}
	if c.run.atStart == nil {
		c.run.atStart = s.hub.copy()
	}
	accident := s.rng.IntN(60)
	if accident == 0 {
		s.note("%s: %s %s broke on the way", c.run, c.req.Method, c.req.URL.Path)
		return nil
	}
	s.note("%s: %s %s", c.run, c.req.Method, c.req.URL.Path)
	c.seen = s.seen(c)
	resp := s.view(c).answer(c.req, c.body)
	if resp.StatusCode < 300 {
		s.judgeWrite(c)
	}
	if accident == 1 {
		s.note("%s: the answer was lost", c.run)
		return nil
	}
	return resp
}

func (f *fakeHub) copy() *fakeHub {
	c := *f
	c.statuses, c.comments, c.deployments = slices.Clone(f.statuses), nil, nil
	for _, comment := range f.comments {
		c.comments = append(c.comments, new(*comment))
	}
	for _, d := range f.deployments {
		c.deployments = append(c.deployments, &fakeDeployment{d.id, d.sha, slices.Clone(d.statuses), d.project})
	}
	return &c
}

var seeds = flag.Uint64("seeds", 300, "how many histories the simulation plays")

// play plays the history of a seed and returns what was wrong with it.
func play(t *testing.T, seed uint64, removed string) (s *simulation) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		s = newSimulation(seed, removed)
		s.play()
		s.atRest()
	})
	return s
}

// TestNothingStaleIsWritten plays many histories.
func TestNothingStaleIsWritten(t *testing.T) {
	share := uint64(runtime.GOMAXPROCS(0))
	for first := range share {
		t.Run(fmt.Sprintf("from seed %d", first), func(t *testing.T) {
			t.Parallel()
			for seed := first; seed < *seeds; seed += share {
				if s := play(t, seed, ""); len(s.wrong) > 0 {
					t.Fatalf("seed %d: %s\n%s", seed, strings.Join(s.wrong, "; "), strings.Join(s.said, "\n"))
				}
			}
		})
	}
}

// TestTheSimulationNoticesAMissingGuard holds that the simulation would find it if a guard were gone: with its reads
// answered as of the run's start, some history goes wrong.
func TestTheSimulationNoticesAMissingGuard(t *testing.T) {
	for _, guard := range guards() {
		t.Run(guard, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(5000) {
				if s := play(t, seed, guard); len(s.wrong) > 0 {
					t.Logf("seed %d: %s", seed, s.wrong[0])
					return
				}
			}
			t.Error("nothing went wrong without it")
		})
	}
}
