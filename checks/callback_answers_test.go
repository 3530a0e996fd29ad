package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestCallbackAnswers(t *testing.T) {
	const refusal = `{"error":{"message":"Something went wrong","description":"Couldn't sign in. If you are not sure what happened, please contact your organization admin."}}`
	says := func(h facts.Hop) []gate.Given { return given(facts.Callback.Is(h)) }
	healthy := withBody(hop("/callback?state=previewgate", 500, "Content-Type", "application/json"), refusal)
	answers := gate.Pass("AuthKit's callback answers at /callback")
	custom := func(short string) gate.Verdict {
		return gate.Unsure("/callback answers %s, which is not AuthKit's own answer: it may be a custom onError, or no callback", short)
	}
	toSignIn := toAuthorize("/callback", preview+"/callback")
	byRoute := hop("/callback", 307, "Location", toSignIn.Header.Get("Location"), "Vary", "rsc, next-router-state-tree")
	judge(t, CallbackAnswers, []trial{
		{name: "AuthKit's own answer", facts: says(healthy), want: answers},
		{
			name: "a custom onError, and AuthKit's verifier cookie", want: answers,
			facts: says(hop("/callback", 307, "Location", "/sign-in?error=1", "Set-Cookie", "wos-auth-verifier-1a2b3c4d=; Path=/; Max-Age=0")),
		},
		{name: "a custom onError that leads to the sign-in page", facts: says(hop("/callback", 307, "Location", "/sign-in")), want: custom("307 Temporary Redirect to " + preview + "/sign-in")},
		{name: "a custom onError that starts again", facts: says(byRoute), want: custom("307 Temporary Redirect to https://api.workos.com/user_management/authorize")},
		{name: "a custom onError with a page", facts: says(page("/callback", 200)), want: custom("200 OK, text/html")},
		{name: "some other JSON error", facts: says(hop("/callback", 500, "Content-Type", "application/json")), want: custom("500 Internal Server Error, application/json")},
		{name: "down for now", facts: says(hop("/callback", 503)), want: custom("503 Service Unavailable")},
		{
			name: "no route", facts: says(page("/auth/callback?state=previewgate", 404)),
			want: gate.Fail("there is no callback at /auth/callback, where WorkOS sends visitors after sign-in").
				FixedBy("Export `GET = handleAuth()` from `app/auth/callback/route.ts`, or let the redirect URI name the path where the callback is.").
				Because("GET /auth/callback", "404 Not Found, text/html"),
		},
		{
			name: "a custom 404 page that is JSON", facts: says(hop("/callback", 404, "Content-Type", "application/json")),
			want: gate.Fail("there is no callback at /callback, where WorkOS sends visitors after sign-in").
				FixedBy("Export `GET = handleAuth()` from `app/callback/route.ts`, or let the redirect URI name the path where the callback is."),
		},
		{
			name: "the proxy keeps visitors out", facts: says(toSignIn),
			want: gate.Fail("the proxy sends visitors who return to /callback to sign in again, without end").
				FixedBy("Add `/callback` to the proxy's `unauthenticatedPaths`.").
				Because("GET /callback", "307 Temporary Redirect to https://api.workos.com/user_management/authorize"),
		},
		{name: "a route for POST only", facts: says(hop("/callback", 405)), want: gate.Fail("the route at /callback does not answer GET, by which visitors return").Because("GET /callback", "405 Method Not Allowed")},
	})
}
