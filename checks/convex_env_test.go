package checks

import (
	"errors"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestConvexEnv(t *testing.T) {
	judge(t, ConvexEnv, setVariables())
	judge(t, ConvexEnv, unsetVariables())
	judge(t, ConvexEnv, unknownVariables())
}

// stored is a deployment that the app talks to, with that WORKOS_CLIENT_ID.
func stored(value string, more ...gate.Given) []gate.Given {
	return append(signedIn(
		facts.ConvexVariables.Is(facts.ConvexSettings{Names: []string{"OTHER", "WORKOS_CLIENT_ID"}, ClientID: value}),
		opens(convex), facts.ConvexSite.Is(convex), facts.ConvexTrust.Is(trusting(other)),
	), more...)
}

func setVariables() []trial {
	const set = "Run `npx convex env set WORKOS_CLIENT_ID client_01STAGING --deployment swift-lemur-482`; Convex applies it at once."
	passed := gate.Pass("client_01STAGING, as in the app")
	takes := facts.ConvexTrust.Is(trusting(client))
	without := gate.Pass("WORKOS_CLIENT_ID on Convex is not the app's to the letter, and its auth.config does without it")
	return []trial{
		{name: "the app's", facts: stored(client), want: passed},
		{
			name: "the app's, while new previews get another", want: gate.Pass("client_01STAGING, as in the app (the project's default for previews is client_01OTHER)"),
			facts: stored(client, facts.ConvexVariables.Is(facts.ConvexSettings{ClientID: client, Default: other})),
		},
		{
			name: "on a domain of its own", want: passed,
			facts: stored(client, facts.ConvexSite.Is("https://convex.acme.com"), facts.ConvexInstance.Is(facts.Answer{Status: 200, Body: "swift-lemur-482"})),
		},
		{
			name: "another", facts: stored(other),
			want: gate.Fail(`WORKOS_CLIENT_ID on Convex is "client_01OTHER", the app signs in with client_01STAGING`).FixedBy(set).
				Because("WORKOS_CLIENT_ID on the Convex deployment", other).Because("client_id of the request for sign-in", client),
		},
		{name: "another, which auth.config does not read", facts: stored(other, takes), want: without},
		{name: "pasted with quotes", facts: stored(`"` + client + `"`), want: gate.Fail("WORKOS_CLIENT_ID on Convex has quotes around it").FixedBy(set).Because("WORKOS_CLIENT_ID on the Convex deployment", `"client_01STAGING"`)},
		{name: "pasted with a line break", facts: stored(client + "\n"), want: gate.Fail("WORKOS_CLIENT_ID on Convex has white space around it").FixedBy(set).Because("WORKOS_CLIENT_ID on the Convex deployment", "client_01STAGING⏎")},
		{name: "pasted with a line break, which auth.config trims", facts: stored(client+"\n", takes), want: without},
		{
			name: "hostile", facts: stored("%s `id`\x1b[0m"),
			want: gate.Fail("%s", `WORKOS_CLIENT_ID on Convex is "%s `+"`id`"+`\x1b[0m", the app signs in with client_01STAGING`).FixedBy(set),
		},
		{
			name: "the app's own is not known", facts: stored(client, facts.SignIn.IsMissing(gate.Moot("no path that was tried leads to WorkOS"))),
			want: gate.Unsure("WORKOS_CLIENT_ID is set on Convex; the app's own is not known: no path that was tried leads to WorkOS"),
		},
	}
}

func unsetVariables() []trial {
	const set = "Run `npx convex env set WORKOS_CLIENT_ID client_01STAGING --deployment swift-lemur-482`; Convex applies it at once."
	shared := trusting()
	shared.Shared = matching
	names := facts.ConvexVariables.Is(facts.ConvexSettings{Names: []string{"A", "B"}})
	return []trial{
		{
			name: "not set", facts: stored("", names),
			want: gate.Fail("WORKOS_CLIENT_ID is not set on the Convex deployment").FixedBy(set).Because("variables on the Convex deployment", "A and B"),
		},
		{name: "empty", facts: stored(""), want: gate.Fail("WORKOS_CLIENT_ID is empty on the Convex deployment").FixedBy(set)},
		{name: "not set, and not needed", facts: stored("", names, facts.ConvexTrust.Is(trusting(client))), want: gate.Pass("WORKOS_CLIENT_ID is not set on Convex, and its auth.config does without it")},
		{name: "not set, and the shared issuer is trusted", facts: stored("", names, facts.ConvexTrust.Is(shared)), want: gate.Pass("WORKOS_CLIENT_ID is not set on Convex, and its auth.config does without it")},
	}
}

func unknownVariables() []trial {
	open, odd := trusting(client), trusting()
	open.Control, odd.Plain = matching, facts.Reply{Status: 400, Code: "BadJsonBody", Message: "no"}
	return []trial{
		{
			name: "a key of another deployment", facts: stored(client, opens(fox)),
			want: gate.Unsure("the CONVEX_DEPLOY_KEY (preview deploy key) opens other-fox-1.convex.cloud, and the app talks to swift-lemur-482.convex.cloud"),
		},
		{
			name: "not set, and Convex does not answer", facts: stored("", facts.ConvexTrust.IsMissing(errors.New("no answer"))),
			want: gate.Unsure("WORKOS_CLIENT_ID is empty on Convex; whether its auth.config needs it is not known: no answer"),
		},
		{
			name: "not set, and the control is not refused", facts: stored("", facts.ConvexTrust.Is(open)),
			want: gate.Unsure("WORKOS_CLIENT_ID is empty on Convex, whose answers to forged tokens prove nothing (401 InvalidAuthHeader: Could not decode token. The JWT's 'kid' (key ID) header doesn't match any key)"),
		},
		{
			name: "not set, and an answer of another kind", facts: stored("", facts.ConvexTrust.Is(odd)),
			want: gate.Unsure("WORKOS_CLIENT_ID is empty on Convex, which answers 400 BadJsonBody: no to a forged token"),
		},
		{
			name: "a key that may not see variables", facts: given(facts.ConvexVariables.IsMissing(gate.NotGiven{What: "the deploy key's permission", Unlock: "CONVEX_DEPLOY_KEY with deployment:env:view"})),
			want: gate.Verdict{Status: gate.Skipped, Summary: "the deploy key's permission is not given (CONVEX_DEPLOY_KEY with deployment:env:view)", Unlock: "CONVEX_DEPLOY_KEY with deployment:env:view"},
		},
	}
}
