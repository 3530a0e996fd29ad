package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestHomepageURL(t *testing.T) {
	at := func(address string) []gate.Given { return given(facts.Homepage.Is(address)) }
	judge(t, HomepageURL, []trial{
		{name: "production", facts: at("https://web.acme.example/"), want: gate.Pass("signing out lands on web.acme.example")},
		{name: "not set", facts: at(""), want: gate.Fail("signing out lands on an error page: the WorkOS environment has no app homepage URL").Because("app homepage URL", "not set")},
		{name: "no address", facts: at("web.acme.example"), want: gate.Fail("signing out lands nowhere: the app homepage URL is no address").Because("app homepage URL", "web.acme.example")},
		{name: "a developer's machine", facts: at("http://localhost:3000"), want: gate.Fail("signing out lands on a developer's machine").Because("app homepage URL", "http://localhost:3000")},
		{name: "by number", facts: at("http://127.0.0.1:3000/"), want: gate.Fail("signing out lands on a developer's machine")},
	})
}
