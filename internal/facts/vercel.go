package facts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// A VercelDeployment is what Vercel's API says of the deployment.
type VercelDeployment struct {
	ID        string
	ProjectID string
	Branch    string
	SHA       string
	Created   time.Time
	Names     []string // of the environment variables that it was deployed with; nil when the token may not see them
	Hosts     []string // every host that leads to it, without a scheme
}

// Deployment is the deployment as Vercel knows it.
var Deployment = &gate.Fact[VercelDeployment]{
	Name:  "Vercel deployment",
	Needs: []gate.Need{Web, Vercel, Preview},
	Learn: learnDeployment,
}

func learnDeployment(ctx context.Context, known *gate.Facts) (VercelDeployment, error) {
	id := known.Target.Deployment
	if id == "" {
		id = Preview.From(known).Host
	}
	var d struct {
		ID, URL, ProjectID           string
		Alias, AutomaticAliases, Env []string
		CreatedAt                    int64
		Meta                         map[string]any
	}
	if err := askVercel(ctx, known, "/v13/deployments/"+url.PathEscape(id)+"?withGitRepoInfo=true", &d); err != nil {
		return VercelDeployment{}, err
	}
	branch, _ := d.Meta["githubCommitRef"].(string)
	sha, _ := d.Meta["githubCommitSha"].(string)
	return VercelDeployment{
		ID: d.ID, ProjectID: d.ProjectID, Branch: branch, SHA: sha,
		Created: time.UnixMilli(d.CreatedAt), Names: d.Env,
		Hosts: uniqueHosts(append(append([]string{d.URL}, d.Alias...), d.AutomaticAliases...)),
	}, nil
}

func uniqueHosts(all []string) []string {
	var hosts []string
	seen := map[string]bool{"": true}
	for _, h := range all {
		if !seen[h] {
			seen[h] = true
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// A Variable is one environment variable of the Vercel project, without its
// value: those of the usual type can be read by nobody.
type Variable struct {
	Name    string
	Type    string // plain, encrypted, sensitive, system
	Targets []string
	Branch  string // the one Git branch that it is for; "" for all
	Updated time.Time
}

// Variables are the environment variables of the Vercel project that apply to
// previews of this branch.
var Variables = &gate.Fact[[]Variable]{
	Name:  "Vercel environment variables",
	Needs: []gate.Need{Web, Vercel, Deployment},
	Learn: func(ctx context.Context, known *gate.Facts) ([]Variable, error) {
		d := Deployment.From(known)
		var list struct {
			Envs []struct {
				Key, Type, GitBranch string
				Target               targets
				UpdatedAt            int64
			}
		}
		if err := askVercel(ctx, known, "/v10/projects/"+url.PathEscape(d.ProjectID)+"/env", &list); err != nil {
			return nil, err
		}
		var all []Variable
		for _, e := range list.Envs {
			if slices.Contains(e.Target, "preview") && (e.GitBranch == "" || e.GitBranch == d.Branch) {
				all = append(all, Variable{e.Key, e.Type, e.Target, e.GitBranch, time.UnixMilli(e.UpdatedAt)})
			}
		}
		return all, nil
	},
}

// targets are the environments that a variable is for. Vercel writes one as a
// string and several as a list.
type targets []string

// UnmarshalJSON reads either form.
func (t *targets) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*t = targets{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(t))
}

// askVercel gets a path of Vercel's API. The token is the client's secret for
// that origin.
func askVercel(ctx context.Context, known *gate.Facts, path string, into any) error {
	account := Vercel.From(known)
	if account.Team != "" {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		name := "slug"
		if strings.HasPrefix(account.Team, "team_") {
			name = "teamId"
		}
		path += sep + name + "=" + url.QueryEscape(account.Team)
	}
	resp, err := Web.From(known).Do(ctx, web.Request{
		URL: account.API + path, Header: http.Header{"Accept": {"application/json"}, "Authorization": {"Bearer " + account.Token}},
	})
	if err != nil {
		return err
	}
	if resp.Status != http.StatusOK {
		return refusedByVercel(resp)
	}
	if err := json.Unmarshal(resp.Body, into); err != nil {
		return errors.New("vercel answered with something other than the JSON of its API")
	}
	return nil
}

// refusedByVercel words a refusal. Vercel has two forms of errors, and says
// 403 for a token that is no good and 404 for one without its team.
func refusedByVercel(resp *web.Response) error {
	var nested struct {
		Error struct{ Code string }
		Code  string
	}
	_ = json.Unmarshal(resp.Body, &nested) // a refusal without JSON is named by its status
	code := firstOf(nested.Error.Code, nested.Code)
	switch {
	case resp.Status == http.StatusForbidden && code == "forbidden":
		return errors.New("vercel does not accept the VERCEL_TOKEN for this (expired, or of another team)")
	case resp.Status == http.StatusNotFound:
		return errors.New("vercel knows no such deployment for the VERCEL_TOKEN (is VERCEL_TEAM_ID set?)")
	case code != "":
		return fmt.Errorf("vercel answers %d %s", resp.Status, code)
	}
	return fmt.Errorf("vercel answers %d %s", resp.Status, http.StatusText(resp.Status))
}
