package har

import (
	"archive/zip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/internal/facts"
)

const (
	refreshID = "00ab4d77ade8ac3995360f8a017ea5b238b01c4079"
	tokenID   = "00fcef3ccae16cf75ce3a2637adbfaafeb266713bf"
	head      = `0:{"a":"$@1","f":"","q":"","i":false,"b":"q8ZtR3vLx0mWc5NfYk2pB"}` + "\n"
)

// calling is an entry that calls the server action, with that body of the
// answer.
func calling(id, content string) string {
	return fmt.Sprintf(`{"request":{"method":"POST","url":"https://web.example/","headers":[{"name":"Next-Action","value":%q}]},"response":{"status":200,"content":%s}}`, id, content)
}

func quoted(text string) string {
	q, _ := json.Marshal(text)
	return string(q)
}

func TestWhatServerActionsReturn(t *testing.T) {
	long := strings.Repeat("eyJhbGciOiJSUzI1NiJ9.", 80)
	encoded := base64.StdEncoding.EncodeToString([]byte(head + `1:{"accessToken":"$undefined","error":"Failed to refresh access token"}` + "\n"))
	tests := []struct {
		name, content string
		want          facts.ActionResult
	}{
		{"a token", `{"text":` + quoted(head+`1:"eyJhbGciOiJSUzI1NiJ9.e.s"`+"\n") + `}`, facts.ResultToken},
		{"a long token", `{"text":` + quoted(head+fmt.Sprintf("2:T%x,%s", len(long), long)+`1:"$2"`+"\n") + `}`, facts.ResultToken},
		{"a refreshed token", `{"text":` + quoted(head+`1:{"accessToken":"eyJhbGciOiJSUzI1NiJ9.e.s"}`+"\n") + `}`, facts.ResultRefreshed},
		{"a long refreshed token", `{"text":` + quoted(head+fmt.Sprintf("2:T%x,%s", len(long), long)+`1:{"accessToken":"$2"}`+"\n") + `}`, facts.ResultRefreshed},
		{"a refresh that failed", `{"text":` + quoted(head+`1:{"accessToken":"$undefined","error":"Failed to refresh access token"}`+"\n") + `}`, facts.ResultFailed},
		{"in base64, with its encoding before it", `{"encoding":"base64","text":"` + encoded + `"}`, facts.ResultFailed},
		{"in base64, with its encoding behind it", `{"text":"` + encoded + `","encoding":"base64"}`, facts.ResultFailed},
		{"broken base64", `{"text":"%%%","encoding":"base64"}`, facts.ResultUnseen},
		{"somebody", `{"text":` + quoted(head+`1:{"user":{"id":"user_01"},"sessionId":"session_01"}`+"\n") + `}`, facts.ResultOther},
		{"an error of the server", `{"text":"Internal Server Error"}`, facts.ResultOther},
		{"nothing, as without its content", `{"size":120}`, facts.ResultUnseen},
		{"nothing at all", `{"text":""}`, facts.ResultUnseen},
		{"no content", `null`, facts.ResultUnseen},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := mustRead(t, log(calling(refreshID, `{"text":"1:\"eyJ\""}`), calling(tokenID, tt.content))).Entries[1]
			if got.Result != tt.want || got.Action != tokenID || !got.Next {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestServerActionsAreNamed(t *testing.T) {
	call := `let q=(0,o.createServerReference)("` + refreshID + `",o.callServer,void 0,o.findSourceMapURL,"refreshAccessTokenAction");`
	other := "createServerReference('" + tokenID + "',c,void 0,f,'getAccessTokenAction')"
	both := map[string]string{refreshID: "refreshAccessTokenAction", tokenID: "getAccessTokenAction"}
	script := func(code string) string { return `{"response":{"content":{"text":` + quoted(code) + `}}}` }
	tests := []struct {
		name    string
		entries []string
		want    map[string]string
	}{
		{"in one chunk", []string{script(call + strings.Repeat(" ", 3000) + other)}, both},
		{"in two", []string{script(call), script(other)}, both},
		{"in a long one, wherever its pieces end", []string{script(strings.Repeat("0123456789abcde\n", 4090) + call + strings.Repeat("x", 70_000) + other)}, both},
		{"not across two texts", []string{script(call[:60]), script(call[60:])}, map[string]string{}},
		{"an ID that is too short", []string{script(`createServerReference("00fc",c,void 0,f,"refreshAccessTokenAction")`)}, map[string]string{}},
		{"a mention", []string{script(`Error("createServerReference")`)}, map[string]string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := mustRead(t, log(tt.entries...)).Actions; !maps.Equal(got, tt.want) {
				t.Errorf("got %v", got)
			}
		})
	}
	for shift := range 600 { // the end of a piece falls on every byte of the call
		code := strings.Repeat("x", window-700+shift) + call
		if got := mustRead(t, log(script(code))).Actions; got[refreshID] == "" {
			t.Fatalf("not found %d bytes before the end of a piece", 700-shift)
		}
	}
}

func TestMessages(t *testing.T) {
	message := func(at, text string) string {
		return fmt.Sprintf(`{"type":"send","time":%s,"opcode":1,"data":%s}`, at, quoted(text))
	}
	socket := func(messages ...string) facts.Entry {
		return mustRead(t, log(`{"request":{"url":"wss://swift-lemur-482.convex.cloud/api/1.48.0/sync"},"response":{"status":101},"_webSocketMessages":[`+strings.Join(messages, ",")+`]}`)).Entries[0]
	}
	got := socket(
		message("1767366245.5", `{"type":"Connect","sessionId":"s","connectionCount":0,"lastCloseReason":"InitialConnect"}`),
		message("1767366245500", `{"type":"Authenticate","baseVersion":0,"tokenType":"User","value":"`+strings.Repeat("eyJ", 4000)+`"}`),
		message(`"1767366246"`, `{"type":"Authenticate","baseVersion":1,"tokenType":"None"}`),
		message("null", `{"type":"AuthError","error":"No auth provider found matching the given token","baseVersion":0,"authUpdateAttempted":true}`),
		message("0", `{"type":"ModifyQuerySet","Authenticate":1}`), message("0", "Connect"), message("0", `["AuthError"]`), `{"data":7}`, "null",
	)
	var lines []string
	for _, f := range got.Frames {
		lines = append(lines, fmt.Sprintf("%d %s %s %s", max(0, f.At.UnixMilli()), f.Type, f.Token, f.Says))
	}
	want := []string{"1767366245500 Connect  ", "1767366245500 Authenticate User ", "1767366246000 Authenticate None ", "0 AuthError  No auth provider found matching the given token"}
	if diff := cmp.Diff(want, lines); diff != "" || got.Kind != "websocket" || !got.Framed {
		t.Errorf("%+v (-want +got):\n%s", got, diff)
	}
	if e := socket(); !e.Framed || e.Frames != nil {
		t.Errorf("a socket without a message: %+v", e)
	}
}

// pack writes an archive of the files, whose names and texts come in turn.
func pack(t *testing.T, files ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "trace.zip")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestArchives(t *testing.T) {
	har := log(
		calling(refreshID, `{"_file":"1.txt"}`), calling(tokenID, `{"_file":"2.htc"}`), calling(refreshID, `{"_file":"1.txt"}`), calling(tokenID, `{"_file":"none.txt"}`),
		`{"_resourceType":"websocket","request":{"url":"wss://swift-lemur-482.convex.cloud/api/sync"},"response":{"status":101,"content":{"_file":"m.jsonl"}}}`)
	got, err := Open(pack(t,
		"1.txt", head+`1:{"accessToken":"$undefined","error":"Failed to refresh access token"}`, "2.htc", head+`1:"eyJhbGciOiJSUzI1NiJ9.e.s"`,
		"trace.har", har, "a.js", `createServerReference("`+refreshID+`",c,void 0,f,"refreshAccessTokenAction")`,
		"m.jsonl", `{"type":"receive","time":1767366245500.1,"data":"{\"type\":\"AuthError\"}"}`+"\n"+`{"type":"receive","data":"{\"type\":\"Connect\"}"}`+"\n",
		"unasked.jsonl", "{", "../../1.txt", "x",
	))
	if err != nil {
		t.Fatal(err)
	}
	var results []facts.ActionResult
	for _, e := range got.Entries {
		results = append(results, e.Result)
	}
	if diff := cmp.Diff([]facts.ActionResult{facts.ResultFailed, facts.ResultToken, facts.ResultFailed, facts.ResultUnseen, facts.ResultUnseen}, results); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s := got.Entries[4]; !s.Framed || len(s.Frames) != 2 || got.Actions[refreshID] != "refreshAccessTokenAction" {
		t.Errorf("got %+v, %v", s, got.Actions)
	}
	broken := filepath.Join(t.TempDir(), "broken.zip")
	if err := os.WriteFile(broken, []byte(zipped+"and no more"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		broken:                                  "it is a broken zip archive",
		pack(t, "a.txt", "x"):                   "it is a zip archive without a HAR",
		pack(t, "a.har", har, "b.har", har):     "it is a zip archive with more than one HAR",
		pack(t, "a.har", "<html>"):              "it is no JSON: unexpected '<' at byte 1",
		pack(t, "a.har", "PK\x03\x04 in a zip"): "it is a zip archive, which can only be read from a file",
	} {
		if _, err := Open(file); err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
