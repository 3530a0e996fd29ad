package har

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/facts"
)

// shortToken is the access token in the answers that were recorded.
const shortToken = "eyJhbGciOiJSUzI1NiJ9.eyJzaWQiOiJzZXNzaW9uXzAxVE9ZIn0.c2ln"

// answer is what Next.js 16 answers to a call of AuthKit's
// refreshAccessTokenAction, which sets a cookie: the page comes with it.
func answer(t *testing.T, authKit int) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("testdata/answers/authkit-%d-refreshed.txt", authKit))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAnswersWithThePage holds that the result is told from the page that comes
// with it, however long both are, and by the recorder's short form as well.
func TestAnswersWithThePage(t *testing.T) {
	long := strings.Repeat("eyJhbGciOiJSUzI1NiJ9", 60) + ".eyJzaWQiOiJzZXNzaW9uXzAxVE9ZIn0.c2lnMa" // its end looks like an ID
	inRow := func(row string) string { return fmt.Sprintf("19:T%x,%s", len(long), long) + row }
	four, two := answer(t, 4), answer(t, 2)
	refreshedRow, tokenRow := `1:{"accessToken":"`+shortToken+`"}`, `1:"`+shortToken+`"`
	failedRow := `1:{"accessToken":"$undefined","error":"Failed to refresh access token"}`
	large := func(body string, size int) string {
		row := fmt.Sprintf("20:T%x,%s", size, strings.Repeat("é", size/2))
		return strings.Replace(body, "2:\"$Sreact.fragment\"", row+"2:\"$Sreact.fragment\"", 1)
	}
	replaced := func(body, row, by string) string {
		if !strings.Contains(body, row) {
			t.Fatalf("%s is not in the answer", row)
		}
		return strings.Replace(body, row, by, 1)
	}
	tests := []struct {
		name, body string
		want       facts.ActionResult
	}{
		{"AuthKit 4", four, facts.ResultRefreshed},
		{"AuthKit 4, a refresh that fails", replaced(four, refreshedRow, failedRow), facts.ResultFailed},
		{"AuthKit 4, a long token", replaced(four, refreshedRow, inRow(`1:{"accessToken":"$19"}`)), facts.ResultRefreshed},
		{"AuthKit 4, a page of 5 KB", large(four, 5_000), facts.ResultRefreshed},
		{"AuthKit 4, a page of 100 KB", large(four, 100_000), facts.ResultRefreshed},
		{"AuthKit 4, a page of 100 KB and a refresh that fails", large(replaced(four, refreshedRow, failedRow), 100_000), facts.ResultFailed},
		{"AuthKit 2", two, facts.ResultToken},
		{"AuthKit 2, a long token", replaced(two, tokenRow, inRow(`1:"$19"`)), facts.ResultToken},
		{"AuthKit 2, a page of 100 KB", large(two, 100_000), facts.ResultToken},
		{"the whole session", replaced(four, refreshedRow, `1:{"user":null}`), facts.ResultOther},
		{"the whole session, and a page that holds a token", replaced(four, refreshedRow, inRow(`1:{"user":null}`)+"\n1a:{\"accessToken\":\""+shortToken+`"}`), facts.ResultOther},
		{"a result of another number", strings.Replace(replaced(four, refreshedRow, "7f:"+failedRow[2:]), `"$@1"`, `"$@7f"`, 1), facts.ResultFailed},
		{"an error that is none", replaced(four, refreshedRow, `1:{"accessToken":"`+shortToken+`","error":"$undefined"}`), facts.ResultRefreshed},
		{"an answer of Next.js 14", `0:["$@1",["development",null]]` + "\n" + failedRow + "\n", facts.ResultFailed},
		{"tokens taken out, and lengths not mended", replaced(four, refreshedRow, "19:T658,***"+`1:{"accessToken":"$19"}`), facts.ResultRefreshed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := mustRead(t, log(calling(tokenID, `{"text":`+quoted(tt.body)+`}`))).Entries[0].Result
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			short := CanonicalAnswer(tt.body)
			if again := returned(short, false); again != tt.want || len(short) > 100 || strings.Contains(short, "eyJ") {
				t.Errorf("in short %q, which is %q", short, again)
			}
		})
	}
	if got := CanonicalAnswer(""); got != "" {
		t.Errorf("nothing is %q", got)
	}
	cut := log(calling(tokenID, `{"text":`+quoted(large(four, maxAnswer))+`}`))
	if got := mustRead(t, cut).Entries[0].Result; got != facts.ResultUnseen {
		t.Errorf("beyond what is read: %q", got)
	}
}

