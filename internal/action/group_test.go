package action

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const baseSHA = "3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d"

// compared is where GitHub compares the group's base with its head.
const compared = "compare/" + baseSHA + "..." + testSHA

func groupEvent() Event {
	return Event{
		Name: mergeGroup, Repository: "acme/shop", SHA: testSHA,
		Group: Group{HeadSHA: testSHA, BaseSHA: baseSHA, Base: "main", PullRequest: 7},
	}
}

// commits is GitHub's comparison of a group that has these commits.
func commits(total int, messages ...string) string {
	var all []string
	for _, m := range messages {
		all = append(all, fmt.Sprintf(`{"sha":%q,"commit":{"message":%q}}`, otherSHA, m))
	}
	return fmt.Sprintf(`{"status":"ahead","total_commits":%d,"commits":%s}`, total, list(all...))
}

// headOf is the head of a pull request in these tests.
func headOf(number int) string { return fmt.Sprintf("%040d", number) }

// statuses is a commit's combined status: contexts and their states in turn.
func statuses(of ...string) string {
	var all []string
	for i := 0; i < len(of); i += 2 {
		all = append(all, fmt.Sprintf(`{"context":%q,"state":%q,"description":"x"}`, of[i], of[i+1]))
	}
	return fmt.Sprintf(`{"state":"pending","statuses":%s}`, list(all...))
}

// queue is what GitHub answers of open pull requests and the combined statuses of their heads.
func queue(messages []string, of map[int]string) map[string]string {
	answers := map[string]string{compared: commits(len(messages), messages...)}
	for n, s := range of {
		answers[fmt.Sprintf("pulls/%d", n)] = pull(n, headOf(n), "here")
		answers["commits/"+headOf(n)+"/status"] = s
	}
	return answers
}

func TestTheVerdictOnAGroup(t *testing.T) {
	passed, failed := statuses("previewgate", "success"), statuses("previewgate", "failure")
	both := []string{"Sign in (#7)", "Sign out (#8)\n\nnot (#9)"}
	for _, c := range []struct {
		name     string
		messages []string
		of       map[int]string
		want     []string // scope, state, description
		members  []int
	}{
		{"one that passed", []string{"Sign in (#7)"}, map[int]string{7: passed}, []string{"| success | #7 passed the gate"}, []int{7}},
		{"merged, not squashed", []string{"wip", "Merge pull request #7 from acme/feat"}, map[int]string{7: passed}, []string{"| success | #7 passed the gate"}, []int{7}},
		{"rebased: no commit tells", []string{"wip", "wip"}, map[int]string{7: passed}, []string{"| success | #7 passed the gate"}, []int{7}},
		{"without commits", nil, map[int]string{7: passed}, []string{"| success | #7 passed the gate"}, []int{7}},
		{"both passed", both, map[int]string{8: passed, 7: passed}, []string{"| success | #7 and #8 passed the gate"}, []int{7, 8}},
		{"one closed the gate", both, map[int]string{7: passed, 8: failed}, []string{"| failure | #8 closed the gate"}, []int{7, 8}},
		{"both closed it", both, map[int]string{7: failed, 8: failed}, []string{"| failure | #7 and #8 closed the gate"}, []int{7, 8}},
		{"one closed it, one is absent", both, map[int]string{7: statuses(), 8: failed}, []string{"| failure | #8 closed the gate"}, []int{7, 8}},
		{"not judged yet", both, map[int]string{7: passed, 8: statuses("previewgate", "pending")}, []string{"| error | #8: not judged yet"}, []int{7, 8}},
		{"undecided and absent", both, map[int]string{7: statuses("previewgate", "error"), 8: statuses("ci", "success")}, []string{"| error | #7: could not be decided; #8: no verdict"}, []int{7, 8}},
		{"a state that GitHub does not have", both[:1], map[int]string{7: statuses("previewgate", "neutral")}, []string{"| error | #7: no verdict"}, []int{7}},
		{"no status at all", both[:1], map[int]string{7: statuses()}, []string{"| error | #7: no verdict"}, []int{7}},
		{"other people's contexts", both[:1], map[int]string{7: statuses("previewgate report", "success", "previewgate-x", "success", "Vercel", "success")}, []string{"| error | #7: no verdict"}, []int{7}},
		{
			"several projects", both,
			map[int]string{
				7: statuses("previewgate (web)", "success", "previewgate (docs)", "success"),
				8: statuses("previewgate (docs)", "success", "Previewgate (web)", "failure"),
			},
			[]string{"docs| success | #7 and #8 passed the gate", "web| failure | #8 closed the gate"},
			[]int{7, 8},
		},
		{
			"a project that one lacks", both,
			map[int]string{7: statuses("previewgate (web)", "success"), 8: statuses("previewgate", "success")},
			[]string{"| error | #7: no verdict", "web| error | #8: no verdict"},
			[]int{7, 8},
		},
		{"a number that is no pull request", append(both, "fixes (#99)"), map[int]string{7: passed, 8: passed}, []string{"| success | #7 and #8 passed the gate"}, []int{7, 8}},
		{"a number in the middle", []string{"Revert \"Sign in (#8)\" (#7)"}, map[int]string{7: passed, 8: failed}, []string{"| success | #7 passed the gate"}, []int{7}},
	} {
		_, gh := serve(t, queue(c.messages, c.of))
		got, err := JudgeGroup(t.Context(), gh, groupEvent())
		var said []string
		for _, v := range got {
			said = append(said, v.Scope+"| "+v.State+" | "+v.Description)
			if diff := cmp.Diff(c.members, v.PullRequests); diff != "" {
				t.Errorf("%s: members (-want +got):\n%s", c.name, diff)
			}
		}
		if diff := cmp.Diff(c.want, said); diff != "" || err != nil {
			t.Errorf("%s: error %v (-want +got):\n%s", c.name, err, diff)
		}
	}
}

