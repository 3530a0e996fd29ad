package facts

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// A BuildTrouble is a kind of line that tells why a build failed.
type BuildTrouble string

// The lines that tell.
const (
	TemplateUnset     BuildTrouble = "a template of convex.json has no value"
	AuthConfigUnset   BuildTrouble = "auth.config reads an unset variable"
	AuthConfigInvalid BuildTrouble = "auth.config is invalid"
	ProductionKey     BuildTrouble = "a production deploy key on a preview"
	NoConvexKey       BuildTrouble = "no deploy key"
	NoPreviewName     BuildTrouble = "no preview name"
	NoCredentials     BuildTrouble = "AuthKit has no credentials on Convex"
	Registration      BuildTrouble = "WorkOS refused what convex.json registers"
	OtherTrouble      BuildTrouble = "" // a line that Vercel marks as an error
)

// A BuildLine is a line of the build log that tells why the build failed.
type BuildLine struct {
	Trouble BuildTrouble
	Name    string // of the variable, when the line names one
	Line    string
}

// buildForms are the lines of Convex' command line, the more telling first.
var buildForms = []struct {
	form *regexp.Regexp
	says BuildTrouble
}{
	{regexp.MustCompile(`Cannot resolve template \$\{(?:buildEnv|authEnv)\.([A-Za-z0-9_]+)\}`), TemplateUnset},
	{regexp.MustCompile(`Environment variable ([A-Za-z0-9_]+) is used in auth config file but its value was not set`), AuthConfigUnset},
	{regexp.MustCompile(`auth config (?:is )?invalid|make the auth config invalid|auth config file (?:must|is missing)|auth configuration appears potentially insecure`), AuthConfigInvalid},
	{regexp.MustCompile(`"?CONVEX_DEPLOY_KEY"? for a production Convex deployment`), ProductionKey},
	{regexp.MustCompile(`no Convex deployment configuration found`), NoConvexKey},
	{regexp.MustCompile(`could not determine the preview name`), NoPreviewName},
	{regexp.MustCompile(`requires WorkOS credentials|Cannot provision WorkOS|WorkOS environment variable mismatch`), NoCredentials},
	{regexp.MustCompile(`Failed to (?:create redirect URI|update app homepage URL|create CORS origin): `), Registration},
}

// BuildLog are the telling lines of the log of a build that failed, the most
// telling first. A build that did not fail has none.
var BuildLog = &gate.Fact[[]BuildLine]{
	Name:  "build log",
	Needs: []gate.Need{Web, Vercel, Deployment},
	Learn: func(ctx context.Context, known *gate.Facts) ([]BuildLine, error) {
		d := Deployment.From(known)
		if d.State != "ERROR" {
			return nil, gate.Moot("the build did not fail")
		}
		request := vercelRequest(Vercel.From(known), "/v3/deployments/"+url.PathEscape(d.ID)+"/events?limit=-1&direction=forward&builds=1&follow=0")
		request.MaxBody = 16 << 20
		resp, err := Web.From(known).Do(ctx, request)
		if err != nil {
			return nil, err
		}
		if resp.Status != http.StatusOK {
			return nil, refusedByVercel(resp)
		}
		return tellingLines(buildItems(resp)), nil
	},
}

// A buildItem is an entry of the build log, in either of Vercel's forms.
type buildItem struct {
	Type    string
	Text    string
	Level   string
	Payload struct{ Text string }
}

// buildItems reads a list, or an item a line. The last item of a log that was
// cut off is lost.
func buildItems(resp *web.Response) []buildItem {
	var all []buildItem
	if json.Unmarshal(resp.Body, &all) == nil {
		return all
	}
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimLeft(resp.Body, "[ \r\n\t")))
	for {
		var item buildItem
		if decoder.Decode(&item) != nil {
			return all
		}
		all = append(all, item)
	}
}

// Few lines suffice: the first of a kind, and the last errors.
const maxErrors = 3

var terminalColour = regexp.MustCompile("\x1b\\[[0-9;]*m")

func tellingLines(items []buildItem) []BuildLine {
	var telling, errors []BuildLine
	seen := make(map[string]bool)
	for _, form := range buildForms {
		for _, item := range items {
			text := terminalColour.ReplaceAllString(item.Text+item.Payload.Text, "")
			if m := form.form.FindStringSubmatch(text); m != nil {
				line := BuildLine{Trouble: form.says, Line: shorten(strings.TrimSpace(text), 400)}
				if len(m) > 1 {
					line.Name = m[1]
				}
				telling = append(telling, line)
				seen[line.Line] = true
				break
			}
		}
	}
	for _, item := range items {
		text := terminalColour.ReplaceAllString(item.Text+item.Payload.Text, "")
		line := BuildLine{Line: shorten(strings.TrimSpace(text), 400)}
		if (item.Level == "error" || item.Type == "fatal") && line.Line != "" && !seen[line.Line] {
			errors = append(errors, line)
		}
	}
	return append(telling, errors[max(0, len(errors)-maxErrors):]...)
}
