package checks

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
	"github.com/previewgate/previewgate/internal/source/eval"
	"github.com/previewgate/previewgate/internal/source/js"
	"github.com/previewgate/previewgate/internal/source/match"
	"github.com/previewgate/previewgate/internal/source/project"
	"github.com/previewgate/previewgate/internal/source/rules"
)

// The hosts of the sources' environment.
const (
	hashHost   = "web-k3v9x2m1q-acme.vercel.app"
	branchHost = "web-git-fix-login-acme.vercel.app"
	configFile = "packages/backend/convex.json"
	authFile   = "packages/backend/convex/auth.config.ts"
	proxyFile  = "apps/web/proxy.ts"
)

// spot is a place in a file, with the token that begins there.
func spot(file string, line, column int, token string) rules.Position {
	return rules.Position{File: file, Line: line, Column: column, Token: token}
}

// remark is a previewgate-ignore for a check, on a line of its own above the
// given one. Without a reason it counts for nothing.
func remark(file string, line int, id, reason string) rules.Ignore {
	i := rules.Ignore{Position: spot(file, line-1, 1, "//"), Check: id, Reason: reason, Lines: [2]int{line - 1, line}}
	if reason == "" {
		i.Wrong = "it gives no reason"
	}
	return i
}

// calling are the visits of a proxy that always asks for one redirect URI.
func calling(c eval.Call) *eval.Proxy {
	p := covering("/((?!_next).*)")
	for _, host := range []string{hashHost, branchHost} {
		p.Visits = append(p.Visits, eval.Visit{URL: "https://" + host + "/", Runs: true, Calls: []eval.Call{c}})
	}
	return p
}

// covering is a proxy with a matcher.
func covering(matcher string) *eval.Proxy {
	at := js.Position{Path: proxyFile, Line: 9, Column: 12}
	return &eval.Proxy{Entry: proxyFile, Handler: "default", Config: eval.Config{
		Static: true, Position: at, Matchers: []eval.SourceMatcher{{Matcher: match.Matcher{Source: matcher}, Position: at}},
	}}
}

// byBranch is how the official template's proxy calls AuthKit on a preview.
var byBranch = eval.Call{Via: "proxy", RedirectURI: "https://" + branchHost + "/callback", Given: true, From: []string{"VERCEL_BRANCH_URL"}}

// byHash asks for the deployment's own host instead.
var byHash = eval.Call{Via: "proxy", RedirectURI: "https://" + hashHost + "/callback", Given: true, From: []string{"VERCEL_URL"}}

// registers is a redirect URI that convex.json registers.
func registers(variable, host string) source.Registered {
	return source.Registered{
		Template: "https://${buildEnv." + variable + "}/callback", URI: "https://" + host + "/callback",
		Position: js.Position{Path: configFile, Line: 5, Column: 26},
	}
}

// healthy is a repository with one app and one backend, in which nothing is
// wrong.
func healthy() source.Repository {
	app := source.App{
		App: project.App{
			Dir: "apps/web", Root: "apps/web", AppDir: "apps/web/app", Next: project.Version{Major: 16},
			Proxy: project.Proxy{File: proxyFile},
			Routes: []project.Route{
				{File: "apps/web/app/callback/route.ts", URL: "/callback", Kind: project.Handler},
				{File: "apps/web/app/layout.tsx", URL: "/", Kind: project.Layout},
				{File: "apps/web/app/dashboard/page.tsx", URL: "/dashboard", Kind: project.Page},
			},
		},
		Evaluated: calling(byBranch),
	}
	return source.Repository{
		Dir: "repo", Apps: []source.App{app},
		Backends: []source.Backend{{
			Backend:   project.Backend{Dir: "packages/backend/convex", Config: configFile, AuthConfigs: []string{authFile}},
			Registers: []source.Registered{registers("VERCEL_BRANCH_URL", branchHost)},
			Auth:      &eval.AuthConfig{Providers: []eval.Provider{perClientProvider(client)}, Shape: []eval.Provider{perClientProvider("${WORKOS_CLIENT_ID}")}},
		}},
		Findings: rules.Findings{
			Callbacks: []rules.Callback{{Position: spot("apps/web/app/callback/route.ts", 3, 20, "handleAuth"), URL: "/callback", App: "apps/web"}},
			Protected: []rules.ProtectedCall{{
				Position: spot("apps/web/app/dashboard/page.tsx", 4, 26, "withAuth"), URL: "/dashboard", App: "apps/web", File: "apps/web/app/dashboard/page.tsx",
			}},
		},
	}
}

