package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

// out is what GET of a sign-out path answers.
func out(path string, h facts.Hop) facts.SignOut { return facts.SignOut{Path: path, Hop: h} }

// endingSession is a sign-out route that ends the session on GET.
func endingSession(path string) facts.SignOut {
	return out(path, deleting(hop(path, 307, "Location", "/")))
}

func TestSignOutGet(t *testing.T) {
	answers := func(all ...facts.SignOut) []gate.Given { return given(facts.SignOuts.Is(all)) }
	verifier := hop("/sign-out", 307, "Location", "/", "Set-Cookie", "wos-auth-verifier-1a2b3c4d=; Max-Age=0")
	judge(t, SignOutGet, []trial{
		{
			name: "a GET that signs out", facts: answers(endingSession("/sign-out")),
			want: gate.Fail("GET /sign-out signs visitors out").Because("GET /sign-out", "307 Temporary Redirect to "+preview+"/, deletes wos-session"),
		},
		{name: "a GET at another path", facts: answers(out("/sign-out", page("/sign-out", 404)), endingSession("/logout")), want: gate.Fail("GET /logout signs visitors out")},
		{name: "sign-out by form only", facts: answers(out("/sign-out", page("/sign-out", 404))), want: gate.Pass("GET /sign-out deletes no session")},
		{name: "a route for POST only", facts: answers(out("/sign-out", hop("/sign-out", 405))), want: gate.Pass("GET /sign-out deletes no session")},
		{name: "a page that asks whether to sign out", facts: answers(out("/sign-out", page("/sign-out", 200))), want: gate.Pass("GET /sign-out deletes no session")},
		{name: "a path behind sign-in", facts: answers(out("/sign-out", toAuthorize("/sign-out", preview+"/callback"))), want: gate.Pass("GET /sign-out deletes no session")},
		{name: "a redirect that deletes another cookie", facts: answers(out("/sign-out", verifier)), want: gate.Pass("GET /sign-out deletes no session")},
		{name: "a crash", facts: answers(out("/sign-out", page("/sign-out", 500)), out("/logout", page("/logout", 404))), want: gate.Unsure("/sign-out answers 500 Internal Server Error, text/html")},
	})
}
