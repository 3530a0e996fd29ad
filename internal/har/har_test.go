package har

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/previewgate/previewgate/internal/facts"
)

// log wraps entries into a recording.
func log(entries ...string) string {
	return `{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[{"id":"page_1"}],"entries":[` +
		strings.Join(entries, ",") + `]}}`
}

func mustRead(t *testing.T, text string) facts.Traffic {
	t.Helper()
	traffic, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return traffic
}

func TestWhatIsNoRecording(t *testing.T) {
	const first = `{"request":{"url":"https://web.example/"}}`
	whole := log(first, first, first)
	tests := []struct{ name, text, want string }{
		{"nothing", "", "it is empty"},
		{"a web page", "<!doctype html>", `it is no JSON: unexpected '<' at byte 1`},
		{"a text", `"log"`, `it is no JSON: unexpected '"' at byte 1`},
		{"an array", "[1]", "it is no HAR: it has no log with entries"},
		{"another object", `{"name":"x","dependencies":{}}`, "it is no HAR: it has no log with entries"},
		{"a log without entries", `{"log":{"version":"1.2"}}`, "it is no HAR: it has no log with entries"},
		{"a log that is a text", `{"log":"entries"}`, "it is no HAR: it has no log with entries"},
		{"UTF-16", "\xff\xfe{\x00", "it is UTF-16: save it as UTF-8"},
		{"UTF-16 of the other order", "\xfe\xff\x00{", "it is UTF-16: save it as UTF-8"},
		{"gzip", "\x1f\x8b\x08\x00", "it is compressed: unpack it first"},
		{"a zip on standard input", "PK\x03\x04\x14", "it is a zip archive, which can only be read from a file"},
		{"cut off in the first entry", whole[:150], "it ends too early: it was cut off while it was saved or sent"},
		{"cut off later", whole[:len(whole)-10], "it ends too early: it was cut off while it was saved or sent (2 whole entries before that)"},
		{"cut off at the end", whole[:len(whole)-1], "it ends too early: it was cut off while it was saved or sent (3 whole entries before that)"},
		{"a comma too many", log(first, ""), `it is no JSON: unexpected ']' at byte 158`},
		{"a colon missing", `{"log" {}}`, `it is no JSON: unexpected '{' at byte 8`},
		{"a name without quotes", `{log: {}}`, `it is no JSON: unexpected 'l' at byte 2`},
		{"two values", `{"a":1 2}`, `it is no JSON: unexpected '2' at byte 8`},
		{"a bracket too many", `{"a":]}`, `it is no JSON: unexpected ']' at byte 6`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for how, src := range map[string]io.Reader{
				"at once": strings.NewReader(tt.text), "byte by byte": iotest.OneByteReader(strings.NewReader(tt.text)),
			} {
				if _, err := Read(src); err == nil || err.Error() != tt.want {
					t.Errorf("%s: got %v, want %q", how, err, tt.want)
				}
			}
		})
	}
}

