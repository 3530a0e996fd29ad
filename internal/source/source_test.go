package source

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/internal/source/cage"
	"github.com/previewgate/previewgate/internal/source/project"
	"github.com/previewgate/previewgate/internal/source/rules"
)

// TestMain lets the test binary be the caged child, as the command is.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == cage.Argument {
		os.Exit(cage.Main(os.Stdin, os.Stdout, Handlers()))
	}
	os.Exit(m.Run())
}

// A tree is a repository: paths and texts.
type tree map[string]string

// read lays a repository out and reads it.
func read(t *testing.T, files tree, env Environment) Repository {
	t.Helper()
	r, err := Read(t.Context(), layOut(t, files), env)
	if err != nil {
		t.Fatal(err)
	}
	if r.Trouble != "" {
		t.Fatalf("no findings: %s", r.Trouble)
	}
	return r
}

func layOut(t *testing.T, files tree) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// and returns the repository with further files.
func (f tree) and(more tree) tree {
	all := tree{}
	maps.Copy(all, f)
	maps.Copy(all, more)
	return all
}

// single is an app that is its whole repository.
var single = tree{
	"package.json": `{"dependencies": {"next": "16.4.6", "@workos-inc/authkit-nextjs": "4.3.2", "convex": "1.48.0"}}`,
	"proxy.ts": "import { authkitProxy } from '@workos-inc/authkit-nextjs';\n" +
		"export default authkitProxy({ redirectUri: `https://${process.env.VERCEL_BRANCH_URL}/callback` });\n",
	"app/page.tsx":          "export default function Page() { return null; }\n",
	"app/callback/route.ts": "import { handleAuth } from '@workos-inc/authkit-nextjs';\nexport const GET = handleAuth();\n",
	"convex/auth.config.ts": "export default { providers: [{ type: 'customJwt', algorithm: 'RS256', issuer: `https://api.workos.com/user_management/${process.env.WORKOS_CLIENT_ID}`, jwks: `https://api.workos.com/sso/jwks/${process.env.WORKOS_CLIENT_ID}` }] };\n",
}

func TestRead(t *testing.T) {
	r := read(t, single, Preview())
	if len(r.Apps) != 1 || r.Others != 0 || len(r.Backends) != 1 || r.Complete {
		t.Fatalf("got %+v", r)
	}
	var got []string
	for _, c := range r.Apps[0].Calls() {
		got = append(got, c.RedirectURI+" from "+strings.Join(c.From, ",")+" on "+strings.Join(c.Hosts, ","))
	}
	want := []string{"https://web-git-branch-team.vercel.app/callback from VERCEL_BRANCH_URL on web-k3v9x2m1q-team.vercel.app,web-git-branch-team.vercel.app"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if len(r.Findings.Callbacks) != 1 || r.Findings.Callbacks[0].URL != "/callback" {
		t.Errorf("got callbacks %+v", r.Findings.Callbacks)
	}
	b := r.Backends[0]
	if b.Auth == nil || b.Auth.Error != nil || len(b.Auth.Shape) != 1 || b.Auth.Shape[0].Issuer != "https://api.workos.com/user_management/${WORKOS_CLIENT_ID}" {
		t.Errorf("got auth %+v", b.Auth)
	}
}

func TestReadFails(t *testing.T) {
	if _, err := Read(t.Context(), filepath.Join(t.TempDir(), "none"), Preview()); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("no such directory: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, layOut(t, single), Preview()); err == nil {
		t.Error("a context that has ended: got no error")
	}
}

// TestReadStaysInside holds that no link leads out of the repository.
func TestReadStaysInside(t *testing.T) {
	outside := filepath.Join(layOut(t, single), "convex", "auth.config.ts")
	files := single.and(nil)
	delete(files, "convex/auth.config.ts")
	dir := layOut(t, files.and(tree{"convex/a.ts": "export {};\n"}))
	if err := os.Symlink(outside, filepath.Join(dir, "convex", "auth.config.ts")); err != nil {
		t.Fatal(err)
	}
	r, err := Read(t.Context(), dir, Preview())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range r.Backends {
		if b.Auth != nil {
			t.Errorf("%s was evaluated: %+v", b.Dir, b.Auth)
		}
	}
}

func TestUsesAuthKit(t *testing.T) {
	app := tree{
		"package.json":          `{"private": true, "workspaces": ["apps/*", "packages/*"]}`,
		"apps/web/package.json": `{"name": "web", "dependencies": {"next": "16.4.6", "@acme/ui": "workspace:*"}}`,
		"apps/web/app/page.tsx": "export default function Page() { return null; }\n",
	}
	pkg := func(name, dependencies string) string {
		return `{"name": "` + name + `", "dependencies": {` + dependencies + `}}`
	}
	const authKit = `"@workos-inc/authkit-nextjs": "4.3.2"`
	const root = `{"private": true, "workspaces": ["apps/*", "packages/*"], "dependencies": {` + authKit + `}}`
	for _, tt := range []struct {
		name string
		more tree
		want bool
	}{
		{"no", nil, false},
		{"itself", tree{"apps/web/package.json": `{"name": "web", "dependencies": {"next": "16", ` + authKit + `}}`}, true},
		{"through a package", tree{"packages/ui/package.json": pkg("@acme/ui", authKit)}, true},
		{"through two", tree{"packages/ui/package.json": pkg("@acme/ui", `"@acme/auth": "workspace:*"`), "packages/auth/package.json": pkg("@acme/auth", authKit)}, true},
		{"through packages in a circle", tree{"packages/ui/package.json": pkg("@acme/ui", `"@acme/auth": "workspace:*"`), "packages/auth/package.json": pkg("@acme/auth", `"@acme/ui": "workspace:*"`)}, false},
		{"a package that it does not use", tree{"packages/auth/package.json": pkg("@acme/auth", authKit)}, false},
		{"the root has it, and the app imports it", tree{"package.json": root, "apps/web/proxy.ts": "export { authkitProxy as default } from '@workos-inc/authkit-nextjs';\n"}, true},
		{"the root has it, for another app", tree{"package.json": root}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := read(t, app.and(tt.more), Preview())
			if got := len(r.Apps) == 1; got != tt.want || len(r.Apps)+r.Others != 1 {
				t.Errorf("got %d apps and %d others", len(r.Apps), r.Others)
			}
		})
	}
}