func TestCanonicalScript(t *testing.T) {
	code := `let s="s3cr3t";(0,o.createServerReference)("` + tokenID + `",o.callServer,void 0,o.findSourceMapURL,"getAccessTokenAction");`
	got := CanonicalScript(code + strings.Repeat(" ", 100_000) + strings.ReplaceAll(code, tokenID, refreshID))
	want := `createServerReference("` + refreshID + `",null,"getAccessTokenAction")` + "\n" + `createServerReference("` + tokenID + `",null,"getAccessTokenAction")` + "\n"
	if got != want {
		t.Errorf("got %s", got)
	}
	if again := mustRead(t, log(`{"response":{"content":{"text":`+quoted(got)+`}}}`)).Actions; len(again) != 2 {
		t.Errorf("it is read as %v", again)
	}
}

func TestCanonicalMessage(t *testing.T) {
	const sync = "wss://swift-lemur-482.convex.cloud/api/1.48.0/sync"
	tests := []struct{ name, address, text, want string }{
		{"a connection", sync, `{"type":"Connect","sessionId":"s","connectionCount":0}`, `{"type":"Connect"}`},
		{"a token", sync, `{"type":"Authenticate","baseVersion":0,"tokenType":"User","value":"` + shortToken + `"}`, `{"type":"Authenticate","tokenType":"User"}`},
		{"no token", sync, `{"type":"Authenticate","tokenType":"x"}`, `{"type":"Authenticate","tokenType":"None"}`},
		{"a refusal", sync, `{"type":"AuthError","error":"No auth provider","tokenType":"x"}`, `{"type":"AuthError","error":"No auth provider"}`},
		{"results of queries", sync, `{"type":"Transition","modifications":[{"value":{"name":"Ada"}}],"error":"x"}`, `{"type":"Transition"}`},
		{"no type of Convex'", sync, `{"type":"ada@acme.example"}`, ""},
		{"another form", sync, `["Connect"]`, ""},
		{"another WebSocket", "wss://chat.example/live", `{"type":"Connect"}`, ""},
		{"no address", "://", `{"type":"Connect"}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := CanonicalMessage(tt.address, tt.text); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestSourcesOfRequests(t *testing.T) {
	const page = `"request":{"method":"GET","url":"https://web.example/sign-out"}`
	tests := []struct{ name, initiator, kind, want string }{
		{"a script", `{"type":"script","stack":{"callFrames":[{"url":"","lineNumber":3},{"url":"https://web.example/_next/static/chunks/a.js","lineNumber":0,"columnNumber":2052},{"url":"https://web.example/b.js"}]}}`, "script", "/_next/static/chunks/a.js:1:2053"},
		{"what a script waited for", `{"type":"script","stack":{"callFrames":[],"parent":{"callFrames":[{"url":"https://cdn.example/a.js","lineNumber":6,"columnNumber":0}]}}}`, "script", "https://cdn.example/a.js:7:1"},
		{"a page", `{"type":"parser","url":"https://web.example/?x=1","lineNumber":6}`, "parser", "/:7"},
		{"an invitation", `{"type":"parser","url":"https://web.example/i/0123456789abcdef0123456789abcdef"}`, "parser", "/i/***"},
		{"nothing told", `{"type":"other"}`, "other", ""},
		{"odd values", `{"type":"parser","url":"::","lineNumber":"x"}`, "parser", ""},
		{"none", `null`, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := mustRead(t, log(`{"_initiator":`+tt.initiator+`,`+page+`}`)).Entries[0]
			if e.Initiator != tt.kind || e.Source != tt.want {
				t.Errorf("got %q at %q", e.Initiator, e.Source)
			}
		})
	}
}

// FuzzAnswer holds that the short form of an answer is read as the answer is.
func FuzzAnswer(f *testing.F) {
	f.Add(head + `1:{"accessToken":"$undefined","error":"x"}`)
	f.Add("0:{\"a\":\"$@2\"}\n2:T5,eyJab1:\"$2\"\n:HL[]\nT,")
	f.Fuzz(func(t *testing.T, body string) {
		want := returned(body, false)
		short := CanonicalAnswer(body)
		if got := returned(short, false); got != want || len(short) > 100 {
			t.Errorf("%q is %q, and in short %q %q", body, want, short, got)
		}
	})
}
