package layers

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = "../.."
	module = "github.com/previewgate/previewgate"
)

// mayImport lists what a package may import beyond the standard library: the
// module's own packages by their folder, others by their path or the start of
// it. A package that is not listed is held by the other rules alone.
var mayImport = map[string][]string{
	"gate":              {},
	"checks":            {"gate", "internal/facts", "internal/source", "internal/source/"},
	"internal/facts":    {"gate", "internal/web", "internal/seal", "internal/convexsync", "internal/source", "internal/source/", "github.com/golang-jwt/jwt/v5", "github.com/dlclark/regexp2", "golang.org/x/net/"},
	"internal/har":      {"internal/facts", "internal/redact"},
	"internal/web":      {"internal/redact", "github.com/hashicorp/go-retryablehttp", "golang.org/x/net/"},
	"internal/redact":   {},
	"internal/report":   {"gate"},
	"internal/action":   {"gate", "internal/hub", "github.com/google/go-github/"},
	"internal/hub":      {"github.com/google/go-github/", "github.com/hashicorp/go-retryablehttp"},
	"internal/browser":  {"internal/har", "internal/web", "github.com/chromedp/"},
	"internal/workflow": {"gate", "internal/action", "internal/publish", "github.com/google/go-github/"},
	"internal/publish":  {"gate", "internal/hub", "github.com/google/go-github/", "github.com/sethvargo/go-githubactions"},
	"internal/layers":   {},
	"docs":              {},
}

// A pkg is one folder of Go files. Tests are not part of it: they may import
// what they like.
type pkg struct {
	dir     string // from the module's root, with slashes
	name    string
	imports []string
	files   []*ast.File
}

// packages reads every package of the module.
func packages(t *testing.T) (*token.FileSet, []*pkg) {
	t.Helper()
	fset, byDir := token.NewFileSet(), make(map[string]*pkg)
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if file != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(fset, file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(file)), root+"/")
		if byDir[dir] == nil {
			byDir[dir] = &pkg{dir: dir, name: parsed.Name.Name}
		}
		p := byDir[dir]
		p.files = append(p.files, parsed)
		for _, spec := range parsed.Imports {
			to, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			p.imports = append(p.imports, strings.TrimPrefix(to, module+"/"))
		}
		return nil
	})
	if err != nil || len(byDir) < 5 {
		t.Fatalf("%d packages were found: %v", len(byDir), err)
	}
	var all []*pkg
	for _, p := range byDir {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *pkg) int { return strings.Compare(a.dir, b.dir) })
	return fset, all
}

// standard reports whether an import is of the standard library: only other
// modules have a dot in the first element of their path.
func standard(to string, own map[string]bool) bool {
	first, _, _ := strings.Cut(to, "/")
	return !own[to] && !strings.Contains(first, ".")
}

func TestImportsPointOneWay(t *testing.T) {
	_, all := packages(t)
	own := make(map[string]bool)
	for _, p := range all {
		own[p.dir] = true
	}
	for dir := range mayImport {
		if !own[dir] {
			t.Errorf("there is a rule for %s, and no such package", dir)
		}
	}
	for _, p := range all {
		allowed, ruled := mayImport[p.dir]
		for _, to := range p.imports {
			inCommand := strings.HasPrefix(p.dir, "cmd/")
			switch {
			case strings.HasPrefix(to, "cmd/"):
				t.Errorf("%s imports %s: nothing imports a command", p.dir, to)
			case to == "internal/sandbox" && !inCommand && p.dir != "bench" && p.dir != "internal/testbed":
				t.Errorf("%s imports %s: only commands, benchmarks and the test bed play with it", p.dir, to)
			case ruled && !standard(to, own) && !slices.ContainsFunc(allowed, func(a string) bool {
				return to == a || strings.HasSuffix(a, "/") && strings.HasPrefix(to, a)
			}):
				t.Errorf("%s may not import %s", p.dir, to)
			}
		}
	}
}

func TestPackagesAreNamedForWhatTheyAre(t *testing.T) {
	_, all := packages(t)
	for _, p := range all {
		switch p.name {
		case "util", "utils", "common", "helpers", "types", "models":
			t.Errorf("%s: the name %s says nothing", p.dir, p.name)
		}
		if base := path.Base(p.dir); p.name != "main" && p.name != base {
			t.Errorf("package %s is in the folder %s", p.name, p.dir)
		}
	}
}

func TestNothingRunsByItself(t *testing.T) {
	fset, all := packages(t)
	for _, p := range all {
		for _, file := range p.files {
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
					t.Errorf("%s: func init runs unasked", fset.Position(f.Pos()))
				}
			}
		}
	}
}

func TestEverythingIsDocumented(t *testing.T) {
	fset, all := packages(t)
	for _, p := range all {
		described, err := doc.NewFromFiles(fset, p.files, module+"/"+p.dir)
		if err != nil {
			t.Fatal(err)
		}
		if described.Doc == "" {
			t.Errorf("%s has no package comment", p.dir)
		}
		if p.name == "main" {
			continue
		}
		for _, name := range undocumented(described) {
			t.Errorf("%s: %s has no doc comment", p.dir, name)
		}
	}
}

// undocumented lists the exported names of a package that nothing is said of.
// A comment on a group speaks for the group, and methods that an interface of
// the standard library explains need none.
func undocumented(p *doc.Package) []string {
	var missing []string
	values := func(all []*doc.Value) {
		for _, v := range all {
			if v.Doc != "" {
				continue
			}
			for _, spec := range v.Decl.Specs {
				s := spec.(*ast.ValueSpec)
				if s.Doc == nil && s.Comment == nil && s.Names[0].IsExported() {
					missing = append(missing, s.Names[0].Name)
				}
			}
		}
	}
	funcs := func(of string, all []*doc.Func) {
		for _, f := range all {
			wellKnown := of != "" && slices.Contains([]string{"Error", "Unwrap", "Is", "As", "String"}, f.Name)
			if f.Doc == "" && !wellKnown {
				missing = append(missing, of+f.Name)
			}
		}
	}
	values(slices.Concat(p.Consts, p.Vars))
	funcs("", p.Funcs)
	for _, t := range p.Types {
		if t.Doc == "" {
			missing = append(missing, t.Name)
		}
		values(slices.Concat(t.Consts, t.Vars))
		funcs("", t.Funcs)
		funcs(t.Name+".", t.Methods)
	}
	return missing
}
