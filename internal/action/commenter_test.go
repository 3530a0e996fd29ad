package action

import (
	"errors"
	"strings"
	"testing"
)

const permission = "collaborators/ada/permission"

func TestWhoMayAskForARun(t *testing.T) {
	e := Event{Name: issueComment, State: Missing, Environment: "preview", Repository: "acme/shop", PullRequest: 7, Commenter: "ada"}
	for _, c := range []struct {
		answer string
		skip   bool
		want   string // the beginning of the error
	}{
		{`{"permission":"admin"}`, false, ""},
		{`{"permission":"write","role_name":"maintain"}`, false, ""},
		{`{"permission":"maintain"}`, false, ""},
		{`{"permission":"read","role_name":"triage"}`, true, "ada may not ask for a run: that takes write access to the repository"},
		{`{"permission":"none"}`, true, "ada may not ask for a run"},
		{`{"permission":""}`, true, "ada may not ask for a run"},
		{`{}`, true, "ada may not ask for a run"},
		{`{"permission":"read","role_name":"admin"}`, true, "ada may not ask for a run"},
		{`403 {"message":"Resource not accessible by integration"}`, false, "whether ada may ask for a run was not found out: the token lacks"},
		{`404 {"message":"Not Found"}`, false, "whether ada may ask for a run was not found out: "},
		{`{"permission":7}`, false, "whether ada may ask for a run was not found out: "},
	} {
		answers := standing("Preview", list(reported(5, "success", olderURL)))
		answers[permission] = c.answer
		fake, gh := serve(t, answers)
		got, err := Resolve(t.Context(), gh, e)
		if c.want == "" {
			if err != nil || got.Target.SHA != testSHA || got.Target.URL != olderURL || got.State != Success || fake.asked[0] != permission {
				t.Errorf("%s: %+v, %v, asked %q", c.answer, got, err, fake.asked)
			}
			continue
		}
		_, isSkip := errors.AsType[*Skip](err)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || isSkip != c.skip || len(fake.asked) != 1 {
			t.Errorf("%s: %v (a skip: %v), asked %q", c.answer, err, isSkip, fake.asked)
		}
	}
}
