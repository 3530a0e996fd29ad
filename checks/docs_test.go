package checks

import (
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/golden"
)

// TestDocs renders docs/checks.md from the doc comments of the checks. With
// -update it writes the page.
func TestDocs(t *testing.T) {
	comments := docComments(t)
	var page strings.Builder
	page.WriteString("# The checks\n\nThis page is generated from the checks' source by `go generate ./checks`.\n\n" +
		"A check that needs nothing beyond the preview's URL always runs. The others are skipped, and the report says so, until what they need is given.\n\n" +
		"| check | stage | severity | asks for | what holds when it passes |\n|---|---|---|---|---|\n")
	for _, c := range All() {
		fmt.Fprintf(&page, "| [%s](#%s) | %s | %s | %s | %s |\n", c.ID, c.ID, c.Stage, c.Severity, wants(c), c.Title)
	}
	for _, c := range All() {
		file := strings.ReplaceAll(c.ID, "-", "_") + ".go"
		text, found := comments[file]
		if !found {
			t.Errorf("%s documents no check", file)
		}
		fmt.Fprintf(&page, "\n## %s\n\n*%s.* Stage %s, %s.\n\n%s", c.ID, c.Title, c.Stage, c.Severity, text)
		if len(c.After) > 0 {
			fmt.Fprintf(&page, "\nNot judged while one of these fails, since that explains it: %s.\n", links(c.After))
		}
	}
	golden.Equal(t, "../docs/checks.md", []byte(page.String()))
}

// wants names what a check needs beyond the URL.
func wants(c *gate.Check) string {
	unlocks := map[string]string{
		"preview-built": "an event or `VERCEL_TOKEN`", "app-api-key": "`VERCEL_TOKEN`", "refresh-errors": "`VERCEL_TOKEN`",
		"convex-accepts-token": "a test account", "convex-run": "`--convex-run`, and a test account or `CONVEX_DEPLOY_KEY`",
		"convex-logs": "`CONVEX_DEPLOY_KEY`", "convex-fresh": "`CONVEX_DEPLOY_KEY`", "preview-env": "`VERCEL_TOKEN`", "protected-paths": "`--protected`",
		"convex-env": "`CONVEX_DEPLOY_KEY`", "client-id-agrees": "Convex' error text, `WORKOS_CLIENT_ID` or `CONVEX_DEPLOY_KEY`",
		"cookie-password": "`WORKOS_COOKIE_PASSWORD`", "api-key-valid": "`WORKOS_API_KEY`", "homepage-url": "`WORKOS_API_KEY`",
		"test-account": "a test account", "token-verifies": "a test account", "token-refreshes": "a test account",
		"sign-out-background": "a test account and Chrome, or `previewgate har`", "refresh-storm": "a test account and Chrome, or `previewgate har`",
		"redirect-loop":    "a test account and Chrome, or `previewgate har`",
		"session-accepted": "a test account, and `WORKOS_COOKIE_PASSWORD` or Chrome", "token-issued": "a test account, and `WORKOS_COOKIE_PASSWORD` or Chrome",
	}
	if u, ok := unlocks[c.ID]; ok {
		return u
	}
	return "–"
}

func links(list []*gate.Check) string {
	var all []string
	for _, c := range list {
		all = append(all, fmt.Sprintf("[%s](#%s)", c.ID, c.ID))
	}
	return strings.Join(all, ", ")
}

// docComments returns, by file, the doc comment of the exported variable in
// it as Markdown.
func docComments(t *testing.T) map[string]string {
	t.Helper()
	pkgs, err := parser.ParseDir(token.NewFileSet(), ".", nil, parser.ParseComments) //nolint:staticcheck // no type information is needed
	if err != nil {
		t.Fatal(err)
	}
	printer := &comment.Printer{HeadingLevel: 3, HeadingID: func(*comment.Heading) string { return "" }}
	texts := make(map[string]string)
	for name, file := range pkgs["checks"].Files {
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR || g.Doc == nil {
				continue
			}
			if !g.Specs[0].(*ast.ValueSpec).Names[0].IsExported() {
				continue
			}
			var p comment.Parser
			_, body, _ := strings.Cut(g.Doc.Text(), " asks ")
			texts[name] = string(printer.Markdown(p.Parse("It asks " + body)))
		}
	}
	return texts
}
