package testbed

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/internal/golden"
)

const accuracy = repository + "/docs/accuracy.md"

// durations differ from run to run; everything else on the page is held to.
var durations = regexp.MustCompile(`\d+(?:\.\d)? (?:s|minutes)\b`)

// compare holds the page to the run, or writes it.
func (m measure) compare(t *testing.T) {
	t.Helper()
	page := m.page()
	if golden.Updating() {
		golden.Equal(t, accuracy, []byte(page))
		return
	}
	kept, err := os.ReadFile(accuracy)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(durations.ReplaceAllString(string(kept), "…"), durations.ReplaceAllString(page, "…")); diff != "" {
		t.Errorf("docs/accuracy.md is not what was measured (-want +got); -update rewrites it:\n%s", diff)
	}
}

const head = `# How often the gate is right

This page is written by a test that builds a real app, breaks it in one way after the other, and runs previewgate on it.

%s

## How it is measured

` + "```" + `
PREVIEWGATE_APPS=1 go test ./internal/testbed -timeout 20m          # holds this page to a new run
PREVIEWGATE_APPS=1 go test ./internal/testbed -timeout 20m -update  # rewrites it
` + "```" + `

Beside Go it takes Node.js 20 or later with npm, and Chrome or Chromium. It took %s here, on two cores: %s until the last of
%d builds of the app, then the runs, three at a time.

Real are: the app (Next.js, AuthKit for Next.js 4 and 2, the Convex client; its source is in ` + "`testdata/apps`" + `), built by
` + "`next build`" + ` from the faulty source and served by ` + "`next start`" + `; the emulator in WorkOS' own CLI, which issues the codes, tokens and
keys, exchanges them and rotates them; Chrome, where a browser looks; TLS; and the command ` + "`previewgate check`" + `, in a process of
its own.

Not real, since none can be had without an account, are the rest: what WorkOS' emulator lets anybody do (the sandbox checks
client ids, API keys, redirect URIs and the homepage URL before it, and has its tokens name the issuer of their client), Convex
(the sandbox's, which verifies the real tokens by the real keys), Vercel's edge and API, and GitHub. What these are modelled
after is told in [design.md](design.md). A proxy that throws is answered as ` + "`next start`" + ` does, not by Vercel's own page.

The command is the release build but for one file, which is added to Go's package net and leads the names of the stand-ins to
their port. The app and the browser get the same by a preloaded script and by flags.

`

func (m measure) page() string {
	var b strings.Builder
	fmt.Fprintf(&b, head, m.summary(), minutes(m.took), minutes(m.building), m.builds)
	b.WriteString("## Healthy previews\n\n| AuthKit | what is special | the gate | named | took |\n|---|---|---|---|---|\n")
	for _, tr := range m.healthy {
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s |\n", tr.build().AuthKit, tr.Title, tr.Gate, Listed(tr.Checks()), seconds(tr.Took))
	}
	b.WriteString("\n## One fault\n\nThe second column names the branch of the triage that the fault is on. A fault of which the gate has to know more than the preview's " +
		"address says so under *given*.\n\n")
	singles(&b, m.singles)
	b.WriteString("\n## Two faults\n\nBoth are named, or the one that has to be mended first is named and the check of the other waits.\n\n" +
		"| faults | named | | took |\n|---|---|---|---|\n")
	for i, tr := range m.together {
		verdict := Pair(m.pairs[i][0], m.pairs[i][1], tr.Report)
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", tr.ID, Listed(tr.Checks()), verdict, seconds(tr.Took))
	}
	return b.String()
}

// singles is the table of previews with one fault.
func singles(b *strings.Builder, trials []Trial) {
	b.WriteString("| fault | triage | AuthKit | what is broken | given | named first | besides | took |\n|---|---|---|---|---|---|---|---|\n")
	for _, tr := range trials {
		first, besides := "nothing", ""
		if got := tr.Checks(); len(got) > 0 {
			first, besides = got[0], strings.Join(got[1:], ", ")
		}
		fmt.Fprintf(b, "| %s | %s | %d | %s | %s | %s | %s | %s |\n",
			tr.ID, tr.Branch, tr.build().AuthKit, tr.Title, tr.given(), first, besides, seconds(tr.Took))
	}
}

// given says what the gate had beside the address.
func (c Case) given() string {
	var all []string
	for _, of := range []struct{ variable, what string }{
		{"VERCEL_TOKEN", "Vercel token"},
		{"CONVEX_DEPLOY_KEY", "Convex key"},
		{"PREVIEWGATE_TEST_EMAIL", "test account"},
		{"WORKOS_COOKIE_PASSWORD", "cookie password"},
		{"VERCEL_AUTOMATION_BYPASS_SECRET", "bypass secret"},
	} {
		for _, variable := range c.With {
			if variable == of.variable {
				all = append(all, of.what)
			}
		}
	}
	if len(all) == 0 && len(c.With) > 0 {
		all = append(all, "WorkOS key")
	}
	if c.Source {
		all = append(all, "source")
	}
	if c.Browser {
		all = append(all, "browser")
	}
	return strings.Join(all, ", ")
}

// summary is the result in a few lines.
func (m measure) summary() string {
	count := func(trials []Trial, is func(Trial) bool) int {
		n := 0
		for _, tr := range trials {
			if is(tr) {
				n++
			}
		}
		return n
	}
	right := func(tr Trial) bool { return Single(tr.Case, tr.Report) == Right }
	verdicts := map[string]int{}
	for i, tr := range m.together {
		verdicts[Pair(m.pairs[i][0], m.pairs[i][1], tr.Report)]++
	}
	return fmt.Sprintf("| previews | right | |\n|---|---|---|\n"+
		"| %d healthy | %d | open, and nothing is held against them |\n"+
		"| %d with one fault | %d | its cause is named, and nothing else |\n"+
		"| %d with two faults | %d | both are named in %d, one waits for the other in %d |",
		len(m.healthy), count(m.healthy, right), len(m.singles), count(m.singles, right),
		len(m.together), verdicts[Right]+verdicts[Hidden], verdicts[Right], verdicts[Hidden])
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

func minutes(d time.Duration) string { return fmt.Sprintf("%.1f minutes", d.Minutes()) }
