package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/githubspec"
)

// questions are put to the stand-in, one a line.
const questions = `POST /statuses/SHA {"state":"pending","context":"previewgate"}
POST /statuses/SHA {"state":"success","context":"previewgate","description":"d","target_url":"https://github.com/acme"}
POST /statuses/SHA {"state":"success"}
GET /commits/SHA/status?per_page=100
GET /commits/heads/fix/login/status
GET /commits/heads/none/status
GET /commits/SHA/statuses
GET /commits/SHA/pulls
GET /commits/SHA/branches-where-head
GET /pulls?state=all
GET /pulls/7
GET /pulls/9
GET /pulls/70
GET /deployments
GET /collaborators/ada/permission
GET /collaborators/nobody/permission
POST /issues/7/comments {"body":"b"}
POST /issues/70/comments {"body":"b"}
GET /issues/7/comments?per_page=1
POST /check-runs {"name":"previewgate report","head_sha":"SHA","status":"in_progress"}`

// TestGitHubAnswersAsGitHubDescribes holds every kind of answer of the stand-in
// to GitHub's own description.
func TestGitHubAnswersAsGitHubDescribes(t *testing.T) {
	for name, change := range map[string]func(*World){
		"a workflow's token": func(*World) {},
		"a person's token":   func(w *World) { w.GitHub.Login = "ada" },
		"a fork":             func(w *World) { w.GitHub.Fork = true },
		"a failed build":     func(w *World) { w.Vercel.ReadyState = "ERROR" },
		"a build under way":  func(w *World) { w.Vercel.ReadyState = "BUILDING" },
		"no permission":      func(w *World) { w.GitHub.Permissions = nil },
	} {
		t.Run(name, func(t *testing.T) {
			v := visit(t, change)
			v.Open(Pull{Number: 8, Branch: "feat/x", HeadSHA: groupSHA}, Pull{Number: 9, Branch: "old", HeadSHA: groupSHA, Closed: true})
			comment := v.world.GitHub.Comments[0].ID
			for line := range strings.SplitSeq(strings.ReplaceAll(questions, "SHA", headSHA), "\n") {
				v.tell(line)
			}
			v.tell(fmt.Sprintf("GET /deployments/%d", deploymentNumber))
			v.tell(fmt.Sprintf("GET /deployments/%d/statuses", deploymentNumber))
			v.tell("GET /deployments/5")
			v.tell("GET /compare/" + baseSHA + "..." + groupSHA)
			v.tell(fmt.Sprintf("GET /issues/comments/%d", comment))
			v.tell(fmt.Sprintf(`PATCH /issues/comments/%d {"body":"c"}`, comment))
			v.tell(fmt.Sprintf(`DELETE /issues/comments/%d`, comment))
			for _, run := range v.CheckRuns() {
				v.tell(fmt.Sprintf(`PATCH /check-runs/%d {"conclusion":"neutral","output":{"title":"t","summary":"s"}}`, run.ID))
			}
			v.ask("GET https://api.github.com/user\nAuthorization: Bearer " + gitHubToken)
			v.ask("GET https://api.github.com/user")
			v.ask("GET https://api.github.com/user\nAuthorization: Bearer wrong")
			holdsTo(t, v.Sandbox)
			if n := granted(v.Sandbox); n < 20 && name != "no permission" {
				t.Errorf("only %d questions were answered", n)
			}
		})
	}
}

// tell sends a request written as "METHOD path body".
func (v visitorTo) tell(line string) {
	method, rest, _ := strings.Cut(line, " ")
	path, body, _ := strings.Cut(rest, " ")
	v.ask(method + " https://api.github.com/repos/acme/web" + path + "\nContent-Type: application/json\nAuthorization: Bearer " + gitHubToken + "\n\n" + body)
}

// granted counts what GitHub was asked and did not refuse.
func granted(s *Sandbox) int {
	return len(slices.DeleteFunc(s.GitHubExchanges(), func(x Exchange) bool { return x.Status >= 300 }))
}

// holdsTo checks everything that GitHub was asked and answered.
func holdsTo(t *testing.T, s *Sandbox) {
	t.Helper()
	spec, err := githubspec.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range s.GitHubExchanges() {
		req, err := http.NewRequestWithContext(t.Context(), x.Method, x.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = x.Header
		if err := spec.Check(req, []byte(x.Body)); err != nil {
			t.Errorf("the test asks wrongly: %v", err)
		}
		if err := spec.CheckAnswer(req, x.Status, []byte(x.Answer)); err != nil {
			t.Error(err)
		}
	}
}

// TestGitHubRefusesAsItIsKnownTo holds the refusals to the form that they have.
func TestGitHubRefusesAsItIsKnownTo(t *testing.T) {
	v := visit(t)
	for line, want := range map[string]int{
		`POST /statuses/` + headSHA + ` {"state":"ok"}`:                                                       422,
		`POST /statuses/` + headSHA + ` {"state":"success","description":"` + strings.Repeat("x", 141) + `"}`: 422,
		`POST /issues/7/comments {"body":""}`:                                                                 422,
		`PATCH /issues/comments/5 {"body":"x"}`:                                                               404,
		`PATCH /check-runs/5 {"status":"queued"}`:                                                             404,
		`GET /nothing`: 404,
	} {
		v.tell(line)
		last := v.GitHubExchanges()[len(v.GitHubExchanges())-1]
		if last.Status != want || !strings.Contains(last.Answer, `"message"`) {
			t.Errorf("%s: %d %s", line, last.Status, last.Answer)
		}
	}
}
