package checks

import (
	"errors"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestProxyAnswers(t *testing.T) {
	judge(t, ProxyAnswers, answeringProxies())
	judge(t, ProxyAnswers, throwingProxies())
}

// met are the answers on the front page and on the sign-in path.
func met(home, signIn facts.Hop, more ...gate.Given) []gate.Given {
	return append(more, front(home), facts.SignInPage.Is(visit(signIn)))
}

func answeringProxies() []trial {
	signIn := toAuthorize("/sign-in", preview+"/callback")
	return []trial{
		{name: "a healthy app", facts: met(page("/", 200), signIn), want: gate.Pass("GET / answers 200 OK, text/html")},
		{name: "everything behind sign-in", facts: met(toAuthorize("/", preview+"/callback"), signIn), want: gate.Pass("GET / answers 307 Temporary Redirect to https://api.workos.com/user_management/authorize")},
		{name: "a page that crashes", facts: met(page("/", 500), signIn), want: gate.Pass("GET / answers 500 Internal Server Error, text/html")},
		{name: "a route that crashes", facts: met(page("/", 200), hop("/sign-in", 500)), want: gate.Pass("GET / answers 200 OK, text/html")},
		{name: "a route that answers with JSON", facts: met(hop("/", 500, "Content-Type", "application/json"), signIn), want: gate.Pass("GET / answers 500 Internal Server Error, application/json")},
		{name: "down for now", facts: met(hop("/", 503, "Content-Type", "text/plain"), signIn), want: gate.Pass("GET / answers 503 Service Unavailable, text/plain")},
		{
			name:  "no front page at all",
			facts: given(facts.FrontPage.Is(facts.Front{Trouble: "there is no such host"}), facts.SignInPage.Is(visit(signIn))),
			want:  gate.Pass("GET /sign-in answers 307 Temporary Redirect to https://api.workos.com/user_management/authorize"),
		},
		{
			name:  "every path fails, the static ones too",
			facts: met(bare("/"), bare("/sign-in"), facts.MissingAsset.Is(bare("/previewgate-nope.svg"))),
			want:  gate.Unsure(`every path that was tried fails, and no static file shows that only the proxy does: GET / answers 500 Internal Server Error, text/plain "Internal Server Error"`),
		},
		{
			name:  "nothing static could be asked",
			facts: met(bare("/"), bare("/sign-in"), facts.MissingAsset.IsMissing(errors.New("no answer"))),
			want:  gate.Unsure(`every path that was tried fails, and no static file shows that only the proxy does: GET / answers 500 Internal Server Error, text/plain "Internal Server Error"`),
		},
	}
}

func throwingProxies() []trial {
	failed := func(path string) facts.Hop {
		return hop(path, 500, "X-Vercel-Error", "MIDDLEWARE_INVOCATION_FAILED", "X-Vercel-Id", "fra1::iad1::k9x2m-1700000000000-0a1b2c")
	}
	return []trial{
		{
			name:  "without a cookie password, under next start",
			facts: met(bare("/"), bare("/sign-in"), facts.MissingAsset.Is(page("/previewgate-nope.svg", 500))),
			want: gate.Fail("AuthKit's proxy throws on every route (2 of 2 tried)").
				Because("GET /", `500 Internal Server Error, text/plain "Internal Server Error"`).
				Because("GET /sign-in", `500 Internal Server Error, text/plain "Internal Server Error"`),
		},
		{
			name:  "without a cookie password, on Vercel",
			facts: met(failed("/"), failed("/sign-in"), facts.ClientBundle.Is(facts.Bundle{Chunks: 8})),
			want: gate.Fail("AuthKit's proxy throws on every route (2 of 2 tried)").
				Because("GET /", "500 Internal Server Error, x-vercel-error: MIDDLEWARE_INVOCATION_FAILED").
				Because("GET /sign-in", "500 Internal Server Error, x-vercel-error: MIDDLEWARE_INVOCATION_FAILED").
				Because("request id for the runtime log", "k9x2m-1700000000000-0a1b2c"),
		},
		{
			name:  "a proxy without a matcher, that throws on static files too",
			facts: met(failed("/"), failed("/sign-in"), facts.MissingAsset.Is(failed("/previewgate-nope.svg"))),
			want:  gate.Fail("AuthKit's proxy throws on every route (2 of 2 tried)"),
		},
		{
			name: "a front page outside the matcher",
			facts: met(page("/", 200), bare("/sign-in"),
				facts.ProtectedPages.Is([]facts.Visit{visit(bare("/dashboard"))})),
			want: gate.Fail("AuthKit's proxy throws on 2 of 3 routes tried"),
		},
	}
}
