package checks

import (
	"errors"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/rules"
)

func TestSecretsNotPublic(t *testing.T) {
	bundle := func(b facts.Bundle) []gate.Given { return given(facts.ClientBundle.Is(b)) }
	leak := facts.Leak{What: "a secret key (sk_test_…)", Source: preview + "/_next/static/chunks/a.js", Offset: 7486}
	judge(t, SecretsNotPublic, []trial{
		{name: "a clean bundle", facts: bundle(facts.Bundle{Chunks: 10}), want: gate.Pass("none in the 10 client chunks that public pages load")},
		{
			name: "a key, although a chunk is missing", facts: bundle(facts.Bundle{Chunks: 9, Missed: 1, Leaks: []facts.Leak{leak}}),
			want: gate.Fail("the client bundle holds a secret key (sk_test_…)").
				Because("a secret key (sk_test_…)", preview+"/_next/static/chunks/a.js, byte 7486"),
		},
		{
			name: "two secrets", facts: bundle(facts.Bundle{Chunks: 9, Leaks: []facts.Leak{leak, {What: "a credential that previewgate was given", Source: "b.js", Offset: 3}}}),
			want: gate.Fail("the client bundle holds a secret key (sk_test_…)").
				Because("a secret key (sk_test_…)", preview+"/_next/static/chunks/a.js, byte 7486").
				Because("a credential that previewgate was given", "b.js, byte 3"),
		},
		{name: "a chunk that could not be read", facts: bundle(facts.Bundle{Chunks: 9, Missed: 1}), want: gate.Unsure("1 of 10 client chunks could not be read")},
		{name: "no chunk could be read", facts: bundle(facts.Bundle{Missed: 4}), want: gate.Unsure("4 of 4 client chunks could not be read")},
		{name: "pages without a chunk", facts: bundle(facts.Bundle{Pages: 2}), want: gate.Unsure("no client chunk was found on the pages that were read")},
	})
}

// A half is what the sources give to a check, or what the deployment does.
type half struct {
	name  string
	facts []gate.Given
}

// combined puts every pair of halves to the check. The wanted verdicts are in
// the order of the sources, and for each in that of the deployment.
func combined(t *testing.T, c *gate.Check, static, live []half, want []gate.Verdict) {
	t.Helper()
	var trials []trial
	for i, s := range static {
		for j, l := range live {
			trials = append(trials, trial{
				name: "source " + s.name + ", deployment " + l.name, facts: plus(append([]gate.Given(nil), s.facts...), l.facts...),
				want: want[i*len(live)+j],
			})
		}
	}
	judge(t, c, trials)
}

// noSource is the half of the sources without --source.
var noSource = half{"not given", given(facts.Repository.IsMissing(gate.NotGiven{What: "source", Unlock: "--source"}))}

func TestSecretsInBothHalves(t *testing.T) {
	leak := facts.Leak{What: "a secret key (sk_test_…)", Source: "a.js", Offset: 1}
	bundle := func(name string, b facts.Bundle) half { return half{name, given(facts.ClientBundle.Is(b))} }
	static := []half{
		{"failed", sourced(publicSecret)},
		{"passed", sourced()},
		{"unknown", sourced(unread(proxyFile, "it is binary, whatever its name says"))},
		noSource,
	}
	live := []half{
		bundle("failed", facts.Bundle{Chunks: 9, Leaks: []facts.Leak{leak}}),
		bundle("passed", facts.Bundle{Chunks: 9}),
		bundle("unknown", facts.Bundle{Chunks: 8, Missed: 1}),
		{"down", given(facts.ClientBundle.IsMissing(errors.New("no answer")))},
		{"not given", given(facts.ClientBundle.IsMissing(gate.Moot("there is no preview")))},
	}
	inSource := gate.Fail("the build makes a secret public: NEXT_PUBLIC_WORKOS_API_KEY").FixedBy(hideIt)
	failed := gate.Fail("the client bundle holds a secret key (sk_test_…)")
	passed, missed := gate.Pass("none in the 9 client chunks that public pages load"), gate.Unsure("1 of 9 client chunks could not be read")
	down := gate.Unsure("no answer")
	combined(t, SecretsNotPublic, static, live, []gate.Verdict{
		inSource, inSource, inSource, inSource, inSource,
		failed, passed, missed, down, gate.Pass("the source makes no secret public"),
		failed, passed, missed, down, gate.Unsure("nothing was found, but apps/web/proxy.ts was not read: it is binary, whatever its name says"),
		failed, passed, missed, down, gate.Skip("there is no preview"),
	})
}

const hideIt = "Revoke the secret if it was ever deployed; then take `NEXT_PUBLIC_` off its name, or the entry out of `next.config`, and read it in server code only."

// publicSecret is a secret with a public name.
func publicSecret(r *source.Repository) {
	r.Findings.Secrets = append(r.Findings.Secrets, rules.PublicSecret{
		Position: spot("apps/web/lib/workos.ts", 5, 33, "NEXT_PUBLIC_WORKOS_API_KEY"), Kind: rules.PublicName, Name: "NEXT_PUBLIC_WORKOS_API_KEY",
	})
}

func TestSecretsInSource(t *testing.T) {
	moot := facts.ClientBundle.IsMissing(gate.Moot("there is no preview"))
	fails := gate.Fail("the build makes a secret public: NEXT_PUBLIC_WORKOS_API_KEY").FixedBy(hideIt)
	place := gate.Evidence{What: "public-name", Saw: "NEXT_PUBLIC_WORKOS_API_KEY", File: "apps/web/lib/workos.ts", Line: 5, Column: 33, EndColumn: 59}
	entry := onFindings(func(f *rules.Findings) {
		f.Secrets = append(f.Secrets, rules.PublicSecret{Position: spot("apps/web/next.config.ts", 3, 5, "API_KEY"), Kind: rules.ConfigEntry, Name: "API_KEY"})
	})
	judge(t, SecretsNotPublic, []trial{
		{name: "a public name", facts: plus(sourced(publicSecret), moot), want: fails.At(place)},
		{
			name: "and an entry of next.config", facts: plus(sourced(publicSecret, entry), moot),
			want: fails.At(place).At(gate.Evidence{What: "config-entry", Saw: "API_KEY", File: "apps/web/next.config.ts", Line: 3, Column: 5, EndColumn: 12}),
		},
		{name: "taken back", facts: plus(sourced(publicSecret, ignoring("apps/web/lib/workos.ts", 5, "secrets-not-public", "a stub")), moot), want: gate.Pass("the source makes no secret public")},
		{name: "taken back without a reason", facts: plus(sourced(publicSecret, ignoring("apps/web/lib/workos.ts", 5, "secrets-not-public", "")), moot), want: fails},
	})
}