func TestWhatIsNoMemberOfAGroup(t *testing.T) {
	for name, other := range map[string]string{
		"closed":              closed(pull(8, headOf(8), "here")),
		"into another branch": strings.Replace(pull(8, headOf(8), "here"), `"main"`, `"dev"`, 1),
		"gone":                `410 {"message":"Gone"}`,
		"unknown":             `404 {"message":"Not Found"}`,
	} {
		answers := queue([]string{"Sign in (#7)", "Sign out (#8)"}, map[int]string{7: statuses("previewgate", "success")})
		answers["pulls/8"] = other
		_, gh := serve(t, answers)
		got, err := JudgeGroup(t.Context(), gh, groupEvent())
		isOut := err == nil && len(got) == 1 && got[0].State == "success"
		if want := name != "gone"; isOut != want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestWhatIsNotFoundOutOfAGroupDoesNotPass(t *testing.T) {
	passed := statuses("previewgate", "success")
	var many []string
	for n := range maxMembers {
		many = append(many, fmt.Sprintf("x (#%d)", 1000+n))
	}
	for _, c := range []struct{ name, path, answer, want string }{
		{"its pull request is closed", "pulls/7", closed(pull(7, headOf(7), "here")), "pull request #7, which the merge group is named after, is not open into main"},
		{"its pull request is into another branch", "pulls/7", strings.Replace(pull(7, headOf(7), "here"), `"main"`, `"dev"`, 1), "pull request #7, which"},
		{"its pull request is not known", "pulls/7", `404 {"message":"Not Found"}`, "pull request #7, which"},
		{"its pull request cannot be read", "pulls/7", `403 {"message":"Resource not accessible by integration"}`, "looking up #7 of the merge group: the token lacks `pull-requests: read`"},
		{"another cannot be read", "pulls/8", `401 {"message":"Bad credentials"}`, "looking up #8 of the merge group: GitHub does not accept the token"},
		{"a head that is none", "pulls/8", pull(8, "main", "here"), `the commit "main" is not a full SHA`},
		{"no comparison", compared, `404 {"message":"Not Found"}`, "listing the merge group's commits: "},
		{"a comparison in part", compared, commits(300, "Sign in (#7)"), "listing the merge group's commits: GitHub lists 1 of its 300 commits"},
		{"too many members", compared, commits(len(many), many...), "the merge group names more than 100 pull requests"},
		{"no statuses", "commits/" + headOf(8) + "/status", `403 {"message":"no"}`, "reading the verdict on #8: GitHub answers 403: no"},
		{"a second page that cannot be read", compared + "?page=2", `403 {"message":"no"}`, "listing the merge group's commits: GitHub answers 403: no"},
		{"a second page of statuses that cannot be read", "commits/" + headOf(7) + "/status?page=2", `403 {"message":"no"}`, "reading the verdict on #7: GitHub answers 403: no"},
	} {
		answers := queue([]string{"Sign in (#7)", "Sign out (#8)"}, map[int]string{7: passed, 8: passed})
		answers[c.path] = c.answer
		_, gh := serve(t, answers)
		got, err := JudgeGroup(t.Context(), gh, groupEvent())
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || len(got) > 0 {
			t.Errorf("%s: %+v, %v; want %s", c.name, got, err, c.want)
		}
	}
}

func TestPagesWithoutEndDoNotPass(t *testing.T) {
	passed := statuses("previewgate", "success")
	for want, path := range map[string]string{
		"listing the merge group's commits: there are too many of them":     compared,
		"reading the verdict on #7: the commit has more than 1000 statuses": "commits/" + headOf(7) + "/status",
	} {
		answers := queue([]string{"Sign in (#7)"}, map[int]string{7: passed})
		for n := range maxPages {
			answers[fmt.Sprintf("%s?page=%d", path, n+2)] = answers[path]
		}
		_, gh := serve(t, answers)
		if got, err := JudgeGroup(t.Context(), gh, groupEvent()); err == nil || err.Error() != want {
			t.Errorf("%+v, %v; want %s", got, err, want)
		}
	}
}

func TestAllPagesOfAGroupAreRead(t *testing.T) {
	answers := queue([]string{"Sign in (#7)"}, map[int]string{7: statuses("ci", "success"), 8: statuses("previewgate", "failure")})
	answers[compared] = commits(2, "Sign in (#7)")
	answers[compared+"?page=2"] = commits(2, "Sign out (#8)")
	answers["commits/"+headOf(7)+"/status?page=2"] = statuses("previewgate", "success")
	fake, gh := serve(t, answers)
	got, err := JudgeGroup(t.Context(), gh, groupEvent())
	if err != nil || len(got) != 1 || got[0].Description != "#8 closed the gate" {
		t.Errorf("%+v, %v", got, err)
	}
	if len(fake.asked) != 7 {
		t.Errorf("asked %q", fake.asked)
	}
}

func TestDescriptionsOfLargeGroupsStayShort(t *testing.T) {
	for _, states := range [][]string{{"success"}, {"failure"}, {"error", "pending", ""}} {
		var members []member
		for n := range maxMembers {
			members = append(members, member{number: 2147483547 + n, verdicts: map[string]string{"": states[n%len(states)]}})
		}
		for _, v := range judge(members, []string{""}) {
			if n := len([]rune(v.Description)); n > 140 || !strings.Contains(v.Description, "more") {
				t.Errorf("%d characters: %s", n, v.Description)
			}
		}
	}
}

func TestScopesInTheContextsOfStatuses(t *testing.T) {
	for context, want := range map[string]string{
		"previewgate": "", "Previewgate": "", "previewgate (web)": "web", "PREVIEWGATE (web)": "web", "previewgate (a (b))": "a (b)",
		"previewgate ()": "none", "previewgate (web) ": "none", "previewgate(web)": "none", "previewgate (web": "none",
		"previewgate report": "none", "previewgate report (web)": "none", "xpreviewgate": "none", "preview": "none", "": "none",
		"previewgate (a\nb)": "none", "previewgate (a\u202eb)": "none", "previewgate ( a)": "none",
		"previewgate (" + strings.Repeat("a", 101) + ")": "none",
	} {
		scope, isOurs := scopeOf(context)
		if !isOurs {
			scope = "none"
		}
		if scope != want {
			t.Errorf("%q is of %q, want %q", context, scope, want)
		}
	}
}

func TestPullRequestsInMessages(t *testing.T) {
	for message, want := range map[string]int{
		"Sign in (#7)": 7, "Sign in (#7)\r\n\r\nmore (#8)": 7, "Sign in (#5) (#7)": 7, "(#7)": 7, "Merge pull request #7 from acme/feat": 7,
		"Merge pull request #7 from acme/feat (#8)": 7, "Sign in\n\n(#7)": 0, "Sign in (#7).": 0, "Sign in #7": 0, "Sign in (#0)": 0,
		"Sign in (#99999999999)": 0, "Merge branch 'x'": 0, "": 0, "a Merge pull request #7 from x": 0,
	} {
		if got := pullNamedIn(message); got != want {
			t.Errorf("%q names %d, want %d", message, got, want)
		}
	}
}
