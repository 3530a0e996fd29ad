package publish

import (
	"strings"
	"testing"
)

func TestTheTokenOfAForkGetsASentenceOfItsOwn(t *testing.T) {
	const sentence = "nothing but this run's summary was published: the token of a pull request from a fork may only read, " +
		"and no permission changes that: let the gate run on repository_dispatch, whose token is this repository's own"
	for _, c := range []struct {
		name   string
		event  string
		change func(*bench, *Outcome)
		alone  bool
	}{
		{"a fork's pull request", "pull_request", func(b *bench, _ *Outcome) { b.before = forbid("POST") }, true},
		{"also without a check run", "pull_request", func(b *bench, o *Outcome) {
			b.before, o.CheckRun = forbid("POST"), false
		}, true},
		{"also when the head has moved", "pull_request", func(b *bench, _ *Outcome) { b.before, b.head = forbid("POST"), otherSHA }, true},
		{"another event", "deployment_status", func(b *bench, _ *Outcome) { b.before = forbid("POST") }, false},
		{"no fork", "pull_request", func(b *bench, o *Outcome) { b.before, o.Fork = forbid("POST"), false }, false},
		{"a token that may do something", "pull_request", func(b *bench, _ *Outcome) { b.before = forbid("POST statuses") }, false},
		{"another reason", "pull_request", func(b *bench, _ *Outcome) { b.before = refuse("POST statuses/"+testSHA, 422) }, false},
	} {
		b, o := newBench(t), withCheckRun()
		b.env["GITHUB_EVENT_NAME"] = c.event
		b.employ(t)
		o.Fork = true
		c.change(b, &o)
		_, err := b.publisher.Publish(t.Context(), o)
		if err == nil || (err.Error() == sentence) != c.alone {
			t.Errorf("%s: %v", c.name, err)
		}
		if warned := strings.Contains(b.log.String(), "::warning::"); warned && c.alone {
			t.Errorf("%s: log:\n%s", c.name, &b.log)
		}
	}
}

func TestAPermissionIsAskedForOnce(t *testing.T) {
	b := newBench(t)
	b.before = forbid("POST")
	o := withCheckRun()
	for range 2 {
		b.publisher.Publish(t.Context(), o) //nolint:errcheck // the log is what counts
	}
	const advice = "permissions:%0A  statuses: write%0A  pull-requests: write%0A  checks: write\n"
	if got := b.log.String(); strings.Count(got, "permissions:%0A") != 1 || !strings.Contains(got, advice) {
		t.Errorf("log:\n%s", got)
	}
}

func TestOnAPullRequestTheForkIsThoughtOf(t *testing.T) {
	b := newBench(t)
	b.env["GITHUB_EVENT_NAME"] = "pull_request"
	b.employ(t)
	b.before = forbid("POST")
	if err := b.publisher.Resolve(t.Context(), testOutcome().Report.Target, "", "error", "crashed"); err == nil {
		t.Error("no error")
	}
	if !strings.Contains(b.log.String(), "  statuses: write%0AIf the pull request is from a fork, this does not help: the token") {
		t.Errorf("log:\n%s", &b.log)
	}
}

func TestAPermissionThatTheCallerMissedIsAskedForOnce(t *testing.T) {
	b := newBench(t)
	b.publisher.Lacks("")
	b.publisher.Lacks("pull-requests: write")
	b.publisher.Lacks("pull-requests: write")
	b.before = forbid("issues/")
	b.publish(t, testOutcome())
	const advice = "::warning::the workflow's token may do too little; add these lines to the job, beside those it has:%0Apermissions:%0A  pull-requests: write\n"
	if got := b.log.String(); !strings.HasPrefix(got, advice) || strings.Count(got, "permissions:%0A") != 1 {
		t.Errorf("log:\n%s", got)
	}
}
