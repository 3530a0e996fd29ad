package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestCookiePassword(t *testing.T) {
	sealed := func(s facts.Seal) []gate.Given { return given(facts.CookieSeal.Is(s)) }
	judge(t, CookiePassword, []trial{
		{name: "the deployment's own", facts: sealed(facts.Seal{Length: 44, State: facts.OpensState, Sealed: true}), want: gate.Pass("it opens what the deployment sealed")},
		{
			name: "another", facts: sealed(facts.Seal{Length: 32, State: facts.OtherSecret, Sealed: true}),
			want: gate.Fail("the deployment seals its cookies with another password than the one that previewgate is given").
				Because("state of the request for sign-in", "sealed with another password"),
		},
		{
			name: "too short, whatever the state", facts: sealed(facts.Seal{Length: 31, State: facts.NoSeal, Sealed: true}),
			want: gate.Fail("the cookie password has 31 characters, and AuthKit insists on 32").
				FixedBy("Set `WORKOS_COOKIE_PASSWORD` to the output of `openssl rand -base64 32`, for the Preview environment in Vercel and for previewgate, and redeploy.").
				Because("length of WORKOS_COOKIE_PASSWORD", "31"),
		},
		{name: "AuthKit 2 seals no state", facts: sealed(facts.Seal{Length: 44, State: facts.NoSeal}), want: gate.Pass("it has 44 characters; the app sends nothing sealed to compare it by")},
		{name: "a seal of another make", facts: sealed(facts.Seal{Length: 44, State: facts.NoSeal, Sealed: true}), want: gate.Unsure("the state of the request for sign-in looks like a seal and is none")},
	})
}