// perClientProvider is WorkOS' provider of one client.
func perClientProvider(id string) eval.Provider {
	return eval.Provider{
		Type: "customJwt", Issuer: api + "/user_management/" + id, JWKS: api + "/sso/jwks/" + id, Algorithm: "RS256",
		Position: js.Position{Path: authFile, Line: 7, Column: 5},
		Fields: map[string]js.Position{
			"issuer": {Path: authFile, Line: 9, Column: 7}, "applicationID": {Path: authFile, Line: 11, Column: 7},
		},
	}
}

// sourced gives the healthy repository with changes.
func sourced(changes ...func(*source.Repository)) []gate.Given {
	r := healthy()
	for _, change := range changes {
		change(&r)
	}
	return given(facts.Repository.Is(r))
}

// plus adds further facts.
func plus(facts []gate.Given, more ...gate.Given) []gate.Given { return append(facts, more...) }

func onApp(change func(*source.App)) func(*source.Repository) {
	return func(r *source.Repository) { change(&r.Apps[0]) }
}

func onBackend(change func(*source.Backend)) func(*source.Repository) {
	return func(r *source.Repository) { change(&r.Backends[0]) }
}

func onFindings(change func(*rules.Findings)) func(*source.Repository) {
	return func(r *source.Repository) { change(&r.Findings) }
}

// evaluated gives the app another evaluation of its proxy.
func evaluated(p *eval.Proxy) func(*source.Repository) {
	return onApp(func(a *source.App) { a.Evaluated = p })
}

// ignoring adds a comment to the sources.
func ignoring(file string, line int, id, reason string) func(*source.Repository) {
	return onFindings(func(f *rules.Findings) { f.Ignores = append(f.Ignores, remark(file, line, id, reason)) })
}

// unread notes a file that could not be read.
func unread(file, why string) func(*source.Repository) {
	return onFindings(func(f *rules.Findings) { f.Notes = append(f.Notes, project.Note{File: file, Text: why}) })
}

// second adds a second app that uses AuthKit.
func second(r *source.Repository) {
	app := r.Apps[0]
	app.Dir, app.Root, app.AppDir, app.Routes = "apps/admin", "apps/admin", "apps/admin/app", nil
	r.Apps = append(r.Apps, app)
}

func TestFromSource(t *testing.T) {
	reads := func(facts ...gate.Given) (gate.Verdict, bool) {
		var v gate.Verdict
		var ok bool
		c := &gate.Check{ID: "x", Uses: []gate.Need{theSource}, Judge: func(known *gate.Facts) gate.Verdict {
			v, ok = fromSource(known, func(source.Repository) gate.Verdict { return gate.Pass("judged") })
			return v
		}}
		c.JudgeAlone(gate.Target{}, facts...)
		return v, ok
	}
	for _, tt := range []struct {
		name  string
		facts []gate.Given
		want  gate.Verdict
		given bool
	}{
		{"a repository", sourced(), gate.Pass("judged"), true},
		{"none", given(facts.Repository.IsMissing(gate.NotGiven{What: "source", Unlock: "--source"})), gate.Verdict{Status: gate.Skipped, Summary: "source is not given (--source)", Unlock: "--source"}, false},
		{"one that cannot be read", given(facts.Repository.IsMissing(errors.New("no such directory"))), gate.Unsure("no such directory"), true},
		{"one that cannot be analysed", sourced(func(r *source.Repository) { r.Trouble = "the analysis took too long" }), gate.Unsure("the source could not be analysed: the analysis took too long"), true},
		{"one without app and backend", sourced(func(r *source.Repository) { r.Apps, r.Backends = nil, nil }), gate.Skip("repo holds no Next.js app that uses AuthKit and no Convex backend"), true},
		{"a backend alone", sourced(func(r *source.Repository) { r.Apps = nil }), gate.Pass("judged"), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := reads(tt.facts...)
			if diff := cmp.Diff(tt.want, got); diff != "" || ok != tt.given {
				t.Errorf("given %v (-want +got):\n%s", ok, diff)
			}
		})
	}
}

var theSource gate.Need = facts.Repository

