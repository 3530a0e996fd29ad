package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// projectID is the Convex project's number.
const projectID = 4711

// convexAPI serves api.convex.dev.
func convexAPI(world *World) http.Handler {
	c := provisioner{world}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/deployment/authorize_preview", c.authorized(c.authorizePreview))
	mux.HandleFunc("POST /api/claim_preview_deployment", c.authorized(c.claim))
	mux.HandleFunc("POST /api/deployment/url_for_key", c.urlForKey)
	mux.HandleFunc("POST /api/deployment/team_and_project_for_key", c.projectForKey)
	mux.HandleFunc("GET /api/deployment/{name}/team_and_project", c.projectOf)
	mux.HandleFunc("GET /v1/teams/{team}/projects/{project}", c.authorized(c.project))
	mux.HandleFunc("GET /v1/projects/{id}/list_default_environment_variables", c.authorized(c.defaults))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { convexNotFound(w, "NotFound", "Not found") })
	return mux
}

// provisioner finds deployments for keys.
type provisioner struct{ world *World }

func convexNotFound(w http.ResponseWriter, code, message string) {
	(&convexError{http.StatusNotFound, code, message}).write(w)
}

// authorized guards a handler that needs the project's preview deploy key.
func (c provisioner) authorized(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+c.world.Convex.DeployKey {
			(&convexError{http.StatusUnauthorized, "InvalidDeployKey", "The deploy key is not valid."}).write(w)
			return
		}
		next(w, r)
	}
}

// authorizePreview finds the preview deployment of a branch, making none.
func (c provisioner) authorizePreview(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		PreviewName      string
		ProjectSelection struct{ TeamSlug, ProjectSlug string }
	}
	_ = json.NewDecoder(r.Body).Decode(&ask)
	project := c.world.Convex
	switch {
	case ask.ProjectSelection.TeamSlug != project.Team || ask.ProjectSelection.ProjectSlug != project.Project:
		convexNotFound(w, "ProjectNotFound", "Project not found")
	case ask.PreviewName != project.Branch || project.Preview.Gone:
		convexNotFound(w, "DeploymentNotFound", "Deployment not found")
	default:
		writeJSON(w, http.StatusOK, map[string]any{
			"deploymentName": project.Preview.Name, "adminKey": project.Preview.AdminKey, "url": project.Preview.URL,
			"deploymentType": "preview", "reference": "preview/" + project.Branch, "isDefault": false,
		})
	}
}

// claim makes or takes over a preview deployment. A gate must never ask.
func (c provisioner) claim(w http.ResponseWriter, _ *http.Request) {
	d := c.world.Convex.Preview
	writeJSON(w, http.StatusOK, map[string]any{
		"adminKey": d.AdminKey, "instanceUrl": d.URL, "deploymentName": d.Name,
		"reference": "preview/" + c.world.Convex.Branch, "isNewDeployment": d.Gone,
	})
}

// byKey finds the deployment a deploy key in the body is of.
func (c provisioner) byKey(r *http.Request) (Deployment, bool) {
	var ask struct{ DeployKey string }
	_ = json.NewDecoder(r.Body).Decode(&ask)
	all := []Deployment{c.world.Convex.Preview, c.world.Convex.Production}
	i := slices.IndexFunc(all, func(d Deployment) bool { return d.AdminKey == ask.DeployKey })
	if i >= 0 {
		return all[i], true
	}
	return Deployment{}, ask.DeployKey == c.world.Convex.DeployKey
}

func (c provisioner) urlForKey(w http.ResponseWriter, r *http.Request) {
	d, _ := c.byKey(r)
	if d.URL == "" {
		convexNotFound(w, "DeploymentNotFound", "Deployment not found")
		return
	}
	writeJSON(w, http.StatusOK, d.URL)
}

func (c provisioner) projectForKey(w http.ResponseWriter, r *http.Request) {
	d, known := c.byKey(r)
	if !known {
		(&convexError{http.StatusUnauthorized, "InvalidDeployKey", "The deploy key is not valid."}).write(w)
		return
	}
	c.writeProject(w, d)
}

// projectOf finds the project of a deployment by its name, for whoever holds a
// key of either.
func (c provisioner) projectOf(w http.ResponseWriter, r *http.Request) {
	key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	for _, d := range []Deployment{c.world.Convex.Preview, c.world.Convex.Production} {
		if d.Name == r.PathValue("name") && (key == d.AdminKey || key == c.world.Convex.DeployKey) {
			c.writeProject(w, d)
			return
		}
	}
	convexNotFound(w, "DeploymentNotFound", "Deployment not found")
}

func (c provisioner) writeProject(w http.ResponseWriter, d Deployment) {
	writeJSON(w, http.StatusOK, map[string]any{
		"team": c.world.Convex.Team, "project": c.world.Convex.Project, "teamId": 1, "projectId": projectID,
		"reference": d.Type, "isDefault": d.Type == "prod",
	})
}

func (c provisioner) project(w http.ResponseWriter, r *http.Request) {
	project := c.world.Convex
	if r.PathValue("team") != project.Team || r.PathValue("project") != project.Project {
		convexNotFound(w, "ProjectNotFound", "Project not found")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"id": projectID, "name": project.Project, "slug": project.Project, "teamId": 1, "teamSlug": project.Team, "createTime": deployed().UnixMilli(),
	})
}

// defaults lists what new preview deployments start with.
func (c provisioner) defaults(w http.ResponseWriter, _ *http.Request) {
	items := []any{}
	for _, name := range slices.Sorted(maps.Keys(c.world.Convex.Defaults)) {
		items = append(items, map[string]any{
			"name": name, "value": c.world.Convex.Defaults[name], "deploymentTypes": []string{"preview"},
		})
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"items": items, "pagination": map[string]any{"hasMore": false, "nextCursor": nil},
	})
}
