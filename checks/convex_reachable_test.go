package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestConvexReachable(t *testing.T) {
	says := func(site string, status int, body string) []gate.Given {
		a := answer(site+"/instance_name", status, "Content-Type", "text/html")
		a.Body = body
		return given(facts.ConvexSite.Is(site), facts.ConvexInstance.Is(a))
	}
	const eu = "https://a-b-1.eu-west-1.convex.cloud"
	judge(t, ConvexReachable, []trial{
		{name: "a deployment", facts: says(convex, 200, "swift-lemur-482"), want: gate.Pass("swift-lemur-482.convex.cloud answers")},
		{name: "one in the EU", facts: says(eu, 200, "a-b-1\n"), want: gate.Pass("a-b-1.eu-west-1.convex.cloud answers")},
		{name: "one on a domain of its own", facts: says("https://convex.acme.com", 200, "swift-lemur-482"), want: gate.Pass("convex.acme.com answers")},
		{name: "a preview that expired", facts: says(convex, 404, ""), want: gate.Fail("the Convex deployment swift-lemur-482.convex.cloud does not exist any more").Because("GET "+convex+"/instance_name", "404 Not Found, text/html")},
		{name: "a domain of its own without that path", facts: says("https://convex.acme.com", 404, ""), want: gate.Unsure("convex.acme.com answers 404 Not Found, text/html")},
		{name: "busy", facts: says(convex, 429, ""), want: gate.Unsure("swift-lemur-482.convex.cloud answers 429 Too Many Requests, text/html")},
		{name: "down", facts: says(convex, 503, ""), want: gate.Unsure("swift-lemur-482.convex.cloud answers 503 Service Unavailable, text/html")},
		{name: "paused", facts: says(convex, 400, ""), want: gate.Unsure("swift-lemur-482.convex.cloud answers 400 Bad Request, text/html")},
		{name: "another name", facts: says(convex, 200, "other-fox-1"), want: gate.Unsure(`swift-lemur-482.convex.cloud calls itself "other-fox-1"`)},
		{name: "a page, and a hostile one", facts: says(convex, 200, "<html>\n::error::%s"), want: gate.Unsure("%s", `swift-lemur-482.convex.cloud calls itself "<html>\n::error::%s"`)},
	})
}
