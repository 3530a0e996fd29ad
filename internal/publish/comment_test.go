package publish

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// text is a comment of some run as it stands on GitHub.
func text(m marker) string { return m.String() + "\n### old\n" }

func later(m marker, run, attempt uint64) marker {
	m.run, m.attempt = run, attempt
	return m
}

func TestTheFirstRunComments(t *testing.T) {
	b := newBench(t)
	b.add("mallory", text(ownMarker())+"forged")
	b.comments[0].Body = "> " + b.comments[0].Body
	if err := b.publisher.Publish(t.Context(), testOutcome()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		"POST statuses/" + testSHA, "GET pulls/7", "GET issues/7/comments", "POST issues/7/comments", "GET issues/7/comments",
	}, b.asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	want := "<!-- previewgate v1 project= sha=" + testSHA + " dpl=dpl_1 run=200 attempt=1 -->\n### 1 thing to fix\n"
	if got := b.comments[1].Body; got != want {
		t.Errorf("commented %q, want %q", got, want)
	}
}

func TestTheNextRunEditsItsComment(t *testing.T) {
	b := newBench(t)
	for range 4 {
		b.add("somebody", "a comment between")
	}
	ours := b.add(actionsBot, text(later(ownMarker(), 100, 3)))
	if err := b.publisher.Publish(t.Context(), testOutcome()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		"POST statuses/" + testSHA, "GET pulls/7", "GET issues/7/comments", "GET issues/7/comments?page=2",
		"GET issues/7/comments?page=3", "GET /user", "PATCH issues/comments/" + ours.URL[strings.LastIndexByte(ours.URL, '-')+1:],
	}, b.asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if len(b.comments) != 5 || !strings.HasPrefix(ours.Body, ownMarker().String()) {
		t.Errorf("%d comments, ours %q", len(b.comments), ours.Body)
	}
}

func TestWhoseCommentItIs(t *testing.T) {
	for _, c := range []struct {
		name   string
		login  string
		isApp  bool
		others []string // who else has written our marker
		edited bool     // or else added
	}{
		{"a person's token", "alice", false, []string{"mallory"}, true},
		{"a person's token, in other letters", "Alice", false, nil, true},
		{"the workflow's token", actionsBot, true, []string{"mallory"}, true},
		{"an app's token", "gatekeeper[bot]", true, []string{actionsBot, "mallory"}, true},
		{"a first comment after forged ones", actionsBot, true, []string{"mallory", "github-actions"}, false},
	} {
		b := newBench(t)
		b.login, b.isApp = c.login, c.isApp
		for _, other := range c.others {
			b.add(other, text(later(ownMarker(), 900, 1)))
		}
		if c.edited {
			b.add(strings.ToLower(c.login), text(later(ownMarker(), 100, 1)))
		}
		if err := b.publisher.Publish(t.Context(), testOutcome()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		last := b.comments[len(b.comments)-1]
		if len(b.comments) != len(c.others)+1 || !strings.EqualFold(last.User.Login, c.login) ||
			!strings.Contains(last.Body, "1 thing to fix") {
			t.Errorf("%s: %d comments, the last by %s: %q", c.name, len(b.comments), last.User.Login, last.Body)
		}
		if added := b.creates() > 0; added == c.edited {
			t.Errorf("%s: added %v", c.name, added)
		}
	}
}

func TestALaterRunHasTheWord(t *testing.T) {
	elsewhere := ownMarker()
	elsewhere.sha = otherSHA
	scoped := later(ownMarker(), 900, 1)
	scoped.project = "docs"
	for _, c := range []struct {
		name   string
		there  marker
		before func(string) int
		want   string // replaced, kept or added
	}{
		{"an older run", later(ownMarker(), 199, 9), nil, "replaced"},
		{"the same run, run again", ownMarker(), nil, "replaced"},
		{"an earlier attempt", later(ownMarker(), 200, 0), nil, "replaced"},
		{"a later run", later(ownMarker(), 201, 1), nil, "kept"},
		{"a later attempt", later(ownMarker(), 200, 2), nil, "kept"},
		{"a later run on a commit that is not the head", later(elsewhere, 201, 1), nil, "replaced"},
		{"another project", scoped, nil, "added"},
		{"a later run when the head is not known", later(elsewhere, 201, 1), refuse("GET pulls/7", 403), "kept"},
		{"an older run when the head is not known", later(elsewhere, 199, 1), refuse("GET pulls/7", 403), "replaced"},
	} {
		b := newBench(t)
		there := b.add(actionsBot, text(c.there))
		b.before = c.before
		if err := b.publisher.Publish(t.Context(), testOutcome()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		got := "kept"
		switch {
		case len(b.comments) > 1:
			got = "added"
		case there.Body != text(c.there):
			got = "replaced"
		}
		if got != c.want || len(b.statuses) != 1 {
			t.Errorf("%s: %s, want %s; %d statuses", c.name, got, c.want, len(b.statuses))
		}
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

func TestTheHeadHasMoved(t *testing.T) {
	b := newBench(t)
	b.head = otherSHA
	there := b.add(actionsBot, text(later(ownMarker(), 100, 1)))
	if err := b.publisher.Publish(t.Context(), testOutcome()); err != nil {
		t.Fatal(err)
	}
	if there.Body != text(later(ownMarker(), 100, 1)) || len(b.comments) != 1 || len(b.statuses) != 1 {
		t.Errorf("comments %v, statuses %v; want a status alone", b.comments, b.statuses)
	}
	if !strings.Contains(b.log.String(), "::notice::the comment was not written: the pull request has got other commits") {
		t.Errorf("log:\n%s", &b.log)
	}
}

func TestLongReportsAreCut(t *testing.T) {
	b := newBench(t)
	o := testOutcome()
	o.Markdown = strings.Repeat("a line with ünïcode\n", 5000)
	o.Scope = strings.Repeat("ü", 100)
	if err := b.publisher.Publish(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	body := b.comments[0].Body
	if len(body) > 65_536 || len(body) < 63_000 || !strings.HasSuffix(body, "ünïcode\n\n*This report was cut: it is too long for here.*\n") {
		t.Errorf("%d bytes, ending in %q", len(body), body[len(body)-100:])
	}
	if _, ok := parseMarker(body); !ok {
		t.Errorf("the marker of a long name is none: %.300q", body)
	}
	if got := fit(strings.Repeat("ü", 100), 99); len(got) > 99 || !strings.HasPrefix(got, "ü") {
		t.Errorf("a single line is cut to %q", got)
	}
}
