package hub

import (
	"errors"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-github/v66/github"
)

// Traps 1 and 2 of the libraries underneath are about what is printed for the runner: see package publish.

func TestTrap3RetryAfterIsNeverWaitedForWithoutBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeGitHub{answers: []answer{{status: 429, header: map[string]string{"Retry-After": "3600"}}}}
		started := time.Now()
		err := readPull(t.Context(), newClient(t, fake))
		if took := time.Since(started); err == nil || took > 0 || len(fake.asked) != 1 {
			t.Errorf("took %v and %d requests, error %v; want to give up at once", took, len(fake.asked), err)
		}
	})
}

func TestTrap3WaitsAddUpToABudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeGitHub{answers: []answer{{status: 503, header: map[string]string{"Retry-After": "7"}}}}
		client := newClient(t, fake)
		started := time.Now()
		for range 20 {
			_ = readPull(t.Context(), client)
		}
		if took := time.Since(started); took > patience {
			t.Errorf("20 requests waited %v in all, want at most %v", took, patience)
		}
	})
}

func TestTrap3AHangingAPICostsNoMoreThanPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		err := readPull(t.Context(), newClient(t, hanging{}))
		if took := time.Since(started); err == nil || took > patience {
			t.Errorf("took %v (%v), want an error within %v", took, err, patience)
		}
	})
}

type hanging struct{}

func (hanging) RoundTrip(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

func TestTrap3APostIsNeverRepeated(t *testing.T) {
	for _, a := range []answer{
		{status: 502},
		{status: 429, header: map[string]string{"Retry-After": "0"}},
		{err: errors.New("connection reset by peer")},
	} {
		fake := &fakeGitHub{answers: []answer{a}}
		if err := createComment(t.Context(), newClient(t, fake)); err == nil || len(fake.asked) != 1 {
			t.Errorf("after %+v: %d requests, error %v", a, len(fake.asked), err)
		}
	}
}

func TestTrap3OnlyAPatchOrADeleteOfACommentIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			name  string
			write func(*github.Client)
			tries int
		}{
			{"editing a comment", func(c *github.Client) {
				_, _, _ = c.Issues.EditComment(t.Context(), "o", "r", 5, &github.IssueComment{})
			}, maxTries},
			{"removing a comment", func(c *github.Client) { _, _ = c.Issues.DeleteComment(t.Context(), "o", "r", 5) }, maxTries},
			{"editing an issue", func(c *github.Client) {
				_, _, _ = c.Issues.Edit(t.Context(), "o", "r", 5, &github.IssueRequest{})
			}, 1},
			{"removing a label", func(c *github.Client) { _, _ = c.Issues.DeleteLabel(t.Context(), "o", "r", "x") }, 1},
		} {
			fake := &fakeGitHub{answers: []answer{{status: 502}}}
			c.write(newClient(t, fake))
			if len(fake.asked) != c.tries {
				t.Errorf("%s took %d tries, want %d", c.name, len(fake.asked), c.tries)
			}
		}
	})
}

func TestTrap3SecondaryLimitsAreWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeGitHub{answers: []answer{
			{status: 403, header: map[string]string{"Retry-After": "3"}},
			{status: 200, body: `{"number":1}`},
		}}
		err := readPull(t.Context(), newClient(t, fake))
		if err != nil || len(fake.asked) != 2 || fake.at[1].Sub(fake.at[0]) != 3*time.Second {
			t.Errorf("%d requests at %v, error %v; want a second one after 3 s", len(fake.asked), fake.at, err)
		}
	})
}

func TestTrap4TooManyRequestsIsALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reset := time.Now().Add(4 * time.Second).Unix()
		fake := &fakeGitHub{answers: []answer{
			{status: 429, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": strconv.FormatInt(reset, 10)}},
			{status: 429},
			{status: 200, body: `{"number":1}`},
		}}
		if err := readPull(t.Context(), newClient(t, fake)); err != nil || len(fake.asked) != 3 {
			t.Fatalf("%d requests, error %v", len(fake.asked), err)
		}
		if first := fake.at[1].Sub(fake.at[0]); first != 4*time.Second {
			t.Errorf("waited %v for the limit to start anew, want 4s", first)
		}
	})
}

// GitHub says in every answer when the primary limit starts anew. go-github would send nothing until then.
func TestTrap4ASecondaryLimitDoesNotLastUntilThePrimaryStartsAnew(t *testing.T) {
	reset := strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10)
	fake := &fakeGitHub{answers: []answer{
		{
			status: 403, header: map[string]string{"X-RateLimit-Remaining": "4000", "X-RateLimit-Reset": reset},
			body: `{"documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`,
		},
		{status: 200, body: `{"number":1}`},
	}}
	client := newClient(t, fake)
	var secondary *github.AbuseRateLimitError
	if err := readPull(t.Context(), client); !errors.As(err, &secondary) {
		t.Fatalf("error %v", err)
	}
	if wait, again := Again(secondary, 1); wait != limitWait || !again {
		t.Errorf("again %v after %v, want after %v", again, wait, limitWait)
	}
	if err := readPull(t.Context(), client); err != nil || len(fake.asked) != 2 {
		t.Errorf("%d requests, error %v", len(fake.asked), err)
	}
}
