package publish

import (
	"strings"
	"testing"
)

func TestTheAnswerToACreateIsLost(t *testing.T) {
	b := newBench(t)
	b.before = refuse("POST issues/7/comments", 1502)
	end := b.publish(t, testOutcome())
	if len(b.comments) != 1 || b.count("POST issues/7/comments") != 1 {
		t.Errorf("%d comments, requests %q", len(b.comments), b.asked)
	}
	if end.CommentURL != b.comments[0].URL {
		t.Errorf("the comment's address is %q", end.CommentURL)
	}
}

// Whose the token is, the answer to the comment tells as well as that to the status.
func TestTheFirstCommentTellsWhoWeAre(t *testing.T) {
	b := newBench(t)
	b.before = refuse("POST statuses/"+testSHA, 404)
	if _, err := b.publisher.Publish(t.Context(), testOutcome()); err == nil || len(b.comments) != 1 || b.count("GET /user") > 0 {
		t.Errorf("error %v, requests %q", err, b.asked)
	}
}

func TestACreateThatFailsIsTriedOnceMore(t *testing.T) {
	b := newBench(t)
	tries := 0
	b.before = func(asked string) int {
		if asked == "POST issues/7/comments" {
			if tries++; tries == 1 {
				return 502
			}
		}
		return 0
	}
	if b.publish(t, testOutcome()); len(b.comments) != 1 || tries != 2 {
		t.Errorf("%d comments after %d tries", len(b.comments), tries)
	}
	b = newBench(t)
	b.before = refuse("POST issues/7/comments", 502)
	if b.publish(t, testOutcome()); b.count("POST issues/7/comments") != 2 {
		t.Errorf("requests %q", b.asked)
	}
	if !strings.Contains(b.log.String(), "::warning::the comment was not written: GitHub is out of order (502)") {
		t.Errorf("log:\n%s", &b.log)
	}
}

// Another run adds a comment after we have looked and before we add ours.
func TestTwoRunsAddACommentAtOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		other marker
		head  string
		want  string
	}{
		{"the other is older", markerOn(testSHA, older()), testSHA, "1 thing to fix"},
		{"the other is newer", markerOn(testSHA, newer()), testSHA, "### old"},
		{"the other is newer, on a commit that is not the head", markerOn(otherSHA, newer()), testSHA, "1 thing to fix"},
		{"the other is on a new head", markerOn(otherSHA, newer()), otherSHA, "### old"},
	} {
		b := newBench(t)
		b.once("POST issues/7/comments", func() {
			b.head = c.head
			b.add(actionsBot, textOf(c.other))
		})
		end := b.publish(t, testOutcome())
		if len(b.comments) != 1 || !strings.Contains(b.comments[0].Body, c.want) {
			t.Errorf("%s: %d comments, the first %q", c.name, len(b.comments), b.comments[0].Body)
		}
		if end.CommentURL != b.comments[0].URL {
			t.Errorf("%s: the comment's address is %q", c.name, end.CommentURL)
		}
	}
}

// The other run was killed before it could take its own away, which is the younger one.
func TestTheCommentOfAKilledRunIsRemoved(t *testing.T) {
	for _, c := range []struct {
		name  string
		other marker
		want  string
	}{{"an older run", markerOn(testSHA, older()), "1 thing to fix"}, {"a newer run", markerOn(testSHA, newer()), "### old"}} {
		b := newBench(t)
		b.onceAfter("POST issues/7/comments", func() { b.add(actionsBot, textOf(c.other)) })
		b.publish(t, testOutcome())
		if len(b.comments) != 1 || b.comments[0].ID != 101 || !strings.Contains(b.comments[0].Body, c.want) {
			t.Errorf("%s: %d comments, the first %+v", c.name, len(b.comments), b.comments[0])
		}
	}
}

func TestCommentsThatWereLeftOverAreRemoved(t *testing.T) {
	b := newBench(t)
	for run := range uint64(3) {
		b.add(actionsBot, textOf(markerOn(testSHA, begun(-60, run, 1))))
	}
	first := b.comments[0]
	b.before = func(asked string) int {
		if asked == "DELETE issues/comments/102" && b.count(asked) == 1 {
			return 1502 // its answer is lost, and the second time there is nothing to remove
		}
		return 0
	}
	b.publish(t, testOutcome())
	if len(b.comments) != 1 || b.comments[0] != first || !strings.Contains(first.Body, "1 thing") {
		t.Errorf("%d comments, the first %q", len(b.comments), b.comments[0].Body)
	}
}

func TestACommentThatIsGoneIsAddedAgain(t *testing.T) {
	b := newBench(t)
	b.add(actionsBot, textOf(markerOn(testSHA, older())))
	b.once("PATCH", func() { b.comments = nil })
	if b.publish(t, testOutcome()); len(b.comments) != 1 {
		t.Errorf("%d comments", len(b.comments))
	}
	b = newBench(t)
	b.add(actionsBot, textOf(markerOn(testSHA, older())))
	b.before = func(asked string) int {
		switch {
		case strings.HasPrefix(asked, "PATCH"):
			return 404
		case strings.HasPrefix(asked, "POST issues"):
			return 502
		}
		return 0
	}
	if b.publish(t, testOutcome()); len(b.asked) > 12 {
		t.Errorf("a GitHub out of its mind was asked %d times", len(b.asked))
	}
}

func TestCommentsAreFoundOnAllPages(t *testing.T) {
	b := newBench(t)
	b.paged = 2
	for range 4 {
		b.add("somebody", "a comment between")
	}
	ours := b.add(actionsBot, textOf(markerOn(testSHA, older())))
	if b.publish(t, testOutcome()); len(b.comments) != 5 || !strings.Contains(ours.Body, "1 thing to fix") {
		t.Errorf("%d comments, ours %q", len(b.comments), ours.Body)
	}
}
