package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/previewgate/previewgate/gate"
)

// FuzzHostile puts one text into every field of a report and holds all that
// is made of it.
func FuzzHostile(f *testing.F) {
	for _, s := range hostilePieces() {
		f.Add(s)
	}
	schema := publishedSchema(f)
	f.Fuzz(func(t *testing.T, s string) {
		r := foreign(s)
		checkPage(t, r, foreignStyle(s), byGoldmark)
		checkTerminal(t, r, foreignStyle(s))
		checkLines(t, r, foreignStyle(s))
		checkEncoded(t, r, foreignStyle(s), schema)
	})
}

// FuzzEscape makes Markdown of one text in every way that there is, and holds
// that a reader sees all of it and nothing else.
func FuzzEscape(f *testing.F) {
	for _, s := range hostilePieces() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkEscape(t, s, byGoldmark) })
}

func checkEscape(t *testing.T, s string, render markdownRenderer) {
	t.Helper()
	block := strings.Join(excerpt(s), "\n")
	for _, form := range []struct{ page, want string }{
		{inline(s), s},
		{"**" + inline("x"+s) + "** x", "x" + s + "x"},
		{"- a | " + inline(s) + ": x\\\n  " + paragraph(s) + " x", "a | " + s + ": x" + s + "x"},
		{"- x " + span("x"+s) + " x", "xx" + visible(s) + "x"},
		{"- x\n\n" + indented(fence("text", excerpt(s)), "  "), "x" + block},
		{fence("text", excerpt(s)), block},
		{"| a | b |\n|-|-|\n| " + cell(s) + " | x |", "ab" + s + "x"},
	} {
		root := checkTree(t, render(t, form.page+"\n\nthe end\n"), gate.Report{}, style())
		got := textOfNode(root)
		if !tells(got, form.want) || !isLong(form.want) && letters(got) != letters(form.want)+"theend" {
			t.Errorf("%q is told as %q in\n%s", form.want, got, form.page)
		}
	}
}

// isLong reports whether not all of s may be shown.
func isLong(s string) bool { return len(visible(s)) > clauseCap || longestTicks(s) > maxTicks }

func publishedSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	return compile(t, readJSON(t, schemaFile))
}

// checkTerminal fails the test if a terminal, or a runner that reads along,
// would obey the text of the report.
func checkTerminal(t *testing.T, r gate.Report, s Style) {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, r, s, false); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		line = strings.TrimSuffix(line, "\n")
		checkOneLine(t, "text", line)
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			t.Errorf("a runner obeys %q", line)
		}
	}
}

// checkOneLine fails the test unless s is one line that shows all that is in
// it.
func checkOneLine(t *testing.T, what, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%s: %q is no UTF-8", what, s)
	}
	if i := strings.IndexFunc(s, func(r rune) bool { return r != '\ufe0f' && hidden(r) }); i >= 0 {
		t.Errorf("%s: %q holds a hidden character", what, s)
	}
}

// checkLines holds the short lines: the headline, the description of a commit
// status, and the line that shows progress.
func checkLines(t *testing.T, r gate.Report, s Style) {
	t.Helper()
	headline, description := Headline(r), Description(r, s)
	checkOneLine(t, "headline", headline)
	checkOneLine(t, "description", description)
	if n := utf8.RuneCountInString(description); n == 0 || n > 140 {
		t.Errorf("%q has %d characters", description, n)
	}
	var b bytes.Buffer
	p := Progress{Terminal: &b}
	for _, l := range r.Learned {
		p.Watch(l)
	}
	p.Done()
	for line := range strings.SplitSeq(b.String(), "\r\x1b[K") {
		checkOneLine(t, "progress", line)
		if columns(line) > 79 {
			t.Errorf("%q breaks on a terminal of 80 columns", line)
		}
	}
}

// columns counts those that a line may take on a terminal: two for whatever
// is not ASCII.
func columns(line string) int {
	n := 0
	for _, r := range line {
		if n++; r >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// checkEncoded fails the test unless the report keeps to its schema, is the
// same text after decoding, and parses in the formats of others.
func checkEncoded(t *testing.T, r gate.Report, s Style, schema *jsonschema.Schema) {
	t.Helper()
	var encoded, sarif, junit bytes.Buffer
	if err := errors.Join(JSON(&encoded, r, s), SARIF(&sarif, r, s), JUnit(&junit, r)); err != nil {
		t.Fatal(err)
	}
	checkOneLine(t, "JSON", strings.ReplaceAll(encoded.String(), "\n", ""))
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
	var got jsonReport
	if err := json.Unmarshal(encoded.Bytes(), &got); err != nil || !sameText(got.Target.Branch, r.Target.Branch) {
		t.Errorf("the branch %q is %q (%v)", r.Target.Branch, got.Target.Branch, err)
	}
	if !json.Valid(sarif.Bytes()) {
		t.Error("SARIF is no JSON")
	}
	if err := parseXML(&junit); err != nil {
		t.Errorf("JUnit: %v", err)
	}
}

// sameText reports whether a is b, in which each byte that is no UTF-8 is
// replaced.
func sameText(a, b string) bool { return a == string([]rune(b)) }

func parseXML(r io.Reader) error {
	for d := xml.NewDecoder(r); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// TestMegabytesAreCut would not end within the time of a test if anything
// took more than its time for each character.
func TestMegabytesAreCut(t *testing.T) {
	for _, s := range hugePieces() {
		r := foreign(s)
		page := Markdown(r, foreignStyle(s))
		var text bytes.Buffer
		if err := Text(&text, r, foreignStyle(s), false); err != nil {
			t.Fatal(err)
		}
		if len(page) > commentCap || text.Len() > commentCap {
			t.Errorf("%.10q: %d bytes of Markdown, %d of text", s, len(page), text.Len())
		}
		checkPage(t, r, foreignStyle(s), byGoldmark)
		checkTerminal(t, r, foreignStyle(s))
		checkLines(t, r, foreignStyle(s))
	}
}
