package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// states lists the states of an answer's deployment statuses.
func states(t *testing.T, got answer) string {
	t.Helper()
	var all []struct{ State string }
	read(t, []byte(got.body), &all)
	var names []string
	for _, s := range all {
		names = append(names, s.State)
	}
	return strings.Join(names, " ")
}

func TestGitHubListsTheNewestDeploymentFirst(t *testing.T) {
	v := visit(t)
	v.Deploy(
		Rollout{SHA: headSHA, Environment: "Preview", Reports: []Report{{"pending", "", ""}, {"success", "", "https://web-2-acme.vercel.app"}}},
		Rollout{SHA: baseSHA, Environment: "Preview – docs", Reports: []Report{{"error", "Deployment was canceled", ""}}},
	)
	var all []struct {
		ID          int64
		Environment string
		CreatedAt   string `json:"created_at"`
	}
	read(t, []byte(hubAsk(v, "GET", "/deployments", "").body), &all)
	if len(all) != 3 || all[0].Environment != "Preview – docs" || all[0].ID <= all[1].ID || all[1].ID <= all[2].ID || all[0].CreatedAt <= all[1].CreatedAt {
		t.Errorf("got %+v", all)
	}
	of := hubAsk(v, "GET", "/deployments?sha="+headSHA, "")
	if strings.Count(of.body, `"task"`) != 2 || strings.Contains(of.body, "docs") {
		t.Errorf("of the commit: %s", of.body)
	}
	second := hubAsk(v, "GET", fmt.Sprintf("/deployments/%d/statuses", all[1].ID), "")
	if got := states(t, second); got != "success pending" || !strings.Contains(second.body, `"environment_url":"https://web-2-acme.vercel.app"`) {
		t.Errorf("reports: %s %s", got, second.body)
	}
	for _, path := range []string{"/deployments/1", "/deployments/1/statuses"} {
		if got := hubAsk(v, "GET", path, ""); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestADeploymentUnfolds(t *testing.T) {
	v := visit(t)
	v.Deploy(Rollout{
		SHA: headSHA, Environment: "Preview", Unfolds: true,
		Reports: []Report{{"pending", "", ""}, {"in_progress", "", ""}, {"success", "", "https://web-2-acme.vercel.app"}},
	})
	path := fmt.Sprintf("/deployments/%d/statuses", numberOf(1))
	for _, want := range []string{"pending", "in_progress pending", "success in_progress pending", "success in_progress pending"} {
		if got := states(t, hubAsk(v, "GET", path, "")); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestVercelsOwnStatusIsVercels holds that a status tells who set it.
func TestVercelsOwnStatusIsVercels(t *testing.T) {
	v := visit(t, func(w *World) {
		w.GitHub.Statuses = []Status{
			{SHA: headSHA, Context: "Vercel – web", State: "pending"}, {SHA: headSHA, Context: "previewgate", State: "success"},
		}
	})
	var all []struct {
		Context string
		Creator struct{ Login string }
	}
	read(t, []byte(hubAsk(v, "GET", "/commits/"+headSHA+"/statuses", "").body), &all)
	if len(all) != 2 || all[0].Creator.Login != actionsLogin || all[1].Creator.Login != "vercel[bot]" {
		t.Errorf("got %+v", all)
	}
}
