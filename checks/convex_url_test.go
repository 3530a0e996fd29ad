package checks

import (
	"errors"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestConvexURL(t *testing.T) {
	judge(t, ConvexURL, bundledAddresses())
	judge(t, ConvexURL, withDeployKeys())
}

// talking is a client bundle that names Convex deployments.
func talking(urls ...string) []gate.Given {
	known := given(facts.ClientBundle.Is(facts.Bundle{Chunks: 9, UsesSDK: true, Convex: urls}))
	if len(urls) == 1 {
		known = append(known, facts.ConvexSite.Is(urls[0]))
	}
	return known
}

const fox = "https://other-fox-1.convex.cloud"

func bundledAddresses() []trial {
	bundle := func(b facts.Bundle) []gate.Given { return given(facts.ClientBundle.Is(b)) }
	talks := gate.Pass("the client talks to swift-lemur-482.convex.cloud")
	return []trial{
		{name: "one deployment", facts: talking(convex), want: talks},
		{name: "the deployment that the user names", facts: append(talking(convex), facts.ConvexURL.Is(convex+"/")), want: talks},
		{name: "one in the EU", facts: talking("https://a-b-1.eu-west-1.convex.cloud"), want: gate.Pass("the client talks to a-b-1.eu-west-1.convex.cloud")},
		{name: "one on a domain of its own", facts: talking("https://convex.acme.com"), want: gate.Pass("the client talks to convex.acme.com")},
		{
			name: "another than the user names", facts: append(talking(convex), facts.ConvexURL.Is(fox)),
			want: gate.Fail("the client talks to swift-lemur-482.convex.cloud, not to other-fox-1.convex.cloud").
				Because("client bundle", convex).Because("--convex-url", fox),
		},
		{name: "several", facts: talking(convex, fox), want: gate.Unsure("the client bundle names several Convex deployments (%s and %s): say which is meant with --convex-url", convex, fox)},
		{name: "several, and the user says which", facts: append(talking(convex, fox), facts.ConvexURL.Is(convex)), want: talks},
		{
			name: "several, and the user names none of them", facts: append(talking(convex, fox), facts.ConvexURL.Is("https://convex.acme.com")),
			want: gate.Fail("the client talks to %s and %s, and not to https://convex.acme.com", convex, fox),
		},
		{
			name: "a variable without a value", facts: bundle(facts.Bundle{Chunks: 9, NoConvex: true, UsesSDK: true}),
			want: gate.Fail("NEXT_PUBLIC_CONVEX_URL had no value when the app was built").Because("client bundle", "a Convex client without an address"),
		},
		{name: "a chunk that could not be read", facts: bundle(facts.Bundle{Chunks: 8, Missed: 1, UsesSDK: true}), want: gate.Unsure("1 of 9 client chunks could not be read")},
		{name: "no Convex on public pages", facts: bundle(facts.Bundle{Chunks: 9}), want: gate.Skip("no Convex client is in what public pages load")},
		{
			name: "an address that is put together", facts: bundle(facts.Bundle{Chunks: 9, UsesSDK: true}),
			want: gate.Unsure("a Convex client is in what public pages load, and no address for it: name it with --convex-url"),
		},
		{
			name: "an address that is put together, and named by the user", facts: append(bundle(facts.Bundle{Chunks: 9, UsesSDK: true}), facts.ConvexURL.Is(convex)),
			want: gate.Skip("what public pages load names no Convex deployment, so that swift-lemur-482.convex.cloud cannot be compared"),
		},
	}
}

func withDeployKeys() []trial {
	key := func(environment, address string) gate.Given {
		return facts.ConvexOpened.Is(facts.Opened{
			DeployKey: facts.DeployKey{Kind: facts.KeyDeployment, Environment: environment}, Name: "swift-lemur-482", URL: address,
		})
	}
	named := func(body string) gate.Given { return facts.ConvexInstance.Is(facts.Answer{Status: 200, Body: body}) }
	own := "https://convex.acme.com"
	missing := facts.ConvexOpened.Is(facts.Opened{DeployKey: facts.DeployKey{Kind: facts.KeyPreviews}, Branch: "fix/login", Missing: true})
	return []trial{
		{name: "the branch's own", facts: append(talking(convex), opens(convex)), want: gate.Pass("the client talks to swift-lemur-482.convex.cloud, the deployment of branch fix/login")},
		{
			name: "another than the branch's", facts: append(talking(fox), opens(convex), named("other-fox-1")),
			want: gate.Fail("the client talks to other-fox-1.convex.cloud, but the deployment of branch fix/login is swift-lemur-482.convex.cloud").
				Because("client bundle", fox).Because("Convex' preview deployment of fix/login", convex),
		},
		{
			name: "the branch's own, on a domain of its own", facts: append(talking(own), opens(convex), named("swift-lemur-482")),
			want: gate.Pass("the client talks to convex.acme.com, the deployment of branch fix/login"),
		},
		{
			name: "a domain of its own that does not say its name", facts: append(talking(own), opens(convex), facts.ConvexInstance.IsMissing(errors.New("no answer"))),
			want: gate.Unsure("whether convex.acme.com is the deployment of branch fix/login cannot be told: no answer"),
		},
		{name: "a branch without a preview of that name", facts: append(talking(convex), missing), want: gate.Pass("the client talks to swift-lemur-482.convex.cloud (Convex has no preview named fix/login)")},
		{
			name: "production's", facts: append(talking(convex), key("prod", convex)),
			want: gate.Fail("the client of this preview talks to production's Convex deployment, swift-lemur-482.convex.cloud").
				Because("client bundle", convex).Because("CONVEX_DEPLOY_KEY", "a key of production, swift-lemur-482"),
		},
		{name: "production's, where production is judged", target: gate.Target{Environment: "production"}, facts: append(talking(convex), key("prod", convex)), want: gate.Pass("the client talks to swift-lemur-482.convex.cloud")},
		{name: "a developer's", facts: append(talking(convex), key("dev", convex)), want: gate.Pass("the client talks to swift-lemur-482.convex.cloud")},
		{name: "a key of production, which the client does not talk to", facts: append(talking(convex), key("prod", fox)), want: gate.Pass("the client talks to swift-lemur-482.convex.cloud")},
		{name: "a key that Convex refuses", facts: append(talking(convex), facts.ConvexOpened.IsMissing(errors.New("refused"))), want: gate.Pass("the client talks to swift-lemur-482.convex.cloud")},
	}
}
