package publish

import (
	"strings"
	"testing"
)

func TestTheAnswerToACreateIsLost(t *testing.T) {
	b := newBench(t)
	b.before = refuse("POST issues/7/comments", 1502)
	if err := b.publisher.Publish(t.Context(), testOutcome()); err != nil {
		t.Fatal(err)
	}
	if len(b.comments) != 1 || b.creates() != 1 {
		t.Errorf("%d comments, requests %q", len(b.comments), b.asked)
	}
	if got := b.read(t, "output"); !strings.Contains(got, b.comments[0].URL) {
		t.Errorf("outputs lack the comment's address:\n%s", got)
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
	if err := b.publisher.Publish(t.Context(), testOutcome()); err != nil || len(b.comments) != 1 || tries != 2 {
		t.Errorf("%d comments after %d tries, %v", len(b.comments), tries, err)
	}
	b = newBench(t)
	b.before = refuse("POST issues/7/comments", 502)
	if err := b.publisher.Publish(t.Context(), testOutcome()); err != nil || b.creates() != 2 {
		t.Errorf("%d tries, %v", b.creates(), err)
	}
	if !strings.Contains(b.log.String(), "::warning::the comment was not written: GitHub is out of order (502)") {
		t.Errorf("log:\n%s", &b.log)
	}
}

func TestTwoRunsAddACommentAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		other marker
		want  string
	}{
		"the other is older": {later(ownMarker(), 199, 1), "1 thing to fix"},
		"the other is later": {later(ownMarker(), 201, 1), "### old"},
	} {
		b := newBench(t)
		b.before = func(asked string) int {
			if asked == "POST issues/7/comments" {
				b.add(actionsBot, text(c.other)) // after we have looked, before we add
			}
			return 0
		}
		if err := b.publisher.Publish(t.Context(), testOutcome()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(b.comments) != 1 || !strings.Contains(b.comments[0].Body, c.want) {
			t.Errorf("%s: %d comments, the first %q", name, len(b.comments), b.comments[0].Body)
		}
	}
}

func TestCommentsThatWereLeftOverAreRemoved(t *testing.T) {
	b := newBench(t)
	for run := range uint64(3) {
		b.add(actionsBot, text(later(ownMarker(), run, 1)))
	}
	first := b.comments[0]
	if err := b.publisher.Publish(t.Context(), testOutcome()); err != nil {
		t.Fatal(err)
	}
	if len(b.comments) != 1 || b.comments[0] != first || !strings.Contains(first.Body, "1 thing") {
		t.Errorf("%d comments, the first %q", len(b.comments), b.comments[0].Body)
	}
}

func TestACommentThatIsGoneIsAddedAgain(t *testing.T) {
	b := newBench(t)
	there := b.add(actionsBot, text(later(ownMarker(), 100, 1)))
	b.before = func(asked string) int {
		if strings.HasPrefix(asked, "PATCH") && len(b.comments) > 0 && b.comments[0] == there {
			b.comments = nil
		}
		return 0
	}
	if err := b.publisher.Publish(t.Context(), testOutcome()); err != nil || len(b.comments) != 1 {
		t.Errorf("%d comments, %v", len(b.comments), err)
	}
	b = newBench(t)
	b.add(actionsBot, text(later(ownMarker(), 100, 1)))
	b.before = func(asked string) int {
		switch {
		case strings.HasPrefix(asked, "PATCH"):
			return 404
		case strings.HasPrefix(asked, "POST issues"):
			return 502
		}
		return 0
	}
	if err := b.publisher.Publish(t.Context(), testOutcome()); err != nil || len(b.asked) > 12 {
		t.Errorf("a GitHub out of its mind was asked %d times: %v", len(b.asked), err)
	}
}
