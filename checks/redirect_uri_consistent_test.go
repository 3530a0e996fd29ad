package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestRedirectURIConsistent(t *testing.T) {
	ways := func(all ...facts.Entrance) []gate.Given { return given(facts.Entrances.Is(all)) }
	signIn, protected := entrance("/sign-in", preview+"/callback"), entrance("/dashboard", preview+"/callback")
	judge(t, RedirectURIConsistent, []trial{
		{name: "both agree", facts: ways(signIn, protected), want: gate.Pass("/sign-in and /dashboard agree")},
		{name: "all three agree", facts: ways(signIn, protected, entrance("/", preview+"/callback")), want: gate.Pass("/sign-in and /dashboard agree")},
		{
			name: "a sign-in route that the matcher misses", facts: ways(entrance("/sign-in", alias+"/callback"), protected),
			want: gate.Fail("/sign-in and /dashboard name different redirect URIs").
				Because("redirect_uri of GET /sign-in", alias+"/callback").Because("redirect_uri of GET /dashboard", preview+"/callback"),
		},
		{
			name: "the third differs", facts: ways(signIn, protected, entrance("/", preview+"/auth/callback")),
			want: gate.Fail("/sign-in and / name different redirect URIs"),
		},
		{
			name: "one way", facts: ways(signIn),
			want: gate.Verdict{Status: gate.Skipped, Summary: "one way to sign in was seen; a protected path would be another", Unlock: "--protected"},
		},
		{name: "no way", facts: ways(), want: gate.Skip("no way to sign in was seen")},
	})
}
