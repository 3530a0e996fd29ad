package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestTokenIssued(t *testing.T) {
	handed := func(h facts.Handout) []gate.Given {
		h.Path = "/dashboard"
		return given(own(facts.TokenShown, h))
	}
	judge(t, TokenIssued, []trial{
		{name: "with the document", facts: handed(facts.Handout{By: facts.ByCookie, Issued: true}), want: gate.Pass("the app hands a token out by the cookie workos-access-token")},
		{name: "by the action", facts: handed(facts.Handout{By: facts.ByAction, Issued: true, Status: 200}), want: gate.Pass("the app hands a token out by the server action getAccessTokenAction")},
		{
			name: "nothing", facts: handed(facts.Handout{By: facts.ByAction, Status: 200, Said: "nothing"}),
			want: gate.Fail("the app hands its client no access token, although the session is good").
				Because("POST /dashboard, the server action getAccessTokenAction", "200, and nothing"),
		},
		{
			name: "an error", facts: handed(facts.Handout{By: facts.ByAction, Status: 200, Said: `the error "Failed to refresh access token"`}),
			want: gate.Fail("the app hands its client no access token, although the session is good").
				Because("POST /dashboard, the server action getAccessTokenAction", `200, and the error "Failed to refresh access token"`),
		},
		{name: "an action of another build", facts: handed(facts.Handout{By: facts.ByAction, Status: 409}), want: gate.Unsure("the server action getAccessTokenAction answers 409 Conflict")},
		{name: "it crashes", facts: handed(facts.Handout{By: facts.ByAction, Status: 500}), want: gate.Unsure("the server action getAccessTokenAction answers 500 Internal Server Error")},
	})
}