func TestRegisters(t *testing.T) {
	convexJSON := func(uri string) tree {
		return single.and(tree{"convex.json": `{"authKit": {"preview": {"configure": {"redirectUris": ["` + uri + `"]}}}}`})
	}
	complete := Preview()
	complete.Guess = false
	for _, tt := range []struct {
		name, template string
		env            Environment
		uri, trouble   string
		unknown        string
	}{
		{"Vercel's host", "https://${buildEnv.VERCEL_URL}/callback", Preview(), "https://web-k3v9x2m1q-team.vercel.app/callback", "", ""},
		{"Vercel's copy for the browser", "https://${buildEnv.NEXT_PUBLIC_VERCEL_URL}/callback", complete, "https://web-k3v9x2m1q-team.vercel.app/callback", "", ""},
		{"stated", "https://${buildEnv.HOST}/callback", Preview().With(map[string]string{"HOST": "x.example"}), "https://x.example/callback", "", ""},
		{"not known", "https://${buildEnv.HOST}/callback", Preview(), "", "", "HOST"},
		{"known to be unset", "https://${buildEnv.HOST}/callback", complete, "", "Cannot resolve template ${buildEnv.HOST}: Environment variable HOST is not set.", ""},
		{"of Git, which every build has", "https://${buildEnv.VERCEL_GIT_COMMIT_REF}.x.example/callback", complete, "", "", "VERCEL_GIT_COMMIT_REF"},
		{"a misspelt one of Vercel's", "https://${buildEnv.VERCEL_BRANCH_ULR}/callback", Preview(), "", "Cannot resolve template ${buildEnv.VERCEL_BRANCH_ULR}: Environment variable VERCEL_BRANCH_ULR is not set.", ""},
		{"the client", "https://x.example/${authEnv.WORKOS_CLIENT_ID}", Preview(), "https://x.example/client_01ASSUMED00000000000000000", "", ""},
		{"the environment, which Convex may have", "https://x.example/${authEnv.WORKOS_ENVIRONMENT_ID}", Preview(), "", "", "WORKOS_ENVIRONMENT_ID"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := read(t, convexJSON(tt.template), tt.env)
			if len(r.Backends) != 1 || len(r.Backends[0].Registers) != 1 {
				t.Fatalf("got %+v", r.Backends)
			}
			got := r.Backends[0].Registers[0]
			if got.URI != tt.uri || got.Trouble != tt.trouble || got.Unknown != tt.unknown || got.Template != tt.template || got.Position.Line != 1 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestUnreadConvexJSON(t *testing.T) {
	r := read(t, single.and(tree{"convex.json": "{\x00}"}), Preview())
	if b := r.Backends[0]; b.Unread == "" || b.Config.Problems != nil {
		t.Errorf("got %+v", b)
	}
}

func TestAuthConfigUnderGuesses(t *testing.T) {
	complete := Preview()
	complete.Guess = false
	for _, tt := range []struct {
		name, text string
		env        Environment
		message    string
		unknown    []string
	}{
		{"a variable that may be set", "export default { providers: [{ domain: process.env.APPLE_DOMAIN, applicationID: 'x' }] };", Preview(), "", nil},
		{
			"a variable that is unset", "export default { providers: [{ domain: process.env.APPLE_DOMAIN, applicationID: 'x' }] };", complete,
			"Environment variable APPLE_DOMAIN is used in auth config file but its value was not set", nil,
		},
		{
			"a value that is parsed", "export default { providers: JSON.parse(process.env.PROVIDERS) };", Preview(),
			"",
			[]string{"PROVIDERS"},
		},
		{
			"a variable that only another brings up",
			"const a = process.env.A; const b = a.startsWith('https') ? process.env.B : 'x'; export default { providers: [{ domain: b, applicationID: a }] };", Preview(), "", nil,
		},
		{
			"a mistake beside a variable that may be set", "export default { providers: [{ domain: process.env.APPLE_DOMAIN, applicationId: 'x' }] };", Preview(),
			"auth config file must include a list of provider credentials: Provider at index 0 must have applicationID property spelled lowercase 'application', capital I, capital D.", nil,
		},
		{"a mistake without one", "export default {", Preview(), "Expected", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := read(t, single.and(tree{"convex/auth.config.ts": tt.text}), tt.env).Backends[0]
			message := ""
			if b.Auth == nil {
				t.Fatalf("not evaluated: %s", b.Trouble)
			}
			if b.Auth.Error != nil && b.Unknown == nil {
				message = b.Auth.Error.Message
			}
			if !strings.HasPrefix(message, tt.message) || message != "" && tt.message == "" || !slices.Equal(b.Unknown, tt.unknown) {
				t.Errorf("got %q, %v; %+v", message, b.Unknown, b.Auth.Error)
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	e := Preview()
	stated := e.With(map[string]string{"VERCEL_URL": "", "VERCEL_ENV": "", "VERCEL_BRANCH_URL": "b.example", "APPLE_ID": "x", "EMPTY": ""})
	if stated.Build["VERCEL_URL"] != e.Build["VERCEL_URL"] || stated.Build["VERCEL_ENV"] != "preview" {
		t.Errorf("empty variables of a pulled file were taken: %v", stated.Build)
	}
	if stated.Convex["APPLE_ID"] != "x" || stated.Convex["VERCEL_BRANCH_URL"] != "" || e.Build["APPLE_ID"] != "" {
		t.Errorf("got Convex' %v, and before %v", stated.Convex, e.Build)
	}
	if _, set := stated.Build["EMPTY"]; !set {
		t.Error("an empty variable of the app's own was dropped")
	}
	if got := strings.Join(stated.Assumed(), " "); strings.Contains(got, "VERCEL_BRANCH_URL") || !strings.Contains(got, "VERCEL_URL=web-k3v9x2m1q-team.vercel.app") || strings.Contains(got, "KEY") {
		t.Errorf("assumed %s", got)
	}
	for _, tt := range []struct {
		host string
		want []string
	}{
		{"", []string{"web-k3v9x2m1q-team.vercel.app", "b.example"}},
		{"b.example", []string{"b.example", "web-k3v9x2m1q-team.vercel.app"}},
		{"preview.acme.com", []string{"preview.acme.com", "web-k3v9x2m1q-team.vercel.app", "b.example"}},
	} {
		stated.Host = tt.host
		if got := stated.hosts(); !slices.Equal(got, tt.want) {
			t.Errorf("hosts of %q: got %v", tt.host, got)
		}
	}
	public := e.With(map[string]string{"NEXT_PUBLIC_VERCEL_URL": "own.example"}).build()
	if public["NEXT_PUBLIC_VERCEL_URL"] != "own.example" || public["NEXT_PUBLIC_VERCEL_ENV"] != "preview" || public["NEXT_PUBLIC_WORKOS_CLIENT_ID"] != "" {
		t.Errorf("got %v", public)
	}
}

func TestCallsByHost(t *testing.T) {
	r := read(t, single.and(tree{"proxy.ts": "import { authkit } from '@workos-inc/authkit-nextjs';\n" +
		"export default async function proxy(request) {\n" +
		"  await authkit(request, { redirectUri: new URL('/callback', request.url).href });\n}\n"}), Preview())
	var got []string
	for _, c := range r.Apps[0].Calls() {
		got = append(got, c.RedirectURI+" on "+strings.Join(c.Hosts, ","))
	}
	want := []string{
		"https://web-k3v9x2m1q-team.vercel.app/callback on web-k3v9x2m1q-team.vercel.app",
		"https://web-git-branch-team.vercel.app/callback on web-git-branch-team.vercel.app",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := (App{}).Calls(); got != nil {
		t.Errorf("no proxy: got %v", got)
	}
}

func TestProbes(t *testing.T) {
	a := App{App: project.App{Routes: []project.Route{
		{URL: "/", Kind: project.Layout},
		{URL: "/about", Kind: project.Page},
		{URL: "/about", Kind: project.Handler},
		{URL: "/[locale]/x", Kind: project.Page},
		{URL: "/callback", Kind: project.Handler},
	}}}
	if got := a.probes(); !slices.Equal(got, []string{"/", "/about", "/callback"}) {
		t.Errorf("got %v", got)
	}
	for range 100 {
		a.Routes = append(a.Routes, project.Route{URL: "/p" + strings.Repeat("x", len(a.Routes)), Kind: project.Page})
	}
	if got := a.probes(); len(got) != maxProbes {
		t.Errorf("got %d", len(got))
	}
}

func TestRewritten(t *testing.T) {
	r := read(t, single.and(tree{
		"next.config.ts": "export default { async rewrites() { return [{ source: '/callback', destination: '/api/auth' }]; } };\n",
		"vercel.json":    `{"rewrites": [{"source": "/in/:path*", "destination": "https://x.example"}]}`,
	}), Preview())
	if got := r.Apps[0].Rewritten; !slices.Equal(got, []string{"/callback", "/in/:path*"}) {
		t.Errorf("got %v", got)
	}
}

func TestPatch(t *testing.T) {
	const text = "one\r\ntwo <Link href>\nthree <a\n  b>\nlast"
	at := func(s string) int { return strings.Index(text, s) }
	for _, tt := range []struct {
		name string
		edit rules.Edit
		want string
	}{
		{"a line", rules.Edit{Start: at(" href"), End: at(" href"), Text: " prefetch={false}"}, "-two <Link href>\n+two <Link prefetch={false} href>\n"},
		{"two lines", rules.Edit{Start: at("<a"), End: at("b>"), Text: "<c "}, "-three <a\n-  b>\n+three <c b>\n"},
		{"the first line, with a carriage return", rules.Edit{Start: 0, End: 1, Text: "O"}, "-one\n+One\n"},
		{"the last line, without an end", rules.Edit{Start: at("last"), End: len(text), Text: "end"}, "-last\n+end\n"},
		{"a line more", rules.Edit{Start: at("last"), End: at("last"), Text: "new\n"}, "-last\n+new\n+last\n"},
		{"outside of the text", rules.Edit{Start: 3, End: len(text) + 1}, ""},
		{"backwards", rules.Edit{Start: 3, End: 2}, ""},
		{"before the text", rules.Edit{Start: -1, End: 2}, ""},
	} {
		if got := patch(text, tt.edit); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestPatches holds that a link's diff stands where the link does.
func TestPatches(t *testing.T) {
	r := read(t, single.and(tree{
		"app/sign-out/route.ts": "import { signOut } from '@workos-inc/authkit-nextjs';\nexport async function GET() { return await signOut(); }\n",
		"app/page.tsx": "import Link from 'next/link';\nexport default function Page() {\n  return <>\n" +
			"    <Link href=\"/sign-out\" prefetch={false}>a</Link>\n    <Link href=\"/sign-out\">b</Link>\n  </>;\n}\n",
	}), Preview())
	if len(r.Findings.Links) != 2 || len(r.Patches) != 2 {
		t.Fatalf("got %+v, %q", r.Findings.Links, r.Patches)
	}
	want := []string{"", "-    <Link href=\"/sign-out\">b</Link>\n+    <Link prefetch={false} href=\"/sign-out\">b</Link>\n"}
	if diff := cmp.Diff(want, r.Patches); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRefreshPatches holds that the diff takes the force off the call that was
// found, and that there is none where the file lacks what it would call.
func TestRefreshPatches(t *testing.T) {
	const file = "const { getAccessToken, refresh } = useAccessToken();\nreturn refresh();\n"
	fsys := fstest.MapFS{"a.ts": {Data: []byte(file)}, "b.ts": {Data: []byte("return refresh();\n")}}
	at := func(name string, offset int, rule rules.Rule) rules.Refresh {
		return rules.Refresh{Position: rules.Position{File: name, Offset: offset, Token: "refresh"}, Rule: rule}
	}
	got := refreshPatches(fsys, []rules.Refresh{
		at("a.ts", strings.LastIndex(file, "refresh"), rules.RefreshLoop),
		at("b.ts", len("return "), rules.RefreshLoop),
		at("a.ts", strings.LastIndex(file, "refresh"), rules.RefreshInterval),
		at("none.ts", 0, rules.RefreshUnconditional),
	})
	want := []string{"-return refresh();\n+return getAccessToken();\n", "", "", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
