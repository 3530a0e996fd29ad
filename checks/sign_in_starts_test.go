package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestSignInStarts(t *testing.T) {
	judge(t, SignInStarts, startingSignIns())
	judge(t, SignInStarts, deadSignIns())
	judge(t, SignInStarts, doubtfulSignIns())
}

// starts are the ways to WorkOS, the sign-in page, and what else is known.
func starts(all []facts.Entrance, page facts.Visit, more ...gate.Given) []gate.Given {
	return append(given(facts.Entrances.Is(all), facts.SignInPage.Is(page), facts.Routes.Is(facts.Paths{})), more...)
}

func startingSignIns() []trial {
	callback := preview + "/callback"
	old := entrance("/sign-in", callback)
	old.Sealed = false
	route := visit(toAuthorize("/sign-in", callback))
	return []trial{
		{name: "AuthKit 4", facts: starts([]facts.Entrance{entrance("/sign-in", callback)}, route), want: gate.Pass("/sign-in leads to WorkOS (AuthKit 3 or later)")},
		{name: "AuthKit 2", facts: starts([]facts.Entrance{old}, route), want: gate.Pass("/sign-in leads to WorkOS (AuthKit 2)")},
		{
			name: "only a protected page leads there", facts: starts([]facts.Entrance{entrance("/dashboard", callback)}, visit(page("/sign-in", 404))),
			want: gate.Pass("/dashboard leads to WorkOS"),
		},
		{
			name: "a protected path that is misnamed",
			facts: starts([]facts.Entrance{entrance("/settings", callback)}, visit(page("/sign-in", 404)),
				facts.ProtectedPages.Is([]facts.Visit{visit(hop("/dashboard", 307, "Location", "/gone"), page("/gone", 404))})),
			want: gate.Pass("/settings leads to WorkOS"),
		},
		{
			name: "a sign-in page that is down for now, and another way",
			facts: starts([]facts.Entrance{entrance("/dashboard", callback)}, visit(page("/sign-in", 503)),
				facts.Routes.Is(facts.Paths{SignIn: "/sign-in"})),
			want: gate.Pass("/dashboard leads to WorkOS"),
		},
	}
}

func deadSignIns() []trial {
	nobody := entrance("/sign-in", preview+"/callback")
	nobody.ClientID = ""
	toSignIn := facts.ProtectedPages.Is([]facts.Visit{visit(hop("/dashboard", 307, "Location", "/sign-in?from=/dashboard"), page("/sign-in?from=/dashboard", 404))})
	return []trial{
		{
			name: "no client id", facts: starts([]facts.Entrance{nobody}, visit(toAuthorize("/sign-in", preview+"/callback"))),
			want: gate.Fail("sign-in leads to WorkOS without a client id").
				FixedBy("Set `WORKOS_CLIENT_ID` for the Preview environment in Vercel and redeploy.").
				Because("GET /sign-in", "redirect to https://api.workos.com"),
		},
		{
			name: "a sign-in route that is named and missing", facts: starts(nil, visit(page("/sign-in", 404)), facts.Routes.Is(facts.Paths{SignIn: "/sign-in"})),
			want: gate.Fail("sign-in does not lead to WorkOS: /sign-in answers 404").Because("GET /sign-in", "404 Not Found, text/html"),
		},
		{
			name: "a sign-in route that is linked and missing", facts: starts(nil, visit(page("/sign-in", 404)), facts.ClientBundle.Is(facts.Bundle{Anchors: []string{"/sign-in"}})),
			want: gate.Fail("sign-in does not lead to WorkOS: /sign-in answers 404"),
		},
		{
			name: "a sign-in route that a component links and that crashes",
			facts: starts([]facts.Entrance{entrance("/dashboard", preview+"/callback")}, visit(page("/sign-in", 500)),
				facts.ClientBundle.Is(facts.Bundle{Links: []facts.Link{{Path: "/sign-in"}}})),
			want: gate.Fail("sign-in does not lead to WorkOS: /sign-in answers 500"),
		},
		{
			name: "where protected pages lead, and nothing is there", facts: starts(nil, visit(page("/sign-in", 404)), toSignIn),
			want: gate.Fail("sign-in does not lead to WorkOS: /dashboard leads to /sign-in, which answers 404").
				Because("GET /dashboard", "307 Temporary Redirect to "+preview+"/sign-in").
				Because("GET /sign-in", "404 Not Found, text/html"),
		},
		{
			name:  "where protected pages lead, while another way works",
			facts: starts([]facts.Entrance{entrance("/previewgate-nope", preview+"/callback")}, visit(page("/sign-in", 404)), toSignIn),
			want:  gate.Fail("sign-in does not lead to WorkOS: /dashboard leads to /sign-in, which answers 404"),
		},
		{
			name: "a place that nobody named",
			facts: starts(nil, visit(page("/sign-in", 404)),
				facts.ProtectedPages.Is([]facts.Visit{visit(hop("/dashboard", 307, "Location", "/auth/start"), page("/auth/start", 500))})),
			want: gate.Fail("sign-in does not lead to WorkOS: /dashboard leads to /auth/start, which answers 500"),
		},
	}
}

func doubtfulSignIns() []trial {
	named := facts.Routes.Is(facts.Paths{SignIn: "/sign-in"})
	return []trial{
		{name: "a page without a link", facts: starts(nil, visit(page("/sign-in", 200))), want: gate.Unsure("/sign-in is a page, and no link on it leads to WorkOS: name the route that starts sign-in with --sign-in")},
		{name: "an app that signs in elsewhere", facts: starts(nil, visit(page("/sign-in", 404))), want: gate.Unsure("/sign-in answers 404 Not Found, text/html, and nothing says that it is the app's sign-in route: name it with --sign-in")},
		{name: "another vendor", facts: starts(nil, visit(hop("/sign-in", 307, "Location", "https://login.example/x?state=1"))), want: gate.Unsure("/sign-in answers 307 Temporary Redirect to https://login.example/x, and nothing says that it is the app's sign-in route: name it with --sign-in")},
		{name: "busy", facts: starts(nil, visit(page("/sign-in", 503)), named), want: gate.Unsure("/sign-in answers 503 Service Unavailable, text/html")},
		{name: "a route for POST only", facts: starts(nil, visit(hop("/sign-in", 405)), named), want: gate.Unsure("/sign-in answers 405 Method Not Allowed")},
	}
}
