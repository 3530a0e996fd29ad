package report

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"

	"github.com/previewgate/previewgate/gate"
)

// A markdownRenderer makes HTML of a page, with all HTML that is in it.
type markdownRenderer func(t *testing.T, markdown string) string

// byGoldmark renders a page as GitHub would lay a comment out.
func byGoldmark(t *testing.T, markdown string) string {
	t.Helper()
	var page bytes.Buffer
	md := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote),
		goldmark.WithRendererOptions(renderer.WithUnsafe(), renderer.WithHardWraps()))
	if err := md.Convert([]byte(markdown), &page); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// checkPage fails the test if the whole page of the report holds anything
// that foreign text put there, or lacks anything that foreign text hid.
func checkPage(t *testing.T, r gate.Report, s Style, render markdownRenderer) {
	t.Helper()
	page := MarkdownWithin(r, s, math.MaxInt)
	checkSource(t, page)
	root := checkTree(t, render(t, page+"\n\nthe end\n"), r, s)
	count := make(map[string]int)
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			count[n.Data]++
		}
	}
	told := 0
	for _, d := range r.Diagnoses() {
		told += 1 + min(len(fix(fixOf(d))), 1)
	}
	for element, want := range map[string]int{
		"h3": 1, "details": 1, "summary": 1, "table": 1, "tr": 1 + len(r.Results), "th": 4, "td": 4 * len(r.Results), "strong": told,
	} {
		if count[element] != want {
			t.Errorf("%d of %s, want %d", count[element], element, want)
		}
	}
	checkTable(t, r, root)
	if t.Failed() {
		t.Logf("%+v\n%s", r, page)
	}
}

// checkSource holds what a page must keep to before it is rendered.
func checkSource(t *testing.T, page string) {
	t.Helper()
	if strings.Contains(page, "<!--") || !utf8.ValidString(page) {
		t.Error("the page holds a comment or is no UTF-8")
	}
	if n := longestTicks(page); n > 80 {
		t.Errorf("%d backticks in a row are no fence to cmark", n)
	}
	if i := strings.IndexFunc(page, func(r rune) bool { return r != '\n' && r != '\ufe0f' && hidden(r) }); i >= 0 {
		t.Errorf("the page holds a hidden character before %.20q", page[i:])
	}
}

// openPipes counts the pipes that end a cell: those that no backslash
// escapes, whatever else it stands in.
func openPipes(row string) int {
	count := 0
	for i := 0; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++
		case '|':
			count++
		}
	}
	return count
}

// checkTree holds every node of what a page was rendered to, of which the
// last paragraph says "the end", and returns the tree.
func checkTree(t *testing.T, rendered string, r gate.Report, s Style) *html.Node {
	t.Helper()
	checkBalance(t, rendered)
	root, err := html.Parse(strings.NewReader(rendered))
	if err != nil {
		t.Fatal(err)
	}
	var last *html.Node
	for n := range root.Descendants() {
		checkNode(t, n, r, s)
		if n.Type == html.ElementNode && n.Data == "p" {
			last = n
		}
	}
	if last == nil || last.Parent.Data != "body" || textOfNode(last) != "the end" {
		t.Error("what follows the page is taken for a part of it")
	}
	return root
}

// checkBalance fails the test unless every tag is closed, in order.
func checkBalance(t *testing.T, rendered string) {
	t.Helper()
	var open []string
	for z := html.NewTokenizer(strings.NewReader(rendered)); ; {
		kind := z.Next()
		name, _ := z.TagName()
		switch {
		case kind == html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("not closed: %q", open)
			}
			return
		case kind == html.StartTagToken && string(name) != "br":
			open = append(open, string(name))
		case kind == html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != string(name) {
				t.Errorf("</%s> closes %q", name, open)
				return
			}
			open = open[:len(open)-1]
		}
	}
}

// ourElements are those that a page is made of.
var ourElements = strings.Fields("html head body h3 p strong a code pre ul li br details summary table thead tbody tr th td")

func checkNode(t *testing.T, n *html.Node, r gate.Report, s Style) {
	t.Helper()
	switch n.Type {
	case html.ElementNode:
		if !slices.Contains(ourElements, n.Data) {
			t.Errorf("element %s", n.Data)
		}
		for _, a := range n.Attr {
			if !isOurs(n.Data+" "+a.Key, a.Val, r, s) {
				t.Errorf("attribute %s=%q", a.Key, a.Val)
			}
		}
	case html.TextNode:
		if what := recognised(n.Data); what != "" && !inCode(n) {
			t.Errorf("text %q has what GitHub takes for %s", n.Data, what)
		}
	default:
		t.Errorf("%q is neither an element nor text", n.Data)
	}
}

// isOurs reports whether an attribute is one that the report itself writes.
func isOurs(name, value string, r gate.Report, s Style) bool {
	switch name {
	case "a href":
		return value == r.Target.URL || value == s.RunURL || value == s.RunURL+"#artifacts" || strings.HasPrefix(value, s.DocsURL+"#")
	case "code class":
		return slices.Contains([]string{"language-text", "language-sh", "language-json"}, value)
	}
	return false
}

func inCode(n *html.Node) bool {
	for a := range n.Ancestors() {
		if a.Data == "code" {
			return true
		}
	}
	return false
}

func textOfNode(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// checkTable fails the test unless each cell holds its own text.
func checkTable(t *testing.T, r gate.Report, root *html.Node) {
	t.Helper()
	for row := range strings.Lines(newPage(r, style()).table()) {
		if openPipes(row) != 5 {
			t.Errorf("a row of another length: %s", row)
		}
	}
	var cells []string
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "td" {
			cells = append(cells, textOfNode(n))
		}
	}
	for i, res := range r.Results {
		if len(cells) < 4*i+4 {
			return // which checkPage has said
		}
		if got := cells[4*i]; got != markOf(res).emoji() {
			t.Errorf("row %d: the mark is %q", i, got)
		}
		for j, want := range []string{res.Check.ID, res.Check.Stage.String(), clause(res)} {
			if got := cells[4*i+j+1]; !tells(got, want) {
				t.Errorf("row %d: the cell %q should say %q", i, got, want)
			}
		}
	}
}

// tells reports whether a reader who sees got has been told all of want, or
// its start where it is long.
func tells(got, want string) bool {
	start, _ := startOf(strings.Trim(want, blanks), 4*clauseCap) // blanks beyond are not worth a look
	start, _ = startOf(visible(joined(start)), clauseCap/2)
	return strings.HasPrefix(letters(got), letters(start))
}

// letters returns what is visible of s but for blanks, backticks and ellipses.
func letters(s string) string {
	return strings.NewReplacer(" ", "", "`", "", "…", "").Replace(visible(joined(s)))
}

func TestForeignTextStaysText(t *testing.T) {
	for name, r := range samples() {
		if name != "long" {
			t.Run(name, func(t *testing.T) { checkPage(t, r, style(), byGoldmark) })
		}
	}
}

// TestHostileMixturesStayText adds to FuzzHostile, which has each of the
// pieces.
func TestHostileMixturesStayText(t *testing.T) {
	for _, s := range mixtures(100) {
		t.Run(fmt.Sprintf("%.30q", s), func(t *testing.T) { checkPage(t, foreign(s), foreignStyle(s), byGoldmark) })
	}
}
