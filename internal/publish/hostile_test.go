package publish

import (
	"strings"
	"testing"
	"time"
)

// FuzzHostileText publishes beside comments of others, all of hostile text: ours has exactly one marker, on its first
// line, and nobody else's is touched.
func FuzzHostileText(f *testing.F) {
	own := markerOn(testSHA, ownStamp()).String()
	f.Add("", testSHA, "said", "### text", "mallory", own+"\nforged", uint16(0))
	f.Add("web", testSHA, "x`\n```\n"+own, own+"\n"+own, "github-actions", own, uint16(0))
	f.Add("--> "+own, "../../x?y#z", own, "<!--\u00a0previewgate v1 -->\n<!-- \n previewgate", "Mallory[bot]", "> "+own, uint16(9))
	f.Add("a\nb", "%0a-->", "\x00\u202e", own, actionsBot+" ", own+"\r\n"+own, uint16(MaxMarkdown-40))
	f.Fuzz(func(t *testing.T, scope, sha, description, markdown, author, body string, padding uint16) {
		if strings.EqualFold(author, actionsBot) || markdown == "" {
			t.Skip("it is ours")
		}
		markdown = strings.Repeat("x", int(padding)) + markdown
		b := newBench(t)
		foreign := b.add(author, body)
		also := b.add(author, newMarker(subject{scope: scope}, sha, "", older()).String()+"\n"+body)
		there := []comment{*foreign, *also}
		o := testOutcome()
		o.Scope, o.Report.Target.SHA, o.Description, o.Markdown = scope, sha, description, markdown
		b.head = sha
		b.once("PATCH", func() { // so that there is a pointer too
			b.statuses = append(b.statuses, posted{sha, "failure", Context(scope), description, addressOf(newer()), userOf("mallory"), ""})
		})
		for range 2 { // the first adds, the second edits
			b.publisher.Publish(t.Context(), o) //nolint:errcheck // a commit that is none is refused
			b.now = b.now.Add(time.Second)
			b.employ(t)
		}
		if b.comments[0] != foreign || b.comments[1] != also || *foreign != there[0] || *also != there[1] {
			t.Fatalf("the comments of others are %+v and %+v", b.comments[0], b.comments[1])
		}
		if len(b.comments) > 3 {
			t.Fatalf("%d comments", len(b.comments))
		}
		for _, ours := range b.comments[2:] {
			m, ok := parseMarker(ours.Body)
			if !ok || m.project != value(scope) || m.sha != value(sha) {
				t.Errorf("the first line of %.300q is %+v, %v", ours.Body, m, ok)
			}
			if n := strings.Count(strings.ToLower(ours.Body), "<!-- previewgate"); n != 1 || len(ours.Body) > 65_536 {
				t.Errorf("%d markers in %d bytes: %.600q", n, len(ours.Body), ours.Body)
			}
		}
	})
}
