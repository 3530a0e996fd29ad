package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// What GitHub takes of a check run in one request.
const (
	maxAnnotations = 50
	maxCheckText   = 65_535
)

// A CheckRun is one that was created, as it stands.
type CheckRun struct {
	ID         int64       `json:"-"`
	Name       string      `json:"name"`
	HeadSHA    string      `json:"head_sha"`
	Status     string      `json:"status"`
	Conclusion string      `json:"conclusion"`
	DetailsURL string      `json:"details_url"`
	ExternalID string      `json:"external_id"`
	Output     CheckOutput `json:"output"`
}

// CheckOutput is what a check run shows. Each request adds its annotations to
// those that are there.
type CheckOutput struct {
	Title       string            `json:"title"`
	Summary     string            `json:"summary"`
	Text        string            `json:"text"`
	Annotations []CheckAnnotation `json:"annotations"`
}

// A CheckAnnotation is one at a line of the repository.
type CheckAnnotation struct {
	Path        string `json:"path"`
	StartLine   int    `json:"start_line"`
	EndLine     int    `json:"end_line"`
	StartColumn int    `json:"start_column"`
	EndColumn   int    `json:"end_column"`
	Level       string `json:"annotation_level"`
	Title       string `json:"title"`
	Message     string `json:"message"`
}

// CheckRuns returns the check runs that were created, as they stand.
func (s *Sandbox) CheckRuns() []CheckRun {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return slices.Clone(s.hub.checks)
}

func (g gitHub) addCheck(w http.ResponseWriter, r *http.Request) {
	check := CheckRun{Status: "queued"}
	if !g.readCheck(w, r, &check) {
		return
	}
	g.hub.mu.Lock()
	defer g.hub.mu.Unlock()
	check.ID = g.hub.id()
	g.hub.checks = append(g.hub.checks, check)
	writeJSON(w, http.StatusCreated, g.checkObject(check))
}

func (g gitHub) editCheck(w http.ResponseWriter, r *http.Request) {
	id := number(r, "id")
	g.hub.mu.Lock()
	defer g.hub.mu.Unlock()
	i := slices.IndexFunc(g.hub.checks, func(c CheckRun) bool { return c.ID == id })
	if i < 0 {
		gitHubError(w, http.StatusNotFound, "Not Found")
		return
	}
	check := g.hub.checks[i]
	before := check.Output.Annotations
	check.Output.Annotations = nil
	if g.readCheck(w, r, &check) {
		check.Output.Annotations = slices.Concat(before, check.Output.Annotations)
		g.hub.checks[i] = check
		writeJSON(w, http.StatusOK, g.checkObject(check))
	}
}

// readCheck reads what is to be said of a check run, or refuses it.
func (g gitHub) readCheck(w http.ResponseWriter, r *http.Request, check *CheckRun) bool {
	if !strings.HasSuffix(g.world.GitHub.Login, "[bot]") {
		gitHubError(w, http.StatusForbidden, "You must authenticate via a GitHub App.")
		return false
	}
	if err := json.NewDecoder(r.Body).Decode(check); err != nil {
		gitHubError(w, http.StatusBadRequest, "Problems parsing JSON")
		return false
	}
	if n := len(check.Output.Annotations); n > maxAnnotations {
		gitHubError(w, http.StatusUnprocessableEntity, fmt.Sprintf("Invalid request.\n\nNo more than 50 items are allowed; %d were supplied.", n))
		return false
	}
	for _, text := range []string{check.Output.Summary, check.Output.Text} {
		if n := utf8.RuneCountInString(text); n > maxCheckText {
			gitHubError(w, http.StatusUnprocessableEntity, fmt.Sprintf("Invalid request.\n\nOnly 65535 characters are allowed; %d were supplied.", n))
			return false
		}
	}
	if check.Conclusion != "" {
		check.Status = "completed"
	}
	return true
}

func (g gitHub) checkObject(c CheckRun) map[string]any {
	self := g.api(fmt.Sprintf("/check-runs/%d", c.ID))
	at := deployed().Format(time.RFC3339)
	object := map[string]any{
		"id": c.ID, "name": c.Name, "head_sha": c.HeadSHA, "status": c.Status, "conclusion": nil, "started_at": at, "completed_at": nil,
		"details_url": c.DetailsURL, "external_id": c.ExternalID, "url": self, "html_url": g.page(fmt.Sprintf("/runs/%d", c.ID)),
		"check_suite": map[string]any{"id": 1}, "pull_requests": []any{},
		"output": map[string]any{
			"title": c.Output.Title, "summary": c.Output.Summary, "text": c.Output.Text,
			"annotations_count": len(c.Output.Annotations), "annotations_url": self + "/annotations",
		},
	}
	if c.Conclusion != "" {
		object["conclusion"], object["completed_at"] = c.Conclusion, at
	}
	return object
}
