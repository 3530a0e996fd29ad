package facts

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// ConvexKey is what the deploy key says of itself.
var ConvexKey = &gate.Fact[DeployKey]{
	Name:  "Convex deploy key",
	Needs: []gate.Need{Convex},
	Learn: func(_ context.Context, known *gate.Facts) (DeployKey, error) {
		return ReadDeployKey(Convex.From(known).Key)
	},
}

// An Opened is the Convex deployment that the deploy key opens.
type Opened struct {
	DeployKey
	Branch    string // the branch it was looked up by, for a key of all previews
	Name      string // of the deployment
	URL       string
	Missing   bool   // there is no preview deployment of that branch
	ProjectID string // Convex' id, when the key may learn it

	adminKey string // never recorded
}

// ConvexOpened looks the deployment up. A preview is looked up by its branch
// through the call that `convex env list --preview-name` makes, which never
// creates one.
var ConvexOpened = &gate.Fact[Opened]{
	Name:  "Convex deployment of the deploy key",
	Needs: []gate.Need{Web, Convex, ConvexKey},
	Uses:  []gate.Need{Deployment},
	Learn: learnOpened,
}

func learnOpened(ctx context.Context, known *gate.Facts) (Opened, error) {
	key, account := ConvexKey.From(known), Convex.From(known)
	o := Opened{DeployKey: key}
	switch key.Kind {
	case KeyPreviews:
		o.Branch = known.Target.Branch
		if d, err := Deployment.Lookup(known); err == nil && o.Branch == "" {
			o.Branch = d.Branch
		}
		if o.Branch == "" {
			return o, gate.NotGiven{What: "the branch, by which Convex finds its preview", Unlock: "--branch"}
		}
		err := o.lookUp(ctx, Web.From(known), account)
		return o, err
	case KeyDeployment:
		o.Name, o.adminKey = key.Deployment, account.Key
		err := o.locate(ctx, Web.From(known), account)
		return o, err
	case KeyProject, KeyToken:
	case KeyAdmin:
		return o, fmt.Errorf("an admin key names no address: give the deploy key of a Convex cloud deployment")
	}
	return o, fmt.Errorf("a %s opens no deployment: give a preview deploy key", key.Kind)
}

// lookUp finds the branch's preview.
func (o *Opened) lookUp(ctx context.Context, client *web.Client, account ConvexAccount) error {
	body, err := json.Marshal(map[string]any{
		"previewName": o.Branch,
		"projectSelection": map[string]string{
			"kind": "teamAndProjectSlugs", "teamSlug": o.Team, "projectSlug": o.Project,
		},
	})
	if err != nil {
		return err
	}
	header := http.Header{"Authorization": {"Bearer " + account.Key}}
	resp, err := askConvex(ctx, client, account.API+"/api/deployment/authorize_preview", header, body)
	if err != nil {
		return err
	}
	if resp.Status == http.StatusNotFound {
		var refusal struct{ Code string }
		_ = json.Unmarshal(resp.Body, &refusal) // the code for a missing deployment is not documented
		if refusal.Code == "TeamNotFound" || refusal.Code == "ProjectNotFound" {
			return fmt.Errorf("convex does not know the project of the deploy key: %s", refusal.Code)
		}
		o.Missing = true
		return nil
	}
	var found struct{ DeploymentName, AdminKey, URL string }
	if err := readConvex(resp, &found); err != nil {
		return err
	}
	if found.AdminKey == "" || found.URL == "" {
		return fmt.Errorf("convex answers without the deployment's address and key")
	}
	o.Name, o.URL, o.adminKey = found.DeploymentName, strings.TrimRight(found.URL, "/"), found.AdminKey
	return nil
}

// locate asks where the key's deployment is: names do not tell, since
// deployments in other regions and custom domains have other addresses.
func (o *Opened) locate(ctx context.Context, client *web.Client, account ConvexAccount) error {
	body, err := json.Marshal(map[string]string{"deployKey": account.Key})
	if err != nil {
		return err
	}
	header := http.Header{"Authorization": {"Bearer " + account.Key}}
	resp, err := askConvex(ctx, client, account.API+"/api/deployment/url_for_key", header, body)
	if err != nil {
		return err
	}
	var address string
	if err := readConvex(resp, &address); err != nil {
		return err
	}
	o.URL = strings.TrimRight(address, "/")
	return nil
}

