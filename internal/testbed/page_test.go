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
	want, got := heldTo(string(kept)), heldTo(page)
	if diff := cmp.Diff(want[0], got[0]); diff != "" {
		t.Errorf("docs/accuracy.md is not what was measured (-want +got); -update rewrites it:\n%s", diff)
	}
	if diff := cmp.Diff(want[1], got[1]); diff != "" {
		t.Logf("of two faults something else was named this time (-want +got):\n%s", diff)
	}
}

// heldTo returns the two parts of the page that runs are held to, without durations. Of two faults at a time which is
// named can depend on which answer comes first: what is promised of those is how many are understood.
func heldTo(page string) [2]string {
	page = durations.ReplaceAllString(page, "…")
	alone, together, _ := strings.Cut(page, "\n## Two faults\n")
	return [2]string{regexp.MustCompile(`\| (\d+) with two faults \|.*`).ReplaceAllString(alone, "| $1 with two faults |"), together}
}

const head = `# How often the gate is right

This page is written by a test that builds a real app, breaks it in one way after the other, and runs previewgate on it.

%s

## How it is measured

` + "```" + `
PREVIEWGATE_APPS=1 go test ./internal/testbed -timeout 20m          # holds this page to a new run
PREVIEWGATE_APPS=1 go test ./internal/testbed -timeout 20m -update  # rewrites it
` + "```" + `

Beside Go it takes Node.js 20 or later with npm, and Chrome or Chromium. It took %s here, on two cores that others used as
well: %s until the last of %d builds of the app, then the runs, three at a time. A run to which the busy machine owed an answer
is made once more, and so is one whose browser saw something else when this page is held to a new run; not when it is written.

Real are the app, its sessions and everybody who looks at it:

- the app: Next.js, AuthKit for Next.js 4 and 2, and Convex' client, with a lock. Its source is in ` + "`testdata/apps`" + `. Each fault
  of the source is built from the faulty source by ` + "`next build`" + `, and served by ` + "`next start`" + `;
- the emulator of WorkOS' own command line: it issues codes, tokens and keys, exchanges them and rotates them;
- ` + "`previewgate check`" + ` in a process of its own, Chrome where a browser looks, and TLS between all of them.

Stand-ins of the sandbox are in the place of what nobody can have without an account. They are modelled after what
[design.md](design.md) tells:

- WorkOS' sign-in page, since its emulator has none. It asks for the address, then for the password, and not again until somebody
  signs out;
- WorkOS' registry. The emulator takes any client id, any key and no redirect URI but loopback's; the sandbox judges these before
  it. Tokens name the issuer that production's do, and live for five minutes; a refresh token that was used gets the same answer
  for half a minute;
- Convex, which verifies the emulator's tokens by the emulator's keys;
- Vercel's edge, API and runtime log, and GitHub. A proxy that throws is answered as ` + "`next start`" + ` does, not by a page of Vercel's.

The command is the release build but for one file, which is added to Go's package net and leads the names of the stand-ins to
their port on loopback. The app is told the same by a preloaded script, and Chrome by flags.

`

// triage lists the branches of the triage that a person goes through.
const triage = `The branch of the triage that a fault is on:

| | what people see | what it comes from |
|---|---|---|
| T1 | nobody is signed in | the proxy, the callback, the API key |
| T2 | nobody is signed in | the cookie password |
| T3 | the token's hook has an error, or flaps | refreshes that fail |
| T4 | a page that loads for ever | a bridge to Convex that refreshes in a loop |
| T5 | Convex takes no token | issuer, audience or keys in auth.config.ts |
| T6 | Convex takes no token | WORKOS_CLIENT_ID on Convex |
| T7 | Convex never authenticates | NEXT_PUBLIC_CONVEX_URL |
| T8 | sign-in ends on an error page, or where it began | client id, redirect URI |
| T9 | people are signed out at random | a prefetched sign-out |
| T10 | all of the above is right | Convex' functions and their log |

`

func (m measure) page() string {
	var b strings.Builder
	fmt.Fprintf(&b, head, m.summary(), minutes(m.took), minutes(m.building), m.builds)
	b.WriteString("## Healthy previews\n\n| AuthKit | what is special | the gate | named | took |\n|---|---|---|---|---|\n")
	for _, tr := range m.healthy {
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s |\n", tr.build().AuthKit, tr.Title, tr.Gate, Listed(tr.Checks()), seconds(tr.Took))
	}
	b.WriteString("\n## One fault\n\n" + triage)
	singles(&b, m.singles)
	b.WriteString("\n## Two faults\n\nBoth are named; or one is, and the check of the other waits for it or has nothing to look at yet.\n\n" +
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
