package publish

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The stop comes while GitHub adds the comment, beside one that was added at the same time.
func TestARunThatIsStoppedStillTakesItsSecondCommentAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		b.once("POST issues/7/comments", func() {
			b.add(actionsBot, textOf(markerOn(testSHA, older())))
			cancel()
		})
		started := time.Now()
		b.publisher.Publish(ctx, testOutcome()) //nolint:errcheck // whatever it says, one is to be left
		if len(b.comments) != 1 || !strings.Contains(b.comments[0].Body, "1 thing to fix") {
			t.Errorf("%d comments, the first %q", len(b.comments), b.comments[0].Body)
		}
		if took := time.Since(started); took > grace {
			t.Errorf("it took %v", took)
		}
	})
}

func TestARunThatIsStoppedStillUncoversANewerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		theirs := statusOf(newer(), testSHA, "success")
		b.once("POST statuses/", func() {
			b.statuses = append(b.statuses, theirs)
			cancel()
		})
		b.publisher.Publish(ctx, testOutcome()) //nolint:errcheck // what stands at the end is what counts
		if top := b.top(t); top != theirs || len(b.comments) > 0 {
			t.Errorf("%+v stands, beside %d comments", top, len(b.comments))
		}
	})
}

func TestALookThatIsOwedEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		b.before = func(request string) int {
			if strings.HasPrefix(request, "POST statuses/") {
				cancel()
			}
			if b.count("POST statuses/") > 0 && request != "POST statuses/"+testSHA {
				return 502
			}
			return 0
		}
		started := time.Now()
		b.publisher.Publish(ctx, testOutcome()) //nolint:errcheck // how long it takes is what counts
		if took := time.Since(started); took > grace {
			t.Errorf("it took %v, want at most %v", took, grace)
		}
	})
}
