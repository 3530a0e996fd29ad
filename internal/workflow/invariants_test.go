package workflow

import (
	"cmp"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// A mark says which run a status or a comment is of, and when that run began by GitHub's clock.
type mark struct{ seen, started, run, attempt uint64 }

func (m mark) compare(other mark) int {
	return cmp.Or(cmp.Compare(m.seen, other.seen), cmp.Compare(m.started, other.started), cmp.Compare(m.run, other.run), cmp.Compare(m.attempt, other.attempt))
}

func (m mark) isOf(r *simRun) bool { return m.run == uint64(r.id) && m.attempt == uint64(r.attempt) }

func number(s string) uint64 {
	n, _ := strconv.ParseUint(s, 10, 64)
	return n
}

var (
	addressForm = regexp.MustCompile(`/runs/(\d+)/attempts/(\d+)#.*started=(\d+)(?:&seen=(\d+))?`)
	keyForm     = regexp.MustCompile(` (\w+)=(\S*)`)
)

// markOf reads the mark in the address that a status links to. The simulation reads it in its own way.
func markOf(address string) (mark, bool) {
	m := addressForm.FindStringSubmatch(address)
	if m == nil {
		return mark{}, false
	}
	return mark{number(m[4]), number(m[3]), number(m[1]), number(m[2])}, true
}

// markIn reads the mark of a comment, and which commit the comment is on.
func markIn(body string) (m mark, sha string, found bool) {
	first, _, _ := strings.Cut(body, "\n")
	if !strings.HasPrefix(first, "<!-- previewgate v1 ") {
		return mark{}, "", false
	}
	value := make(map[string]string)
	for _, key := range keyForm.FindAllStringSubmatch(first, -1) {
		value[key[1]] = key[2]
	}
	return mark{number(value["seen"]), number(value["started"]), number(value["run"]), number(value["attempt"])}, value["sha"], true
}

// newestStatus is the latest mark that any status of a commit carries.
func (f *fakeHub) newestStatus(sha string) (newest mark) {
	for _, s := range f.statuses {
		if m, found := markOf(s.address); s.sha == sha && found && m.compare(newest) > 0 {
			newest = m
		}
	}
	return newest
}

// ours lists the comments that carry a marker and are by the bot.
func (f *fakeHub) ours() (all []*fakeComment) {
	for _, c := range f.comments {
		if _, _, found := markIn(c.body); found && c.login == bot {
			all = append(all, c)
		}
	}
	return all
}

// A sight is how things really were when a run last read what guards its writes, whatever it was answered.
type sight struct {
	status   map[string]mark // the newest of each commit
	head     string
	comment  mark // of the newest comment on the head
	comments int

	wroteStatus, wroteComment bool
}

// The guards, by what they read. The final look is whatever is read after the first write.
const (
	guardStatus      = "status"
	guardHead        = "head"
	guardComments    = "comments"
	guardDeployments = "deployments"
	guardFinalStatus = "final look at the statuses"
	guardFinalHead   = "final look at the head"
	guardFinalList   = "final look at the comments"
)

func guards() []string {
	return []string{guardStatus, guardHead, guardComments, guardDeployments, guardFinalStatus, guardFinalHead, guardFinalList}
}

// guard names what a request reads, or "": by whether the run has written what the reading guards.
func (r *simRun) guard(c *call) []string {
	parts := c.parts()
	choose := func(written bool, before, after string) string {
		if written {
			return after
		}
		return before
	}
	switch {
	case c.req.Method != http.MethodGet:
	case matches(parts, "commits/heads/fix/status"):
		return []string{
			choose(r.saw.wroteStatus, guardStatus, guardFinalStatus), choose(r.saw.wroteComment, guardHead, guardFinalHead),
		}
	case matches(parts, "commits/*/statuses"), matches(parts, "commits/*/status"):
		return []string{choose(r.saw.wroteStatus, guardStatus, guardFinalStatus)}
	case matches(parts, "pulls/7"):
		return []string{choose(r.saw.wroteComment, guardHead, guardFinalHead)}
	case matches(parts, "issues/7/comments"):
		return []string{choose(r.saw.wroteComment, guardComments, guardFinalList)}
	case parts[0] == "deployments":
		return []string{guardDeployments}
	}
	return nil
}

func (c *call) parts() []string {
	return strings.Split(strings.TrimPrefix(c.req.URL.Path, "/repos/acme/shop/"), "/")
}

// view is GitHub as a request sees it: as it is, but for what the removed guard reads.
func (s *simulation) view(c *call) *fakeHub {
	for _, guard := range c.run.guard(c) {
		if guard != s.removed {
			continue
		}
		old, view := c.run.atStart, *s.hub
		switch guard {
		case guardStatus, guardFinalStatus:
			view.statuses = old.statuses
		case guardHead, guardFinalHead:
			view.head = old.head
		case guardComments, guardFinalList:
			view.comments = old.comments
		case guardDeployments:
			view.deployments = old.deployments
		}
		return &view
	}
	return s.hub
}

// seen returns what a run learns about how things are when it gets the answer to a request, whatever it is told.
func (s *simulation) seen(c *call) func() {
	saw, parts := &c.run.saw, c.parts()
	head, sha := s.hub.head, parts[min(1, len(parts)-1)]
	if matches(parts, "commits/heads/fix/status") {
		sha = head
	}
	newest, ours := s.hub.newestStatus(sha), s.hub.ours()
	if strings.HasSuffix(c.req.URL.Path, "/status") { // of each name, GitHub tells the one that counts
		top, _ := s.hub.top(sha)
		newest, _ = markOf(top.address)
	}
	var latest mark
	for _, o := range ours {
		if m, on, _ := markIn(o.body); on == head && m.compare(latest) > 0 {
			latest = m
		}
	}
	return func() {
		switch {
		case c.req.Method != http.MethodGet:
		case parts[0] == "commits" && strings.HasPrefix(parts[len(parts)-1], "status"):
			saw.status[sha] = newest
			if parts[1] == "heads" {
				saw.head = head
			}
		case matches(parts, "pulls/7"):
			saw.head = head
		case matches(parts, "issues/7/comments"):
			saw.comment, saw.comments = latest, len(ours)
		}
	}
}

// judgeWrite holds a write against what the run had seen before it.
func (s *simulation) judgeWrite(c *call) {
	r, parts := c.run, c.parts()
	saw := &r.saw
	switch {
	case c.req.Method == http.MethodPost && parts[0] == "statuses":
		posted := s.hub.statuses[len(s.hub.statuses)-1]
		saw.wroteStatus = true
		m, found := markOf(posted.address)
		switch {
		case !found:
			s.violation("%s set a status without a mark: %s", r, posted.address)
		case m.compare(saw.status[posted.sha]) < 0:
			s.violation("%s set a status although it had seen a newer one: %v after %v", r, m, saw.status[posted.sha])
		}
	case c.req.Method == http.MethodPost && parts[0] == "issues", c.req.Method == http.MethodPatch:
		saw.wroteComment = true
		m, sha, found := markIn(text(c.body))
		switch {
		case !found:
			s.violation("%s wrote a comment without a marker", r)
		case m.isOf(r) && saw.head != "" && sha != saw.head:
			s.violation("%s commented on %s although it had seen the head %s", r, sha, saw.head)
		case sha == saw.head && m.compare(saw.comment) < 0:
			s.violation("%s wrote a comment although it had seen a newer one", r)
		case c.req.Method == http.MethodPost && saw.comments > 0:
			s.violation("%s added a comment although it had seen one", r)
		}
	}
}

// atRest holds what must be so when all is over.
func (s *simulation) atRest() {
	for sha := range s.newest {
		s.statusAtRest(sha)
	}
	if n := len(s.hub.ours()); n > 1 {
		s.violation("there are %d comments at the end", n)
	}
	s.commentAtRest()
}

func (s *simulation) statusAtRest(sha string) {
	top, found := s.hub.top(sha)
	m, _ := markOf(top.address)
	switch newest := s.hub.newestStatus(sha); {
	case s.someBroke():
	case !found || top.state == "pending":
		s.violation("the status of %s is left %q", sha, top.state)
	case m.compare(newest) < 0:
		s.violation("an older status of %s stands over a newer one: %v over %v", sha, m, newest)
	case !isCanceled(top) && !s.someCanceled(sha) && !strings.HasSuffix(top.description, s.newest[sha]):
		s.violation("the status of %s is not on its newest deployment %s: %s", sha, s.newest[sha], top.description)
	}
}

func isCanceled(s fakeStatus) bool { return strings.Contains(s.description, "cancelled") }

// someCanceled reports whether a run was canceled that might have judged the newest deployment of a commit.
func (s *simulation) someCanceled(sha string) bool {
	for _, r := range s.runs {
		if r.canceled && (r.event.SHA == sha || r.event.SHA == "") {
			return true
		}
	}
	return false
}

// someBroke reports whether a run gave up on GitHub, and said so.
func (s *simulation) someBroke() bool {
	for _, r := range s.runs {
		if r.end == Broken {
			return true
		}
	}
	return false
}

// commentAtRest holds the comment to the latest verdict on the head.
func (s *simulation) commentAtRest() {
	var latest mark
	for _, status := range s.hub.statuses {
		if m, found := markOf(status.address); found && status.sha == s.hub.head && !isCanceled(status) && m.compare(latest) > 0 {
			latest = m
		}
	}
	if latest == (mark{}) || s.someCommentFailed() {
		return
	}
	ours := s.hub.ours()
	if len(ours) == 0 {
		s.violation("there is no comment at the end")
		return
	}
	m, sha, _ := markIn(ours[0].body)
	if sha != s.hub.head || m != latest {
		s.violation("the comment is of %v on %s, not of %v on %s", m, sha, latest, s.hub.head)
	}
}

func (s *simulation) someCommentFailed() bool {
	for _, r := range s.runs {
		if strings.Contains(r.log.String(), "the comment was not written") && !strings.Contains(r.log.String(), "::notice::the comment was not written") {
			return true
		}
	}
	return s.someBroke()
}