func TestAReaderThatFails(t *testing.T) {
	for _, n := range []int{0, 2, 20, 160} {
		text := log(`{"request":{"url":"https://web.example/", "method": 12}}`)[:n]
		_, err := Read(iotest.DataErrReader(&failing{strings.NewReader(text)}))
		if err == nil || err.Error() != "disk on fire" {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

// failing ends in an error of its own.
type failing struct{ *strings.Reader }

func (f *failing) Read(p []byte) (int, error) {
	if f.Len() == 0 {
		return 0, fmt.Errorf("disk on fire")
	}
	return f.Reader.Read(p)
}

// TestWhatRecordersDifferIn holds that each writes in its own way what ends up
// the same.
func TestWhatRecordersDifferIn(t *testing.T) {
	want := facts.Entry{
		Number: 1, Started: time.Date(2026, 1, 2, 15, 4, 5, 678e6, time.UTC), Page: 1, Method: "GET", Origin: "https://web.example", Path: "/sign-out",
		Query: []string{"_rsc"}, Header: map[string]string{"next-router-prefetch": "1", "rsc": "1"}, Session: true, Status: 307,
		To: "https://api.workos.com/user_management/sessions/logout", Empties: []string{"wos-session"},
	}
	const location = "https://api.workos.com/user_management/sessions/logout?session_id=session_01SECRET"
	tests := []struct {
		name, text string
		change     func(*facts.Entry)
	}{
		{
			"Chrome",
			`{"_connectionId":"71","_initiator":{"type":"script","stack":{"callFrames":[{"functionName":"","url":"https://web.example/_next/x.js"}]}},
			"_priority":"Low","_resourceType":"fetch","cache":{},"connection":"443","pageref":"page_1",
			"request":{"method":"GET","url":"https://web.example/sign-out?_rsc=1a2b3","httpVersion":"h2",
			"headers":[{"name":":authority","value":"web.example"},{"name":"cookie","value":"theme=dark; wos-session=Fe26.2*1*aa~2"},
			{"name":"next-router-prefetch","value":"1"},{"name":"rsc","value":"1"}],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":0},
			"response":{"status":307,"statusText":"","headers":[{"name":"location","value":"` + location + `"},
			{"name":"set-cookie","value":"wos-session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=lax"}],"cookies":[],"content":{"size":0,"mimeType":"x-unknown"},
			"redirectURL":"` + location + `","headersSize":-1,"bodySize":0,"_transferSize":512,"_error":null},
			"serverIPAddress":"203.0.113.7","startedDateTime":"2026-01-02T15:04:05.678Z","time":40.1,"timings":{"blocked":1}}`,
			func(e *facts.Entry) {
				e.Kind, e.Initiator, e.Source, e.Priority = "fetch", "script", "/_next/x.js", "low"
			},
		},
		{
			"Firefox",
			`{"startedDateTime":"2026-01-02T17:04:05.678+02:00","request":{"bodySize":0,"method":"GET","url":"https://web.example/sign-out?_rsc=1a2b3",
			"headers":[{"name":"Cookie","value":"wos-session=Fe26.2*1*aa~2"},{"name":"rsc","value":"1"},{"name":"next-router-prefetch","value":"1"},{"name":"Priority","value":"u=5"}],
			"cookies":[{"name":"wos-session","value":"Fe26.2*1*aa~2"}],"queryString":[{"name":"_rsc","value":"1a2b3"}],"headersSize":550},
			"response":{"status":307,"statusText":"Temporary Redirect","headers":[{"name":"Location","value":"` + location + `"},
			{"name":"Set-Cookie","value":"wos-session=; Path=/; Max-Age=0"}],"cookies":[{"name":"wos-session","value":""}],
			"content":{"mimeType":"","size":0,"encoding":"base64","comment":"Response bodies are not included."},"redirectURL":"` + location + `"},
			"cache":{},"timings":{"blocked":-1},"time":41,"_securityState":"secure","pageref":"page_1"}`,
			func(e *facts.Entry) {
				e.Priority, e.Started = "low", e.Started.In(time.FixedZone("", 2*60*60))
			},
		},
		{
			"Playwright",
			`{"startedDateTime":"2026-01-02T15:04:05.678Z","time":1,"pageref":"page@885178c3","_frameref":"frame@ac73323e","_monotonicTime":8030.7,"_resourceType":"fetch",
			"request":{"method":"GET","url":"https://web.example/sign-out?_rsc=1a2b3","headers":[{"name":"rsc","value":"1"},{"name":"next-router-prefetch","value":"1"}],
			"cookies":[{"name":"wos-session","value":"Fe26.2*1*aa~2"}]},
			"response":{"status":307,"headers":[],"cookies":[{"name":"wos-session","value":"","expires":"1970-01-01T00:00:00.000Z"}],
			"content":{"size":-1,"mimeType":"x-unknown"},"redirectURL":"` + location + `"},"_securityDetails":{}}`,
			func(e *facts.Entry) { e.Kind = "fetch" },
		},
		{
			"a proxy that writes numbers as texts, the value before the name and nulls",
			`{"startedDateTime":1767366245678,"pageref":"p","time":"1","_resourceType":null,"_initiator":null,"_priority":7,
			"request":{"url":"HTTPS://Web.Example/sign-out?_rsc=1a2b3#top","method":"get","headers":[{"value":"1","name":"RSC"},{"value":"1","name":"Next-Router-Prefetch"},
			{"value":"wos-session=x","name":"Cookie"},null,7,["x"],{"name":"X-Other"}],"cookies":"none"},
			"response":{"status":"307","headers":[{"name":"Set-Cookie","value":"theme=; Path=/, wos-session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT\nlast=1"}],"redirectURL":"//api.workos.com/user_management/sessions/logout?x"}}`,
			func(e *facts.Entry) { e.Sets = []string{"theme", "last"} },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := want
			tt.change(&want)
			got := mustRead(t, log(tt.text))
			if diff := cmp.Diff([]facts.Entry{want}, got.Entries); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !got.Cookies {
				t.Error("cookies are in it")
			}
		})
	}
}

func TestByteOrderMarkAndSpaces(t *testing.T) {
	text := "\ufeff \n\t" + strings.NewReplacer(":", " : ", ",", " , ", "{", "{\r\n").Replace(log(`{"request":{"method":"GET"}}`)) + "\n\n"
	if got := mustRead(t, text); len(got.Entries) != 1 || got.Recorder != "WebInspector 537.36" {
		t.Errorf("got %+v", got)
	}
}

func TestEntriesAreOrderedByTime(t *testing.T) {
	entry := func(started string) string { return `{"startedDateTime":` + started + `}` }
	got := mustRead(t, log(
		entry(`"2026-01-02T15:04:07Z"`), entry(`"2026-01-02T15:04:05Z"`), entry(`"soon"`), entry(`"2026-01-02T15:04:06Z"`), entry(`""`), `{}`, `null`, `7`))
	var numbers []int
	for _, e := range got.Entries {
		numbers = append(numbers, e.Number)
	}
	if diff := cmp.Diff([]int{2, 3, 4, 5, 6, 7, 8, 1}, numbers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCookies(t *testing.T) {
	tests := []struct {
		name, started, headers, jar string
		sets, empties               string
	}{
		{"set", "2026-01-02T15:04:05Z", "wos-session=Fe26.2*1*x~2; Path=/; HttpOnly", "", "wos-session", ""},
		{"deleted by time", "2026-01-02T15:04:05Z", "wos-session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "", "", "wos-session"},
		{"deleted with a value", "2026-01-02T15:04:05Z", "wos-session=deleted; Max-Age=0", "", "", "wos-session"},
		{"expired at the time", "2026-01-02T15:04:05Z", "wos-session=x; Expires=Thu, 01 Jan 2026 00:00:00 GMT", "", "", "wos-session"},
		{"empty, and not deleted", "2026-01-02T15:04:05Z", "wos-session=; Path=/", "", "wos-session", ""},
		{"deleted, then set", "2026-01-02T15:04:05Z", "wos-session=; Max-Age=0\nwos-session=Fe26.2*2; Path=/", "", "wos-session", ""},
		{"set, then deleted", "", "wos-session=Fe26.2*2; Path=/, wos-session=; Max-Age=0", "", "", "wos-session"},
		{"a list beside the headers says less", "", "wos-session=; Max-Age=0", `{"name":"wos-session","value":""}`, "", "wos-session"},
		{"the list alone", "", "", `{"name":"wos-session","value":"","expires":"1970-01-01T00:00:00.000Z"}`, "", "wos-session"},
		{"a list whose values were taken out", "2026-01-02T15:04:05Z", "", `{"name":"wos-session","value":"","expires":"2026-02-02T15:04:05Z"}`, "wos-session", ""},
		{"no cookie at all", "", "; =; ,", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := ""
			if tt.headers != "" {
				quoted, _ := json.Marshal(tt.headers)
				header = `{"name":"Set-Cookie","value":` + string(quoted) + `}`
			}
			got := mustRead(t, log(`{"response":{"status":200,"headers":[`+header+`],"cookies":[`+tt.jar+`]},"startedDateTime":"`+tt.started+`"}`))
			e := got.Entries[0]
			if sets, empties := strings.Join(e.Sets, " "), strings.Join(e.Empties, " "); sets != tt.sets || empties != tt.empties {
				t.Errorf("sets %q, deletes %q", sets, empties)
			}
		})
	}
}

// TestNoSecretLeaves holds that of a recording full of secrets none is kept.
func TestNoSecretLeaves(t *testing.T) {
	const secret, jwt, key = "s3cr3t-value-of-somebody", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyXzAxIn0.c2lnbmF0dXJl", "sk_test_a2V5XzAxSkQ1UTJBQ01F"
	header := func(names ...string) string {
		var all []string
		for _, n := range names {
			all = append(all, fmt.Sprintf(`{"name":%q,"value":%q}`, n, secret+jwt))
		}
		return strings.Join(all, ",")
	}
	text := `{"log":{"creator":{"name":"x ` + jwt + `","version":"` + key + `"},"entries":[{
		"pageref":"` + secret + `","_resourceType":"` + secret + `","_priority":"` + secret + `","_initiator":{"type":"` + secret + `","url":"https://x/` + secret + `0123"},
		"request":{"method":"` + secret + `","url":"https://user:` + secret + `@web.example/invite/` + jwt + `/` + secret + `0123;jsessionid=` + secret + `?token=` + secret + `&` + jwt + `=1&` + secret + `0#` + secret + `",
			"headers":[` + header("cookie", "authorization", "rsc", "next-action", "next-router-prefetch", "next-router-state-tree", "purpose", "accept", "sec-fetch-dest", "priority", "x-other") + `],
			"cookies":[{"name":"wos-session","value":"` + secret + `"}],"postData":{"text":"` + secret + `"}},
		"response":{"status":302,"headers":[` + header("location", "set-cookie", "vary", "x-nextjs-"+secret) + `,{"name":"set-cookie","value":"wos-session=` + secret + `"},
			{"name":"Location","value":"https://u:` + secret + `@api.workos.com/r/` + jwt + `?code=` + secret + `#` + secret + `"}],
			"cookies":[{"name":"` + jwt + `","value":"` + secret + `"}],"content":{"text":"` + secret + jwt + `","mimeType":"text/html"},"redirectURL":"https://x/?` + secret + `"},
		"_webSocketMessages":[{"type":"send","time":1,"data":"{\"type\":\"Authenticate\",\"tokenType\":\"User\"}"}]},
		{"request":{"url":"wss://swift-lemur-482.convex.cloud/api/1.48.0/sync"},
		"_initiator":{"type":"script","stack":{"callFrames":[{"functionName":"` + secret + `","url":"https://u:` + secret + `@web.example/invite/` + jwt + `?a=` + secret + `","lineNumber":1}]}},
		"_webSocketMessages":[{"type":"send","time":1,"data":"{\"type\":\"Authenticate\",\"tokenType\":\"` + secret + `\",\"value\":\"` + jwt + `\"}"},
			{"type":"receive","time":2,"data":"{\"type\":\"AuthError\",\"error\":\"cannot decode ` + jwt + `\",\"x\":\"` + secret + `\"}"},
			{"type":"receive","time":2,"data":"{\"type\":\"Transition\",\"Authorization\":\"` + secret + `\"}"}]
	}]}}`
	got := mustRead(t, text)
	kept, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{secret, jwt, key, "jsessionid", "user:"} {
		if strings.Contains(string(kept), s) {
			t.Errorf("%q is in %s", s, kept)
		}
	}
	if e := got.Entries[0]; !e.Session || e.Path != "/invite/***/***" || e.To != "https://api.workos.com/r/***" || len(e.Frames) != 0 {
		t.Errorf("got %+v", e)
	}
	if e := got.Entries[1]; len(e.Frames) != 2 || e.Source != "https://web.example/invite/***:2" {
		t.Errorf("got %+v", e)
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "large.har")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, maxSize+1); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		filepath.Join(dir, "none"): "no such file or directory", dir: "it is a directory", file: "it is larger than 200 MB: record a shorter time, or leave images and media out",
	} {
		if _, err := Open(name); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}

// TestTooMuch holds the bounds of what comes without a size.
func TestTooMuch(t *testing.T) {
	body := &repeated{before: []byte(`{"a":"`), piece: bytes.Repeat([]byte("a"), window), left: maxSize/window + 1}
	if _, err := Read(body); err == nil || err.Error() != errLarge.Error() {
		t.Errorf("got %v", err)
	}
	entries := &repeated{before: []byte(`{"log":{"entries":[{}`), piece: []byte(",{}"), left: maxEntries}
	if _, err := Read(entries); err == nil || err.Error() != errMany.Error() {
		t.Errorf("got %v", err)
	}
}
