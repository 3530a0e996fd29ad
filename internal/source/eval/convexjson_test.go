package eval

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/internal/source/js"
)

const convexJSON = `{
  "$schema": "./schema.json",
  "functions": "src/convex",
  "authKit": {
    "dev": { "configure": { "redirectUris": ["http://localhost:3000/callback"] }, "localEnvVars": { "A": "${authEnv.WORKOS_CLIENT_ID}" } },
    "preview": {
      "configure": {
        "redirectUris": ["https://${buildEnv.VERCEL_BRANCH_URL}/callback", "https://é/"],
        "appHomepageUrl": "https://${buildEnv.VERCEL_PROJECT_PRODUCTION_URL}",
        "corsOrigins": [],
        "redirectURIs": ["https://x"]
      },
      "setup": true
    },
    "prod": { "configure": false, "environmentType": "production" },
    "staging": {}
  }
}
`

func TestConvexJSON(t *testing.T) {
	got := ParseConvexJSON(js.Source{Path: "convex.json", Text: []byte(convexJSON)})
	if diff := cmp.Diff("src/convex", got.Functions.Text); diff != "" {
		t.Errorf("functions (-want +got):\n%s", diff)
	}
	if len(got.Problems) > 0 || got.AuthKit == nil || got.AuthKit.Preview == nil {
		t.Fatalf("got %+v", got)
	}
	preview := got.AuthKit.Preview
	texts := []string{preview.RedirectURIs[0].Text, preview.RedirectURIs[0].Position.String(), preview.RedirectURIs[1].Position.String(), preview.AppHomepageURL.Text}
	want := []string{"https://${buildEnv.VERCEL_BRANCH_URL}/callback", "convex.json:8:26", "convex.json:8:76", "https://${buildEnv.VERCEL_PROJECT_PRODUCTION_URL}"}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Errorf("preview (-want +got):\n%s", diff)
	}
	if got.AuthKit.Prod.Configure || got.AuthKit.Prod.EnvironmentType.Text != "production" || !got.AuthKit.Dev.Configure {
		t.Errorf("got %+v, %+v", got.AuthKit.Dev, got.AuthKit.Prod)
	}
	var ignored []string
	for _, s := range got.Ignored {
		ignored = append(ignored, s.Text+" "+s.Position.String())
	}
	want = []string{
		"authKit.preview.configure.redirectURIs convex.json:11:9", "authKit.preview.setup convex.json:13:7", "authKit.staging convex.json:16:5",
	}
	if diff := cmp.Diff(want, ignored); diff != "" {
		t.Errorf("ignored (-want +got):\n%s", diff)
	}
}

func TestConvexJSONProblems(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a comment":           {"{\n  // no\n}", "convex.json:2:3: is not JSON"},
		"a comma at the end":  {`{"a":1,}`, "convex.json:1:8: is not JSON"},
		"a byte order mark":   {"\ufeff{}", "convex.json:1:1: is not JSON"},
		"a list":              {`[]`, "convex.json:1:1: has to be an object"},
		"a list of one":       {`{"authKit":{"dev":{"configure":{"redirectUris":"x"}}}}`, "convex.json:1:48: authKit.dev.configure.redirectUris has to be a list of strings"},
		"a number among them": {`{"authKit":{"dev":{"configure":{"corsOrigins":["x",1]}}}}`, "convex.json:1:52: authKit.dev.configure.corsOrigins has to be a list of strings"},
		"true":                {`{"authKit":{"preview":{"configure":true}}}`, "convex.json:1:36: authKit.preview.configure has to be false or an object"},
		"a type for previews": {`{"authKit":{"preview":{"environmentType":"staging"}}}`, "convex.json:1:42: authKit.environmentType is only allowed in the prod section"},
		"variables for prod":  {`{"authKit":{"prod":{"localEnvVars":{}}}}`, "convex.json:1:36: authKit.localEnvVars is only supported for dev deployments."},
		"a type of its own":   {`{"authKit":{"prod":{"environmentType":"live"}}}`, "convex.json:1:39: authKit.prod.environmentType has to be"},
		"the later of two":    {`{"functions":1,"functions":"x/","authKit":1}`, "convex.json:1:43: authKit has to be an object"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ParseConvexJSON(js.Source{Path: "convex.json", Text: []byte(c.text)})
			if len(got.Problems) != 1 {
				t.Fatalf("got %+v", got.Problems)
			}
			if text := got.Problems[0].Position.String() + ": " + got.Problems[0].Message; !strings.HasPrefix(text, c.want) {
				t.Errorf("got %q, want %q", text, c.want)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	v := Variables{Build: map[string]string{"VERCEL_BRANCH_URL": "b.example", "EMPTY": ""}, Auth: map[string]string{"WORKOS_CLIENT_ID": "client_1"}}
	for template, want := range map[string]string{
		"https://x/${y": "https://x/${y",
		"https://${buildEnv.VERCEL_BRANCH_URL}/c":                  "https://b.example/c",
		"${authEnv.WORKOS_CLIENT_ID}${buildEnv.VERCEL_BRANCH_URL}": "client_1b.example",
		"${buildEnv.EMPTY}":          "Cannot resolve template ${buildEnv.EMPTY}: Environment variable EMPTY is not set.",
		"${buildEnv.NONE}":           "Cannot resolve template ${buildEnv.NONE}: Environment variable NONE is not set.",
		"${authEnv.WORKOS_API_KEY}":  "Cannot resolve template ${authEnv.WORKOS_API_KEY}: WORKOS_API_KEY not available. Ensure WorkOS environment is provisioned.",
		"${authEnv.WORKOS_PASSWORD}": "Unknown template expression: ${authEnv.WORKOS_PASSWORD}. Use ${buildEnv.VAR_NAME} for environment variables or ${authEnv.WORKOS_CLIENT_ID/WORKOS_API_KEY} for provisioned values.",
		"${VERCEL_BRANCH_URL}":       "Unknown template expression: ${VERCEL_BRANCH_URL}. Use ${buildEnv.VAR_NAME} for environment variables or ${authEnv.WORKOS_CLIENT_ID/WORKOS_API_KEY} for provisioned values.",
	} {
		got, err := v.Resolve(template)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", template, got, want)
		}
	}
}

func FuzzConvexJSON(f *testing.F) {
	f.Add([]byte(convexJSON))
	f.Add([]byte(`{"authKit":{"dev":{"configure":{"redirectUris":["\ud800"]}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got := ParseConvexJSON(js.Source{Path: "convex.json", Text: text})
		for _, p := range got.Problems {
			if p.Position.Offset < 0 || p.Position.Offset > len(text) {
				t.Errorf("%+v lies outside", p)
			}
		}
	})
}
