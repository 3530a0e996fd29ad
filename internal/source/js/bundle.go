package js

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-sourcemap/sourcemap"
)

// A Bundled module is an entry with all that it imports, ready to run.
type Bundled struct {
	Entry   string
	Code    []byte   // one ECMAScript module without imports
	Unknown []string // specifiers that lead out of the repository and to no stub, sorted

	files    Files
	consumer *sourcemap.Consumer
}

// Bundle puts an entry and what it imports into one module. stubs are modules
// in JavaScript that stand in for packages, by specifier; "name/*" stands in
// for all of a package's modules. Whatever else is imported from outside the
// repository becomes a value that is unknown: see [VM].
func Bundle(ctx context.Context, entry string, files Files, stubs map[string]string) (*Bundled, error) {
	entry = path.Clean(entry)
	if _, ok := files[entry]; !ok {
		return nil, &SyntaxError{Position{Path: entry}, "does not exist", true}
	}
	b := &bundler{
		ctx: ctx, entry: entry, files: files,
		resolver: newResolver(files.lookup, files.manifests, stubs),
		modules:  make(map[string]bool),
		unknown:  make(map[string]bool),
	}
	out := api.Build(b.options())
	if b.broken != nil {
		return nil, b.broken
	}
	if len(out.Errors) > 0 {
		return nil, b.failure(out.Errors[0])
	}
	done := &Bundled{Entry: entry, Unknown: slices.Sorted(maps.Keys(b.unknown)), files: files}
	for _, f := range out.OutputFiles {
		if path.Ext(f.Path) != ".map" {
			done.Code = f.Contents
			continue
		}
		var err error
		if done.consumer, err = sourcemap.Parse("", f.Contents); err != nil && !sourceMapIsEmpty(err) {
			return nil, &SyntaxError{Position{Path: entry}, err.Error(), true}
		}
	}
	return done, nil
}

type bundler struct {
	ctx      context.Context //nolint:containedctx // esbuild's callbacks have none
	entry    string
	files    Files
	resolver *resolver

	mu      sync.Mutex // esbuild calls back from many goroutines
	modules map[string]bool
	unknown map[string]bool
	broken  error
}

// exported is the bundle's only export: all of the entry's.
const exported = "entry"

// The namespaces of modules that are not on a disk.
const (
	inRepository = "repository"
	inStub       = "stub"
	inUnknown    = "unknown"
)

func (b *bundler) options() api.BuildOptions {
	return api.BuildOptions{
		Stdin:         &api.StdinOptions{Contents: "export * as " + exported + " from " + strconv.Quote(b.entry), Sourcefile: "entry", Loader: api.LoaderJS},
		Bundle:        true,
		Outfile:       "/out.js",
		AbsWorkingDir: "/",
		Format:        api.FormatESModule,
		Platform:      api.PlatformBrowser,
		Target:        api.ES2022,
		Supported:     supported(),
		JSX:           api.JSXAutomatic,
		TsconfigRaw:   "{}",
		MinifySyntax:  true,
		TreeShaking:   api.TreeShakingTrue,
		Sourcemap:     api.SourceMapExternal,
		Define:        map[string]string{"process.env.NODE_ENV": `"production"`},
		LogLevel:      api.LogLevelSilent,
		LogLimit:      1,
		LogOverride:   map[string]api.LogLevel{"import-is-undefined": api.LogLevelSilent},
		Plugins:       []api.Plugin{{Name: "repository", Setup: b.setup}},
	}
}

func (b *bundler) setup(build api.PluginBuild) {
	build.OnResolve(api.OnResolveOptions{Filter: ".*"}, b.onResolve)
	build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: inRepository}, b.onLoad)
	build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: inStub}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		text, _ := b.resolver.stub(args.Path)
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
	})
	build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: inUnknown}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		text := "module.exports = " + hostName + ".unknown(" + strconv.Quote(args.Path) + ");"
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
	})
}

func (b *bundler) onResolve(args api.OnResolveArgs) (api.OnResolveResult, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if args.Namespace != inRepository && args.Namespace != inStub && args.Namespace != inUnknown {
		return api.OnResolveResult{Path: b.entry, Namespace: inRepository}, nil
	}
	if _, ok := b.resolver.stub(args.Path); ok {
		return api.OnResolveResult{Path: args.Path, Namespace: inStub}, nil
	}
	if args.Namespace == inRepository {
		if name, ok := b.resolver.resolve(args.Path, args.Importer); ok {
			return api.OnResolveResult{Path: name, Namespace: inRepository}, nil
		}
	}
	b.unknown[args.Path] = true
	return api.OnResolveResult{Path: args.Path, Namespace: inUnknown}, nil
}

func (b *bundler) onLoad(args api.OnLoadArgs) (api.OnLoadResult, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	src := Source{args.Path, b.files[args.Path]}
	b.modules[args.Path] = true
	if b.broken == nil {
		b.broken = b.ctx.Err()
	}
	if b.broken == nil && len(b.modules) > maxModules {
		b.broken = &SyntaxError{Position{Path: b.entry}, fmt.Sprintf("imports more than %d modules", maxModules), true}
	}
	if b.broken == nil {
		b.broken = readable(src)
	}
	if b.broken != nil {
		return api.OnLoadResult{}, errors.New("refused")
	}
	text := string(defuse(src.Text))
	return api.OnLoadResult{Contents: &text, Loader: loader(args.Path)}, nil
}

func (b *bundler) failure(m api.Message) error {
	if m.Location == nil {
		return &SyntaxError{Position{Path: b.entry}, m.Text, false}
	}
	name := strings.TrimPrefix(m.Location.File, inRepository+":")
	return &SyntaxError{newLines(b.files[name]).at(name, m.Location.Line, m.Location.Column), m.Text, false}
}

// position leads from a line and a column in the bundle, as the virtual
// machine counts them, to the source. Its Line is 0 where none is behind it.
func (b *Bundled) position(line, column int) Position {
	if b.consumer == nil {
		return Position{Path: b.Entry}
	}
	source, _, line, column, ok := b.consumer.Source(line, column-1)
	name := strings.TrimPrefix(source, inRepository+":")
	text, known := b.files[name]
	if !ok || !known {
		return Position{Path: b.Entry}
	}
	return newLines(text).atUTF16(name, line, column)
}
