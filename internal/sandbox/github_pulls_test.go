package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

const secondSHA = "5555555555555555555555555555555555555555"

// numbers lists the pull requests of an answer.
func numbers(t *testing.T, got answer) []int {
	t.Helper()
	var pulls []struct{ Number int }
	read(t, []byte(got.body), &pulls)
	var all []int
	for _, p := range pulls {
		all = append(all, p.Number)
	}
	return all
}

func TestGitHubListsPullRequests(t *testing.T) {
	v := visit(t)
	v.Open(Pull{Number: 8, Branch: "feat/x", HeadSHA: secondSHA}, Pull{Number: 9, Branch: "old", HeadSHA: baseSHA, Closed: true})
	for path, want := range map[string][]int{
		"/pulls":                               {7, 8},
		"/pulls?state=all":                     {7, 8, 9},
		"/pulls?state=closed":                  {9},
		"/pulls?state=open&head=acme:feat/x":   {8},
		"/pulls?base=other":                    nil,
		"/pulls?per_page=1&page=2":             {8},
		"/commits/" + secondSHA + "/pulls":     {8},
		"/commits/" + headSHA + "/pulls":       {7},
		"/commits/" + "0" + headSHA + "/pulls": nil,
	} {
		if got := numbers(t, hubAsk(v, "GET", path, "")); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
	if got := hubAsk(v, "GET", "/pulls/9", ""); !strings.Contains(got.body, `"state":"closed"`) {
		t.Errorf("closed: %d %s", got.status, got.body)
	}
	if got := hubAsk(v, "GET", "/pulls/10", ""); got.status != http.StatusNotFound {
		t.Errorf("none: %d", got.status)
	}
}

func TestGitHubKnowsBranchesByTheirHead(t *testing.T) {
	v := visit(t)
	v.Open(Pull{Number: 8, Branch: "main-2", HeadSHA: secondSHA})
	hubAsk(v, "POST", "/statuses/"+headSHA, `{"state":"failure","context":"previewgate"}`)
	if got := hubAsk(v, "GET", "/commits/heads/fix/login/status?per_page=100", ""); !strings.Contains(got.body, `"sha":"`+headSHA+`"`) || !strings.Contains(got.body, `"state":"failure"`) {
		t.Errorf("status of the branch: %d %s", got.status, got.body)
	}
	if got := hubAsk(v, "GET", "/commits/heads/main-2/status", ""); !strings.Contains(got.body, `"sha":"`+secondSHA+`"`) || !strings.Contains(got.body, `"total_count":0`) {
		t.Errorf("status of the other branch: %d %s", got.status, got.body)
	}
	if got := hubAsk(v, "GET", "/commits/"+headSHA+"/branches-where-head", ""); !strings.Contains(got.body, `"name":"fix/login"`) {
		t.Errorf("branches %s", got.body)
	}
	if got := hubAsk(v, "GET", "/commits/"+baseSHA+"/branches-where-head", ""); got.body != "[]" {
		t.Errorf("branches %s", got.body)
	}
	for _, path := range []string{"/commits/heads/gone/status", "/commits/heads/fix/login", "/commits/heads/fix/login/other"} {
		if got := hubAsk(v, "GET", path, ""); got.status != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

// TestAForksBranchIsNotTheRepositorys holds that a fork's head is found by its
// pull request only.
func TestAForksBranchIsNotTheRepositorys(t *testing.T) {
	v := visit(t, func(w *World) { w.GitHub.Fork = true })
	if got := hubAsk(v, "GET", "/commits/heads/fix/login/status", ""); got.status != http.StatusNotFound {
		t.Errorf("status: %d", got.status)
	}
	if got := hubAsk(v, "GET", "/commits/"+headSHA+"/branches-where-head", ""); got.body != "[]" {
		t.Errorf("branches %s", got.body)
	}
	if got := hubAsk(v, "GET", "/pulls?head=stranger:fix/login", ""); !strings.Contains(got.body, `"full_name":"stranger/web"`) {
		t.Errorf("pull request %s", got.body)
	}
}

func TestGitHubKnowsWhoMayWrite(t *testing.T) {
	v := visit(t)
	for login, want := range map[string]string{"ada": "write", "grace": "read", "mallory": "none"} {
		got := hubAsk(v, "GET", "/collaborators/"+login+"/permission", "")
		if !strings.Contains(got.body, `"permission":"`+want+`"`) || !strings.Contains(got.body, `"login":"`+login+`"`) {
			t.Errorf("%s: %d %s", login, got.status, got.body)
		}
	}
}

// TestTheMergeGroupHoldsTheOpenPullRequests holds the event and the comparison
// to each other.
func TestTheMergeGroupHoldsTheOpenPullRequests(t *testing.T) {
	v := visit(t)
	v.Open(Pull{Number: 8, Branch: "feat/x", HeadSHA: secondSHA}, Pull{Number: 9, Branch: "old", HeadSHA: baseSHA, Closed: true})
	var event struct {
		Action     string
		MergeGroup struct {
			HeadSHA string `json:"head_sha"`
			HeadRef string `json:"head_ref"`
			BaseSHA string `json:"base_sha"`
			BaseRef string `json:"base_ref"`
		} `json:"merge_group"`
	}
	read(t, v.Event("merge_group"), &event)
	g := event.MergeGroup
	if event.Action != "checks_requested" || g.BaseRef != "refs/heads/main" || g.HeadRef != "refs/heads/gh-readonly-queue/main/pr-8-"+g.BaseSHA {
		t.Errorf("event %+v", event)
	}
	var compared struct {
		Commits []struct {
			SHA    string
			Commit struct{ Message string }
		}
	}
	read(t, []byte(hubAsk(v, "GET", "/compare/"+g.BaseSHA+"..."+g.HeadSHA, "").body), &compared)
	c := compared.Commits
	if len(c) != 2 || c[1].SHA != g.HeadSHA || !strings.HasPrefix(c[0].Commit.Message, "Merge pull request #7 from acme/fix/login\n") {
		t.Errorf("commits %+v", c)
	}
	for _, path := range []string{"/compare/" + g.HeadSHA, "/compare/" + headSHA + "..." + g.HeadSHA} {
		if got := hubAsk(v, "GET", path, ""); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}
