package action

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheAliasComesFromVercelsCommentOnly(t *testing.T) {
	comment := vercelComment(`{"projects":[{"name":"docs","previewUrl":"docs-git-feat.vercel.app"},` +
		`{"name":"Web","previewUrl":"https://web-git-feat.vercel.app/"},{"name":5,"previewUrl":[]}]}`)
	for name, c := range map[string]struct {
		comments string
		project  string
		want     []string
	}{
		"by its project":       {list(commentBy("vercel[bot]", "Bot", comment)), "web", []string{"web-git-feat.vercel.app"}},
		"no such project":      {list(commentBy("vercel[bot]", "Bot", comment)), "shop", nil},
		"several projects":     {list(commentBy("vercel[bot]", "Bot", comment)), "", nil},
		"by somebody else":     {list(commentBy("mallory", "User", comment)), "web", nil},
		"by a user so named":   {list(commentBy("vercel[bot]", "User", comment)), "web", nil},
		"not in the first row": {list(commentBy("vercel[bot]", "Bot", "hi\n"+comment)), "web", nil},
		"an address within": {list(commentBy("vercel[bot]", "Bot",
			vercelComment(`{"projects":[{"name":"web","previewUrl":"169.254.169.254"}]}`))), "web", nil},
		"a path within": {list(commentBy("vercel[bot]", "Bot",
			vercelComment(`{"projects":[{"name":"web","previewUrl":"a.vercel.app/x"}]}`))), "", nil},
		"the same host": {list(commentBy("vercel[bot]", "Bot",
			vercelComment(`{"projects":[{"name":"web","previewUrl":"`+testURL+`"}]}`))), "", nil},
		"refused": {`403 {"message":"no"}`, "web", nil},
	} {
		e := statusEvent()
		e.Project = c.project
		_, gh := serve(t, map[string]string{
			pullsOfCommit: list(pull(7, testSHA, "here")), "deployments": list(), comments: c.comments,
		})
		got, err := Resolve(t.Context(), gh, e)
		if diff := cmp.Diff(c.want, got.Hosts); diff != "" || err != nil {
			t.Errorf("%s: error %v (-want +got):\n%s", name, err, diff)
		}
	}
}