// askConvex posts body, or gets when there is none. The calls only read.
func askConvex(ctx context.Context, client *web.Client, address string, header http.Header, body []byte) (*web.Response, error) {
	header.Set("Content-Type", "application/json")
	header.Set("Convex-Client", "npm-cli-1.48.0") // the provisioning API knows its clients by name
	req := web.Request{Method: http.MethodPost, URL: address, Header: header, Body: body, Safe: true}
	if body == nil {
		req.Method = http.MethodGet
	}
	return client.Do(ctx, req)
}

// permissionName matches an operation that a key may be made for.
var permissionName = regexp.MustCompile(`deployment:[A-Za-z:]{1,60}`)

// readConvex decodes a good answer, and words a refusal: what the key may not
// do counts as not given, so that a narrow key is no fault of the app.
func readConvex(resp *web.Response, into any) error {
	if resp.Status == http.StatusOK {
		if err := json.Unmarshal(resp.Body, into); err != nil {
			return fmt.Errorf("%s answered with something other than JSON", resp.URL.Host)
		}
		return nil
	}
	var refusal struct{ Code, Message string }
	_ = json.Unmarshal(resp.Body, &refusal) // a refusal without JSON is named by its status
	switch {
	case refusal.Code == "OperationNotPermitted":
		permission := cmp.Or(permissionName.FindString(refusal.Message), "deployment:env:view")
		return gate.NotGiven{What: "the deploy key's permission for " + resp.URL.Path, Unlock: "CONVEX_DEPLOY_KEY with " + permission}
	case refusal.Code != "":
		return fmt.Errorf("%s refuses the deploy key: %s", resp.URL.Host, refusal.Code)
	}
	return fmt.Errorf("%s answers %d %s", resp.URL.Host, resp.Status, http.StatusText(resp.Status))
}

// ConvexSettings are the environment variables of a Convex deployment. Only
// the client id's value is kept: the others may be secrets.
type ConvexSettings struct {
	Names    []string
	ClientID string // WORKOS_CLIENT_ID as it is stored; "" when unset or empty
	Default  string // what the project's default for previews says, when readable

	values map[string]string // of all: to evaluate an auth.config under, and never recorded
}

// ConvexVariables are the variables of the deployment that the key opens.
var ConvexVariables = &gate.Fact[ConvexSettings]{
	Name:  "Convex environment variables",
	Needs: []gate.Need{Web, Convex, ConvexOpened},
	Learn: learnConvexVariables,
}

func learnConvexVariables(ctx context.Context, known *gate.Facts) (ConvexSettings, error) {
	o, client := ConvexOpened.From(known), Web.From(known)
	if o.Missing {
		return ConvexSettings{}, fmt.Errorf("convex has no preview deployment named %q", o.Branch)
	}
	header := http.Header{"Authorization": {"Convex " + o.adminKey}}
	resp, err := client.Do(ctx, web.Request{URL: o.URL + "/api/v1/list_environment_variables", Header: header, Public: true})
	if err != nil {
		return ConvexSettings{}, err
	}
	var found struct {
		EnvironmentVariables map[string]string
	}
	if err := readConvex(resp, &found); err != nil {
		return ConvexSettings{}, err
	}
	s := ConvexSettings{ClientID: found.EnvironmentVariables["WORKOS_CLIENT_ID"], values: found.EnvironmentVariables}
	for name := range found.EnvironmentVariables {
		s.Names = append(s.Names, name)
	}
	slices.Sort(s.Names)
	s.Default = previewDefault(ctx, client, Convex.From(known), o)
	return s, nil
}

// previewDefault returns the project's default of WORKOS_CLIENT_ID for
// previews. Few keys may read it; what cannot be read is not compared.
func previewDefault(ctx context.Context, client *web.Client, account ConvexAccount, o Opened) string {
	if o.Kind != KeyPreviews {
		return ""
	}
	header := func() http.Header { return http.Header{"Authorization": {"Bearer " + account.Key}} }
	project, err := askConvex(ctx, client, account.API+"/v1/teams/"+url.PathEscape(o.Team)+"/projects/"+url.PathEscape(o.Project), header(), nil)
	if err != nil {
		return ""
	}
	var id struct{ ID json.Number }
	if readConvex(project, &id) != nil || id.ID == "" {
		return ""
	}
	list, err := askConvex(ctx, client, account.API+"/v1/projects/"+url.PathEscape(id.ID.String())+
		"/list_default_environment_variables?deploymentType=preview&name=WORKOS_CLIENT_ID", header(), nil)
	if err != nil {
		return ""
	}
	var found struct {
		Items []struct{ Name, Value string }
	}
	if readConvex(list, &found) != nil {
		return ""
	}
	for _, item := range found.Items {
		if item.Name == "WORKOS_CLIENT_ID" {
			return item.Value
		}
	}
	return ""
}
