package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
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