func TestIfRead(t *testing.T) {
	const huge = "it has 2000000 bytes, more than the 1048576 that are read"
	unsure := func(file, why string) gate.Verdict {
		return gate.Unsure("nothing was found, but %s was not read: %s", file, why)
	}
	large := gate.Unsure("nothing was found, but the source is too large to be read whole")
	for _, tt := range []struct {
		name   string
		change func(*source.Repository)
		want   gate.Verdict
	}{
		{"all was read", func(*source.Repository) {}, gate.Pass("fine")},
		{"a file that does not parse", unread("apps/web/lib/a.ts", "it could not be parsed: Unexpected end"), unsure("apps/web/lib/a.ts", "it could not be parsed: Unexpected end")},
		{"a page that is too large to be read", unread("apps/web/app/dashboard/page.tsx", huge), unsure("apps/web/app/dashboard/page.tsx", huge)},
		{"the proxy", unread(proxyFile, huge), unsure(proxyFile, huge)},
		{"a generated file", unread("apps/web/lib/icons.ts", huge), gate.Pass("fine")},
		{"a file of generated code that grew", unread("apps/web/lib/icons.ts", "it has more than the 1048576 bytes that are read"), gate.Pass("fine")},
		{"a video called .ts", unread("apps/web/assets/intro.ts", "it is binary, whatever its name says"), gate.Pass("fine")},
		{"a vendored script", unread("apps/web/public/pdf.worker.js", "it could not be parsed: x"), gate.Pass("fine")},
		{"a test that is meant to be broken", unread("packages/lint/__fixtures__/broken.ts", "it could not be parsed: x"), gate.Pass("fine")},
		{"a test", unread("apps/web/lib/a.test.ts", "it could not be parsed: x"), gate.Pass("fine")},
		{"the sources in all", unread("apps/web/public/z.js", "it and what follows was not read: the sources are too large in all"), unsure("apps/web/public/z.js", "it and what follows was not read: the sources are too large in all")},
		{"a bound of the rules", onFindings(func(f *rules.Findings) { f.FilesLimited = true }), large},
		{"a bound of the walk", func(r *source.Repository) {
			r.Notes = []project.Note{{File: ".", Text: "the walk stopped after 100000 files and directories; what lies beyond was not looked at"}}
		}, large},
		{"a note of the project that changes nothing", func(r *source.Repository) {
			r.Notes = []project.Note{{File: "AGENTS", Text: "this is a symbolic link; links are not followed"}}
		}, gate.Pass("fine")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := healthy()
			tt.change(&r)
			if diff := cmp.Diff(tt.want, ifRead(r, gate.Pass("fine"))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := ifRead(r, gate.Fail("broken")); got.Status != gate.Failed {
				t.Errorf("a failure became %+v", got)
			}
		})
	}
}

func TestWithoutLive(t *testing.T) {
	moot, down := gate.Moot("there is no preview"), errors.New("no answer")
	pass, fail, unsure := gate.Pass("a"), gate.Fail("b"), gate.Unsure("c")
	for _, tt := range []struct {
		err    error
		static gate.Verdict
		given  bool
		want   gate.Verdict
	}{
		{moot, pass, true, pass},
		{moot, fail, true, fail},
		{moot, unsure, true, unsure},
		{moot, gate.Skip("d"), false, gate.Skip("there is no preview")},
		{down, pass, true, gate.Unsure("no answer")},
		{down, fail, true, fail},
		{down, unsure, true, gate.Unsure("no answer")},
		{down, gate.Skip("d"), false, gate.Unsure("no answer")},
	} {
		if diff := cmp.Diff(tt.want, withoutLive(tt.err, tt.static, tt.given)); diff != "" {
			t.Errorf("%v, %v (-want +got):\n%s", tt.err, tt.static.Status, diff)
		}
	}
}

// TestAt holds that evidence points at a whole token, in the units of editors.
func TestAt(t *testing.T) {
	got := at("link", "<Link", spot("a.tsx", 3, 10, "<Link"))
	want := gate.Evidence{What: "link", Saw: "<Link", File: "a.tsx", Line: 3, Column: 10, EndColumn: 15}
	if got != want {
		t.Errorf("got %+v", got)
	}
	if got := at("name", "x", spot("a.tsx", 1, 1, "𝒳y")); got.EndColumn != 4 {
		t.Errorf("beyond the basic plane: got %+v", got)
	}
	if got := placed("key", "k", js.Position{Path: "c.json", Line: 2, Column: 5}); got != (gate.Evidence{What: "key", Saw: "k", File: "c.json", Line: 2, Column: 5}) {
		t.Errorf("got %+v", got)
	}
}
