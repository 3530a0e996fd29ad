package facts

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/previewgate/previewgate/gate"
)

func TestClientBundle(t *testing.T) {
	p := tell(t, "", KnownSecrets.Is(nil))
	got := must(t, p, ClientBundle)
	want := Bundle{
		Pages: 2, Chunks: 4, BuildID: build, UsesSDK: true,
		Convex:  []string{"https://swift-lemur-482.convex.cloud"},
		Anchors: []string{"/sign-in"},
		Links:   []Link{{Path: "/sign-in", Source: preview + "/_next/static/chunks/5e8a7d3c9b1f0246.js"}},
		Actions: map[string]string{"getAccessTokenAction": "00fcef3ccae16cf75ce3a2637adbfaafeb266713bf"},
	}
	for i := range got.Links {
		got.Links[i].Offset = 0
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestClientBundleCountsWhatItMissed(t *testing.T) {
	got := must(t, tell(t, `
-- GET https://web-k3v9x2m1q-acme.vercel.app/_next/static/chunks/0c2d4e6f8a1b3c5d.js --
HTTP/1.1 404 Not Found
-- GET https://web-k3v9x2m1q-acme.vercel.app/_next/static/chunks/5e8a7d3c9b1f0246.js --
error: connection refused
-- GET https://web-k3v9x2m1q-acme.vercel.app/_next/static/chunks/e4d90b25c7f8613a.js --
HTTP/1.1 200 OK
Content-Length: 100000

new n.M("https://swift-lemur
-- GET https://web-k3v9x2m1q-acme.vercel.app/_next/static/chunks/turbopack-2b9e6f1a7c3d8540.js --
HTTP/1.1 200 OK

`+strings.Repeat("x", maxChunk+1)+"\n"), ClientBundle)
	if got.Missed != 4 || got.Chunks != 0 {
		t.Errorf("got %d chunks, %d missed", got.Chunks, got.Missed)
	}
}

func TestClientBundleReadsABoundedNumberOfChunks(t *testing.T) {
	var page strings.Builder
	for i := range maxScripts + 50 {
		fmt.Fprintf(&page, `<script src="/_next/static/chunks/%03d.js"></script>`, i)
	}
	got := must(t, tell(t, `
-- GET https://web-k3v9x2m1q-acme.vercel.app/ --
HTTP/1.1 200 OK
Content-Type: text/html

`+page.String()+`
-- GET https://web-k3v9x2m1q-acme.vercel.app/_next/static/chunks/* --
HTTP/1.1 200 OK

x
`), ClientBundle)
	if got.Chunks != maxScripts || got.Missed != 4 { // the page's own limit, and four of the missing asset's page
		t.Errorf("got %d chunks, %d missed", got.Chunks, got.Missed)
	}
}

func TestClientBundleWithoutPages(t *testing.T) {
	p := tell(t, `
-- GET https://web-k3v9x2m1q-acme.vercel.app/{,previewgate-nope.svg} --
HTTP/1.1 200 OK

ok
`)
	if got := fails(t, p, ClientBundle); !strings.Contains(got, "no page") {
		t.Errorf("got %s", got)
	}
}

func TestProxyMatchers(t *testing.T) {
	if got := must(t, tell(t, ""), ProxyMatchers); len(got) != 1 || got[0].Regexp != broad {
		t.Errorf("got %v", got)
	}
	const manifest = "-- GET https://web-k3v9x2m1q-acme.vercel.app/_next/static/" + build + "/_clientMiddlewareManifest.js --\n"
	var moot gate.Moot
	_, err := learn(t, tell(t, manifest+"HTTP/1.1 404 Not Found\n"), ProxyMatchers)
	if !errors.As(err, &moot) {
		t.Errorf("an older Next.js: got %v", err)
	}
	_, err = learn(t, tell(t, manifest+"HTTP/1.1 500 Internal Server Error\n"), ProxyMatchers)
	if err == nil || errors.As(err, &moot) {
		t.Errorf("a server in trouble: got %v", err)
	}
}

// redirectsTo is a preview whose requests for sign-in name that host.
func redirectsTo(origin string) string {
	return "-- GET https://web-k3v9x2m1q-acme.vercel.app/{sign-in,dashboard,previewgate-nope} --\nHTTP/1.1 307 Temporary Redirect\n" +
		"Location: https://api.workos.com/user_management/authorize?client_id=x&redirect_uri=" + origin + "/callback&state=Fe26.2\n"
}

func TestStrangers(t *testing.T) {
	const asset = "-- GET https://web.acme.example/previewgate-nope.svg --\n"
	const page = "HTTP/1.1 404 Not Found\nContent-Type: text/html\n\n" + `<script>self.__next_f.push([1,"0:{\"P\":null,\"b\":\"another-build\",\"c\":[]"])</script>` + "\n"
	const front = "-- GET https://web.acme.example/ --\n"
	tests := []struct {
		name, origin, differs string
		want                  []Stranger
	}{
		{"the preview itself", preview, "", nil},
		{"a developer's machine", "http://localhost:3000", "", nil},
		{"an unset variable", "https://undefined", "", nil},
		{"another deployment", "https://web.acme.example", asset + page, []Stranger{{Origin: "https://web.acme.example", BuildID: "another-build"}}},
		{"one whose front page tells", "https://web.acme.example", asset + "HTTP/1.1 404 Not Found\n" + front + page, []Stranger{{Origin: "https://web.acme.example", BuildID: "another-build"}}},
		{"one that does not tell", "https://web.acme.example", asset + "HTTP/1.1 404 Not Found\n" + front + "HTTP/1.1 200 OK\n", []Stranger{{Origin: "https://web.acme.example"}}},
		{"one that is gone", "https://web.acme.example", asset + "error: no such host\n", []Stranger{{Origin: "https://web.acme.example", Gone: true, Trouble: "no such host web.acme.example"}}},
		{"one behind a wall", "https://web.acme.example", asset + "HTTP/1.1 302 Found\nLocation: https://vercel.com/sso-api?url=x\n", []Stranger{{Origin: "https://web.acme.example", Trouble: "GET /previewgate-nope.svg was answered by Vercel Authentication"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := must(t, tell(t, redirectsTo(tt.origin)+tt.differs), Strangers)
			if diff := cmp.Diff(tt.want, got, cmp.Transformer("empty", func(s []Stranger) string { return fmt.Sprint(s) })); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestElsewhere(t *testing.T) {
	starts := must(t, tell(t, redirectsTo(alias)+"-- GET "+alias+"/sign-in --\nHTTP/1.1 307 Temporary Redirect\nLocation: https://api.workos.com/user_management/authorize?client_id=x&redirect_uri="+alias+"/callback\n"), Elsewhere)
	if len(starts) != 1 || starts[0].Origin != alias || starts[0].Known != "it serves the same build" || starts[0].Entrance.RedirectURI != alias+"/callback" {
		t.Errorf("got %+v", starts)
	}
	given := Aliases.Is([]*url.URL{mustParse(t, alias)})
	starts = must(t, tell(t, "-- GET "+alias+"/sign-in --\nHTTP/1.1 404 Not Found\n-- GET "+alias+"/login --\nHTTP/1.1 404 Not Found\n", given), Elsewhere)
	if len(starts) != 1 || starts[0].Known != "a given alias" || starts[0].Trouble != "GET /sign-in answers 404 Not Found" {
		t.Errorf("got %+v", starts)
	}
	if starts := must(t, tell(t, ""), Elsewhere); len(starts) != 0 {
		t.Errorf("got %+v", starts)
	}
}

func TestExamined(t *testing.T) {
	got := must(t, tell(t, ""), Examined)
	if len(got) != 1 || !got[0].Real.Accepted || got[0].Real.RedirectURI != preview+"/callback" || got[0].Real.Environment != "staging" {
		t.Errorf("got %+v", got)
	}
	if c := got[0].Control; c.Accepted || c.Reason != "redirect-uri-invalid" || !strings.HasSuffix(c.RedirectURI, ".invalid/callback") {
		t.Errorf("got the control %+v", c)
	}
}

func TestExaminationNeverReachesTheApp(t *testing.T) {
	p := tell(t, `
-- GET https://api.workos.com/user_management/authorize?* --
HTTP/1.1 302 Found
Location: https://web-k3v9x2m1q-acme.vercel.app/callback?code=bogus
`)
	got := must(t, p, Examined)
	if got[0].Real.End != preview+"/callback" || got[0].Real.Accepted || got[0].Control.Accepted {
		t.Errorf("got %+v", got[0])
	}
	if n := asked(p, "code=bogus"); n > 0 {
		t.Errorf("the callback was asked %d times", n)
	}
}

func TestIssuer(t *testing.T) {
	if got := must(t, tell(t, ""), Issuer); got != "https://api.workos.com/user_management/"+client {
		t.Errorf("got %s", got)
	}
	const config = "-- GET https://api.workos.com/user_management/" + client + "/.well-known/openid-configuration --\n"
	var moot gate.Moot
	for answer, isMoot := range map[string]bool{
		"HTTP/1.1 404 Not Found\n": true, "HTTP/1.1 401 Unauthorized\n": true, "HTTP/1.1 200 OK\n\n<html>\n": true,
		"HTTP/1.1 503 Service Unavailable\n": false, "HTTP/1.1 429 Too Many Requests\n": false, "error: connection refused\n": false,
	} {
		_, err := learn(t, tell(t, config+answer), Issuer)
		if err == nil || errors.As(err, &moot) != isMoot {
			t.Errorf("%q: got %v", answer, err)
		}
	}
}

func TestConvexTrust(t *testing.T) {
	got := must(t, tell(t, ""), ConvexTrust)
	if !got.Sure || got.Anonymous.Status != 200 || !got.Control.Unmatched() || !got.Plain.Matched() || !got.WithAud.Matched() || !got.Shared.Matched() {
		t.Errorf("got %+v", got)
	}
	if !got.Listed || len(got.Providers) != 2 || got.Providers[0].Audience != client {
		t.Errorf("got %+v", got.Providers)
	}
}

func TestConvexTrustFallsBackOnAQuery(t *testing.T) {
	p := tell(t, `
-- POST https://swift-lemur-482.convex.cloud/api/query_batch --
HTTP/1.1 404 Not Found
-- POST https://swift-lemur-482.convex.cloud/api/query --
HTTP/1.1 401 Unauthorized

{"code":"NoAuthProvider","message":"No auth provider found matching the given token"}
-- POST https://swift-lemur-482.convex.cloud/api/query [no Authorization] --
HTTP/1.1 200 OK

{"status":"error"}
`)
	got := must(t, p, ConvexTrust)
	if got.Anonymous.Status != 200 || !got.Control.Unmatched() || !got.Plain.Unmatched() || got.Listed {
		t.Errorf("got %+v", got)
	}
}

func TestConvexInTroubleIsNoAnswer(t *testing.T) {
	const batch = "-- POST https://swift-lemur-482.convex.cloud/api/query_batch --\n"
	if got := fails(t, tell(t, batch+"HTTP/1.1 429 Too Many Requests\n"), ConvexTrust); got != "swift-lemur-482.convex.cloud answers 429 Too Many Requests" {
		t.Errorf("got %s", got)
	}
	if got := fails(t, tell(t, batch+"HTTP/1.1 502 Bad Gateway\n\n<html>\n"), ConvexTrust); got != "swift-lemur-482.convex.cloud answers 502 Bad Gateway" {
		t.Errorf("got %s", got)
	}
}

func TestConvexSite(t *testing.T) {
	const two = "-- GET https://web-k3v9x2m1q-acme.vercel.app/_next/static/chunks/5e8a7d3c9b1f0246.js --\nHTTP/1.1 200 OK\n\n\"https://calm-heron-77.convex.cloud\"\n"
	if got := fails(t, tell(t, two), ConvexSite); got != "the client bundle names 2 deployments: say which one with --convex-url" {
		t.Errorf("got %s", got)
	}
	if got := must(t, tell(t, two, ConvexURL.Is("https://calm-heron-77.convex.cloud/")), ConvexSite); got != "https://calm-heron-77.convex.cloud" {
		t.Errorf("got %s", got)
	}
}

const (
	projectKey = "preview:acme:web|story-secret-of-a-project"
	adminKey   = "preview:swift-lemur-482|story-secret-of-a-deployment"
	lookUp     = "-- POST https://api.convex.dev/api/deployment/authorize_preview --\n"
	urlForKey  = "-- POST https://api.convex.dev/api/deployment/url_for_key --\n"
	opened     = lookUp + "HTTP/1.1 200 OK\n\n" + `{"deploymentName":"swift-lemur-482","adminKey":"` + adminKey + `","url":"https://swift-lemur-482.convex.cloud/","deploymentType":"preview"}` + "\n"
)

func convexAccount(key string) gate.Given {
	return Convex.Is(ConvexAccount{API: "https://api.convex.dev", Key: key})
}

func TestConvexOpened(t *testing.T) {
	tests := []struct {
		name, key, branch, differs string
		want                       string // of the outcome
	}{
		{"every preview of a project", projectKey, "fix/login", opened, "swift-lemur-482 https://swift-lemur-482.convex.cloud fix/login"},
		{"without a branch", projectKey, "", "", "error: the branch, by which Convex finds its preview is not given (--branch)"},
		{"no preview of the branch", projectKey, "fix/login", lookUp + "HTTP/1.1 404 Not Found\n\n{\"code\":\"DeploymentNotFound\"}\n", "missing"},
		{"no preview, in other words", projectKey, "fix/login", lookUp + "HTTP/1.1 404 Not Found\n\nNot Found\n", "missing"},
		{"no such project", projectKey, "fix/login", lookUp + "HTTP/1.1 404 Not Found\n\n{\"code\":\"ProjectNotFound\"}\n", "error: convex does not know the project of the deploy key: ProjectNotFound"},
		{"a key of another project", projectKey, "fix/login", lookUp + "HTTP/1.1 401 Unauthorized\n\n{\"code\":\"BadDeployKey\"}\n", "error: api.convex.dev refuses the deploy key: BadDeployKey"},
		{"an answer without a key", projectKey, "fix/login", lookUp + "HTTP/1.1 200 OK\n\n{}\n", "error: convex answers without the deployment's address and key"},
		{"an answer that is no JSON", projectKey, "fix/login", lookUp + "HTTP/1.1 200 OK\n\n<html>\n", "error: api.convex.dev answered with something other than JSON"},
		{"Convex in trouble", projectKey, "fix/login", lookUp + "HTTP/1.1 500 Internal Server Error\n", "error: api.convex.dev answers 500 Internal Server Error"},
		{"one deployment", "prod:calm-heron-77|story-secret", "fix/login", urlForKey + "HTTP/1.1 200 OK\n\n\"https://calm-heron-77.eu-west-1.convex.cloud\"\n", "calm-heron-77 https://calm-heron-77.eu-west-1.convex.cloud "},
		{"one preview", adminKey, "fix/login", urlForKey + "HTTP/1.1 200 OK\n\n\"https://swift-lemur-482.convex.cloud\"\n", "swift-lemur-482 https://swift-lemur-482.convex.cloud "},
		{"self-hosted", "my-convex|story-secret", "fix/login", "", "error: an admin key names no address: give the deploy key of a Convex cloud deployment"},
		{"a project token", "project:acme:web|story-secret", "fix/login", "", "error: a project token opens no deployment: give a preview deploy key"},
		{"an access token", "eyStoryToken", "fix/login", "", "error: a access token opens no deployment: give a preview deploy key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := tell(t, tt.differs, convexAccount(tt.key))
			p.target.Branch = tt.branch
			o, err := learn(t, p, ConvexOpened)
			got := o.Name + " " + o.URL + " " + o.Branch
			if o.Missing {
				got = "missing"
			}
			if err != nil {
				got = "error: " + err.Error()
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if n := asked(p, "claim_preview_deployment"); n > 0 {
				t.Error("a deployment was claimed, which makes one")
			}
			if err != nil && strings.Contains(err.Error(), "story-secret") {
				t.Errorf("the error holds the key: %v", err)
			}
		})
	}
}

func TestConvexVariables(t *testing.T) {
	const variables = "-- GET https://swift-lemur-482.convex.cloud/api/v1/list_environment_variables --\n"
	const project = "-- GET https://api.convex.dev/v1/teams/acme/projects/web --\n"
	const noProject = project + "HTTP/1.1 403 Forbidden\n"
	tests := []struct {
		name, differs string
		want          ConvexSettings
		err           string
	}{
		{
			"with the project's default",
			variables + "HTTP/1.1 200 OK\n\n{\"environmentVariables\":{\"WORKOS_CLIENT_ID\":\"client_01\",\"SECRET\":\"x\"}}\n" +
				project + "HTTP/1.1 200 OK\n\n{\"id\":7}\n" +
				"-- GET https://api.convex.dev/v1/projects/7/list_default_environment_variables?deploymentType=preview&name=WORKOS_CLIENT_ID --\nHTTP/1.1 200 OK\n\n{\"items\":[{\"name\":\"WORKOS_CLIENT_ID\",\"value\":\"client_02\"}]}\n",
			ConvexSettings{Names: []string{"SECRET", "WORKOS_CLIENT_ID"}, ClientID: "client_01", Default: "client_02"},
			"",
		},
		{
			"a default that the key may not read",
			variables + "HTTP/1.1 200 OK\n\n{\"environmentVariables\":{}}\n" + noProject,
			ConvexSettings{},
			"",
		},
		{
			"a key that may only deploy",
			variables + "HTTP/1.1 403 Forbidden\n\n{\"code\":\"OperationNotPermitted\",\"message\":\"You do not have permission to perform this operation (deployment:env:view).\"}\n",
			ConvexSettings{},
			"the deploy key's permission for /api/v1/list_environment_variables is not given (CONVEX_DEPLOY_KEY with deployment:env:view)",
		},
		{
			"a key of another deployment",
			variables + "HTTP/1.1 403 Forbidden\n\n{\"code\":\"BadDeployKey\",\"message\":\"x\"}\n",
			ConvexSettings{},
			"swift-lemur-482.convex.cloud refuses the deploy key: BadDeployKey",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := tell(t, opened+tt.differs, convexAccount(projectKey))
			p.target.Branch = "fix/login"
			got, err := learn(t, p, ConvexVariables)
			if err == nil && tt.err != "" || err != nil && err.Error() != tt.err {
				t.Fatalf("got error %v, want %q", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(ConvexSettings{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

const deployment = "-- GET https://api.vercel.com/v13/deployments/web-k3v9x2m1q-acme.vercel.app?withGitRepoInfo=true&teamId=team_1 --\n"

func vercelAccount(team string) gate.Given {
	return Vercel.Is(VercelAccount{API: "https://api.vercel.com", Token: "StoryVercelToken", Team: team})
}

func TestVercelRefusals(t *testing.T) {
	tests := []struct{ name, answer, want string }{
		{"the older form", "HTTP/1.1 403 Forbidden\n\n{\"error\":{\"code\":\"forbidden\",\"message\":\"Not authorized\",\"invalidToken\":true}}\n", "vercel does not accept the VERCEL_TOKEN for this (expired, or of another team)"},
		{"the newer form", "HTTP/1.1 403 Forbidden\n\n{\"status\":403,\"code\":\"forbidden\",\"message\":\"Not authorized\"}\n", "vercel does not accept the VERCEL_TOKEN for this (expired, or of another team)"},
		{"without its team", "HTTP/1.1 404 Not Found\n\n{\"error\":{\"code\":\"not_found\",\"message\":\"Deployment not found\"}}\n", "vercel knows no such deployment for the VERCEL_TOKEN (is VERCEL_TEAM_ID set?)"},
		{"a second factor", "HTTP/1.1 403 Forbidden\n\n{\"error\":{\"code\":\"challenge_required\"}}\n", "vercel answers 403 challenge_required"},
		{"a limit", "HTTP/1.1 429 Too Many Requests\nRetry-After: 0\n\n{\"error\":{\"code\":\"rate_limited\"}}\n", "vercel answers 429 rate_limited"},
		{"an error that is a text", "HTTP/1.1 500 Internal Server Error\n\n{\"error\":\"x\"}\n", "vercel answers 500 Internal Server Error"},
		{"a page", "HTTP/1.1 502 Bad Gateway\n\n<html>\n", "vercel answers 502 Bad Gateway"},
		{"no JSON", "HTTP/1.1 200 OK\n\n<html>\n", "vercel answered with something other than the JSON of its API"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fails(t, tell(t, deployment+tt.answer, vercelAccount("team_1")), Deployment); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestVercelDeployment(t *testing.T) {
	p := tell(t, deployment+`HTTP/1.1 200 OK

{"id":"dpl_1","url":"web-k3v9x2m1q-acme.vercel.app","projectId":"prj_1","alias":["web-git-fix-login-acme.vercel.app"],"automaticAliases":["web-git-fix-login-acme.vercel.app",""],
"env":["WORKOS_CLIENT_ID"],"createdAt":1795183200000,"meta":{"githubCommitRef":"fix/login","githubCommitSha":"4f1d","githubPrId":7},"target":null}
-- GET https://api.vercel.com/v10/projects/prj_1/env?teamId=team_1 --
HTTP/1.1 200 OK

{"envs":[{"key":"A","type":"sensitive","target":["preview","production"],"updatedAt":1795183200000,"value":""},{"key":"B","type":"plain","target":"preview","gitBranch":"fix/login"},
{"key":"C","target":"preview","gitBranch":"other"},{"key":"D","target":["production"]},{"key":"E"}]}
`, vercelAccount("team_1"))
	got := must(t, p, Deployment)
	want := VercelDeployment{
		ID: "dpl_1", ProjectID: "prj_1", Branch: "fix/login", SHA: "4f1d", Created: time.UnixMilli(1795183200000), Names: []string{"WORKOS_CLIENT_ID"},
		Hosts: []string{"web-k3v9x2m1q-acme.vercel.app", "web-git-fix-login-acme.vercel.app"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var names []string
	for _, v := range must(t, p, Variables) {
		names = append(names, v.Name)
	}
	if got := strings.Join(names, " "); got != "A B" {
		t.Errorf("got the variables %s", got)
	}
	if hosts := must(t, p, Hosts); len(hosts) != 2 || hosts[1] != (Host{alias, "Vercel's API"}) {
		t.Errorf("got the hosts %v", hosts)
	}
}

func TestAPanicInALearnerIsAnError(t *testing.T) {
	_, err := atOnce([]int{0, 1}, func(i int) (int, error) {
		if i == 1 {
			panic("boo")
		}
		return i, nil
	})
	if err == nil || err.Error() != "previewgate has a fault here: boo" {
		t.Errorf("got %v", err)
	}
}
