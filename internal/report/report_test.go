package report

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/golden"
)

// equal compares got with the golden of that name.
func equal(t *testing.T, name, got string) {
	t.Helper()
	golden.Equal(t, filepath.Join("testdata", name), []byte(got))
}

func TestWords(t *testing.T) {
	for name, r := range samples() {
		t.Run(name, func(t *testing.T) {
			equal(t, name+".golden.md", Markdown(r, style()))
			var text, encoded bytes.Buffer
			if err := Text(&text, r, style(), false); err != nil {
				t.Error(err)
			}
			equal(t, name+".golden.txt", text.String())
			if err := JSON(&encoded, r, style()); err != nil {
				t.Error(err)
			}
			equal(t, name+".golden.json", encoded.String())
			var sarif, junit bytes.Buffer
			if err := errors.Join(SARIF(&sarif, r, style()), JUnit(&junit, r)); err != nil {
				t.Error(err)
			}
			equal(t, name+".golden.sarif", sarif.String())
			equal(t, name+".golden.xml", junit.String())
		})
	}
}

func TestHeadline(t *testing.T) {
	for want, r := range map[string]gate.Report{
		"auth works on this preview":                     withoutAdvice(),
		"auth works on this preview, 1 piece of advice":  openSample(),
		"1 thing to fix before this preview can merge":   oneSample(),
		"2 things to fix before this preview can merge":  severalSample(),
		"20 things to fix before this preview can merge": longSample(),
	} {
		if got := Headline(r); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for want, r := range map[string]gate.Report{
		"nothing wrong with auth in this recording":                    withoutAdvice(),
		"nothing wrong with auth in this recording, 1 piece of advice": openSample(),
		"2 things wrong with auth in this recording":                   severalSample(),
	} {
		r.Target.Recording = "visit.har"
		if got := Headline(r); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, r := range []gate.Report{undecidedSample(), skippedSample(), {}} {
		if got := Headline(r); got != "could not be decided" {
			t.Errorf("got %q", got)
		}
	}
}

func withoutAdvice() gate.Report {
	r := openSample()
	r.Results = r.Results[:len(r.Results)-1]
	return r
}

func TestDescription(t *testing.T) {
	const refuses = "redirect-uri-registered: WorkOS refuses https://web-git-fix-login-acme.vercel.app/callback"
	const challenge = "sign-in-starts: the preview answers with a challenge of Vercel's firewall (+2 more)"
	for want, r := range map[string]gate.Report{
		"auth works: 4 checks passed, 3 skipped":                    withoutAdvice(),
		"auth works: 4 checks passed, 1 advisory failed, 3 skipped": openSample(),
		refuses:                              oneSample(),
		refuses + " (+1 more)":               severalSample(),
		"could not be decided: " + challenge: undecidedSample(),
		"could not be decided: no blocking check could be judged": skippedSample(),
	} {
		if got := Description(r, style()); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	want := "could not be decided, does not block: " + challenge
	if got := Description(undecidedSample(), Style{UndecidedOpens: true}); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDescriptionFitsACommitStatus(t *testing.T) {
	for name, r := range samples() {
		got := Description(r, style())
		if n := utf8.RuneCountInString(got); n > 140 {
			t.Errorf("%s: %d characters: %q", name, n, got)
		}
		if strings.ContainsAny(got, "\n\x1b\u202e") {
			t.Errorf("%s: %q holds a control", name, got)
		}
	}
}

func TestTextObeysNoForeignControl(t *testing.T) {
	var b bytes.Buffer
	if err := Text(&b, hostileSample(), style(), false); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if r != '\n' && hidden(r) {
			t.Fatalf("the text holds %q", r)
		}
	}
}

func TestTextGivesTheRunnerNoCommand(t *testing.T) {
	v := gate.Fail("no").FixedBy("run\n```\n::set-output name=x::y\n```\n\n::error::z ##[add-mask]a").
		Because("log", "a\n  ::stop-commands::b")
	var b bytes.Buffer
	if err := Text(&b, reportOf(judged(jwks(), v)), Style{}, false); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			t.Errorf("a runner obeys %q", line)
		}
	}
}

func TestTextInColour(t *testing.T) {
	var colour, none bytes.Buffer
	if err := Text(&colour, oneSample(), style(), true); err != nil {
		t.Fatal(err)
	}
	if err := Text(&none, oneSample(), style(), false); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(colour.String(), "\x1b[1;31m✗ 1 thing to fix") {
		t.Error("the headline of a closed gate is not red")
	}
	if got := withoutColour(colour.String()); got != none.String() {
		t.Errorf("colour changes the words:\n%s", cmp.Diff(none.String(), got))
	}
}

func withoutColour(s string) string {
	for _, code := range []string{"32", "1;31", "1;33", "1;36", "2", "0"} {
		s = strings.ReplaceAll(s, "\x1b["+code+"m", "")
	}
	return s
}

func TestVerboseTextTellsTimings(t *testing.T) {
	s := style()
	s.Verbose = true
	var b bytes.Buffer
	if err := Text(&b, oneSample(), s, false); err != nil {
		t.Fatal(err)
	}
	want := "Took 1.5 s; slowest facts:\n     1.2 s  client bundle\n     88 ms  JWKS\n"
	if !strings.Contains(b.String(), want) {
		t.Errorf("no %q in\n%s", want, b.String())
	}
}
