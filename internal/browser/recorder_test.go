package browser

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"

	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/har"
	"github.com/previewgate/previewgate/internal/redact"
)

const (
	refreshID = "00ab4d77ade8ac3995360f8a017ea5b238b01c4079"
	home      = "https://" + appHost
	syncURL   = "wss://swift-lemur-482.convex.cloud/api/1.48.0/sync"
)

// A tape is a recorder that is told of requests in short.
type tape struct {
	*testing.T
	recorder *recorder
	requests int
}

func newTape(t *testing.T) *tape { return &tape{T: t, recorder: newRecorder()} }

// ask tells of a request that is answered with a body. The body is set if the recorder wants it.
func (p *tape) ask(kind network.ResourceType, request *network.Request, answered network.Headers, body string) {
	p.Helper()
	p.requests++
	id := network.RequestID(fmt.Sprint(p.requests))
	p.recorder.handle(&network.EventRequestWillBeSent{RequestID: id, Type: kind, Request: request})
	p.recorder.handle(&network.EventResponseReceived{RequestID: id, Response: &network.Response{Status: 200}})
	p.recorder.handle(&network.EventResponseReceivedExtraInfo{RequestID: id, StatusCode: 200, Headers: answered})
	done := &network.EventLoadingFinished{RequestID: id}
	p.recorder.handle(done)
	if wanted, ok := p.recorder.actions(done); ok {
		p.recorder.setBody(wanted, []byte(body))
	}
}

// action tells of a call of AuthKit's refreshAccessTokenAction.
func (p *tape) action(body string) {
	p.Helper()
	p.ask(network.ResourceTypeFetch, &network.Request{Method: "POST", URL: home + "/", Headers: network.Headers{"Next-Action": refreshID}}, nil, body)
}

// socket tells of a WebSocket and its messages.
func (p *tape) socket(address string, messages ...string) {
	p.requests++
	id := network.RequestID(fmt.Sprint(p.requests))
	p.recorder.handle(&network.EventWebSocketCreated{RequestID: id, URL: address})
	for _, m := range messages {
		p.recorder.handle(&network.EventWebSocketFrameSent{RequestID: id, Response: &network.WebSocketFrame{Opcode: 1, PayloadData: []byte(m)}})
	}
}

// read writes the recording and reads it again.
func (p *tape) read() (archive string, traffic facts.Traffic) {
	p.Helper()
	text, err := p.recorder.har("1.0", redact.New(testEmail).String)
	if err != nil {
		p.Fatal(err)
	}
	if traffic, err = har.Read(bytes.NewReader(text)); err != nil {
		p.Fatal(err)
	}
	return string(text), traffic
}

// webToken is a token of the form of WorkOS', as long as asked for.
func webToken(sid string, length int) string {
	claims := fmt.Sprintf(`{"sub":"user_1","sid":%q,"x":"%s"}`, sid, strings.Repeat("x", length))
	return "eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2lnbmF0dXJl"
}

// answer is what Next.js answers to a refresh of that version of AuthKit, with another token and a page before it.
func answer(t *testing.T, authKit int, token string, page int) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("../har/testdata/answers/authkit-%d-refreshed.txt", authKit))
	if err != nil {
		t.Fatal(err)
	}
	const recorded = "eyJhbGciOiJSUzI1NiJ9.eyJzaWQiOiJzZXNzaW9uXzAxVE9ZIn0.c2ln"
	before, after, found := strings.Cut(string(text), "\n1:")
	if !found {
		t.Fatal("the answer has no result")
	}
	before += fmt.Sprintf("\n30:T%x,%s\n", page, strings.Repeat("x", page))
	if len(token) < 1024 {
		return before + "1:" + strings.Replace(after, recorded, token, 1)
	}
	return before + fmt.Sprintf("31:T%x,%s1:", len(token), token) + strings.Replace(after, recorded, "$31", 1)
}

// TestRefreshesAreRecorded holds that the recording tells refreshes by their answers, whatever its redaction does to them.
func TestRefreshesAreRecorded(t *testing.T) {
	short, long := webToken("session_01ADA", 10), webToken("session_01ADA", 1000)
	failed := strings.Replace(answer(t, 4, short, 1), `{"accessToken":"`+short+`"}`, `{"accessToken":"$undefined","error":"Failed to refresh access token"}`, 1)
	for name, tt := range map[string]struct {
		body string
		want facts.ActionResult
	}{
		"AuthKit 4":                     {answer(t, 4, short, 1), facts.ResultRefreshed},
		"AuthKit 4, a failure":          {failed, facts.ResultFailed},
		"AuthKit 4, a long token":       {answer(t, 4, long, 1), facts.ResultRefreshed},
		"AuthKit 4, a page of 5 KB":     {answer(t, 4, short, 5_000), facts.ResultRefreshed},
		"AuthKit 4, a page of 100 KB":   {answer(t, 4, short, 100_000), facts.ResultRefreshed},
		"AuthKit 4, both of them large": {answer(t, 4, long, 100_000), facts.ResultRefreshed},
		"AuthKit 2":                     {answer(t, 2, short, 1), facts.ResultToken},
		"AuthKit 2, both of them large": {answer(t, 2, long, 100_000), facts.ResultToken},
		"another action":                {"0:{\"a\":\"$@1\"}\n1:{\"name\":\"Ada\"}\n", facts.ResultOther},
		"nothing":                       {"", facts.ResultUnseen},
	} {
		t.Run(name, func(t *testing.T) {
			p := newTape(t)
			p.action(tt.body)
			archive, traffic := p.read()
			if got := traffic.Entries[0]; got.Result != tt.want || got.Action != refreshID {
				t.Errorf("got %+v", got)
			}
			for _, secret := range []string{"eyJ", "c2ln", "Ada", "ada@", "session_", "Dashboard"} {
				if strings.Contains(archive, secret) {
					t.Errorf("%q is in the recording", secret)
				}
			}
		})
	}
}

// TestAnswersThatAreBrokenOff holds that an answer is recorded as far as it came, in whatever order the browser tells of
// it.
func TestAnswersThatAreBrokenOff(t *testing.T) {
	body := []byte(answer(t, 4, webToken("session_01ADA", 10), 5_000))
	half := len(body) / 2
	begun := &network.EventResponseReceived{RequestID: "1", Response: &network.Response{Status: 200}}
	data := func(p *tape) { p.recorder.handle(&network.EventDataReceived{RequestID: "1", Data: body[half:]}) }
	fail := func(p *tape) {
		p.recorder.handle(&network.EventLoadingFailed{RequestID: "1", ErrorText: "net::ERR_ABORTED"})
	}
	head := func(p *tape) { p.recorder.setHead("1", body[:half]) }
	for name, steps := range map[string][]func(*tape){
		"as it comes":            {head, data, fail},
		"the head after the end": {data, fail, head},
		"the head in between":    {data, head, fail},
	} {
		t.Run(name, func(t *testing.T) {
			p := newTape(t)
			p.recorder.handle(&network.EventRequestWillBeSent{RequestID: "1", Request: &network.Request{Method: "POST", URL: home + "/", Headers: network.Headers{"next-action": refreshID}}})
			p.recorder.handle(begun)
			if id, ok := p.recorder.streams(begun); !ok || id != "1" {
				t.Fatal("its stream is not wanted")
			}
			for _, step := range steps {
				step(p)
			}
			if id, ok := p.recorder.actions(&network.EventLoadingFinished{RequestID: "1"}); ok {
				t.Errorf("the body of %s is to be fetched again", id)
			}
			_, traffic := p.read()
			p.recorder.handle(&network.EventLoadingFinished{RequestID: "1"})
			if failure := p.recorder.entries[0].failure; failure != "net::ERR_ABORTED" {
				t.Errorf("how it was broken off is forgotten: %q", failure)
			}
			if got := traffic.Entries[0].Result; got != facts.ResultRefreshed || len(p.recorder.sessions()) != 1 {
				t.Errorf("got %q, sessions %v", got, p.recorder.sessions())
			}
		})
	}
}

// TestScriptsNameActions holds that of a script nothing is kept but which actions it calls: without it those of AuthKit 2
// are not told apart.
func TestScriptsNameActions(t *testing.T) {
	p := newTape(t)
	request := &network.Request{Method: "GET", URL: home + "/_next/static/chunks/a.js"}
	code := `const key="s3cr3t";` + strings.Repeat(" ", 100_000) + `(0,o.createServerReference)("` + refreshID + `",o.callServer,void 0,o.findSourceMapURL,"refreshAccessTokenAction");`
	p.ask(network.ResourceTypeScript, request, nil, code)
	p.ask(network.ResourceTypeScript, request, nil, "read twice")
	p.ask(network.ResourceTypeStylesheet, &network.Request{Method: "GET", URL: home + "/a.css"}, nil, "body{}")
	archive, traffic := p.read()
	if traffic.Actions[refreshID] != "refreshAccessTokenAction" || strings.Contains(archive, "s3cr3t") || strings.Contains(archive, "body{}") {
		t.Errorf("got %v of\n%s", traffic.Actions, archive)
	}
}

func TestOfMessagesTheirKindIsKept(t *testing.T) {
	p := newTape(t)
	p.socket(syncURL, `{"type":"Connect","sessionId":"s3cr3t"}`, `{"type":"Authenticate","tokenType":"User","value":"`+webToken("session_01ADA", 10)+`"}`,
		`{"type":"Transition","modifications":[{"value":"s3cr3t"}]}`, `{"type":"AuthError","error":"No provider for `+testEmail+`"}`)
	p.socket("wss://chat.example/live", `{"type":"Connect","text":"s3cr3t"}`, "s3cr3t")
	p.socket(syncURL)
	archive, traffic := p.read()
	if silent := traffic.Entries[2]; !silent.Framed {
		t.Errorf("that no message came is told as %+v", silent)
	}
	var got []string
	for _, f := range traffic.Entries[0].Frames {
		got = append(got, f.Type+" "+f.Token+f.Says)
	}
	if want := []string{"Connect ", "Authenticate User", "AuthError No provider for ***"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	for _, secret := range []string{"s3cr3t", "eyJ", testEmail} {
		if strings.Contains(archive, secret) {
			t.Errorf("%q is in the recording", secret)
		}
	}
	if !strings.Contains(archive, `"{\"type\":\"Transition\"}"`) || !strings.Contains(archive, `"_size": 6`) {
		t.Errorf("type or size is not in\n%s", archive)
	}
}

func TestSessionsOfTokens(t *testing.T) {
	p := newTape(t)
	p.action(answer(t, 4, webToken("session_01ANSWER", 10), 1))
	p.action(answer(t, 4, webToken("session_01ANSWER", 2000), 1))
	p.socket(syncURL, `{"type":"Authenticate","value":"`+webToken("session_01MESSAGE", 10)+`"}`)
	p.ask(network.ResourceTypeDocument, &network.Request{Method: "GET", URL: home + "/"}, network.Headers{"set-cookie": "workos-access-token=" + webToken("session_01COOKIE", 10) + "; Max-Age=30"}, "")
	p.action(webToken("none of WorkOS'", 1) + " eyJh.eyJ.x " + webToken("", 1))
	if got, want := p.recorder.sessions(), []string{"session_01ANSWER", "session_01MESSAGE", "session_01COOKIE"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	for i := range 100 {
		p.action(webToken(fmt.Sprintf("session_%d", i), 1))
	}
	if n := len(p.recorder.sessions()); n != maxLogins {
		t.Errorf("it keeps %d", n)
	}
}

func TestWhatMadeARequest(t *testing.T) {
	script := &runtime.StackTrace{CallFrames: []*runtime.CallFrame{{}}, Parent: &runtime.StackTrace{CallFrames: []*runtime.CallFrame{
		{FunctionName: "s3cr3t", URL: home + "/_next/static/chunks/a.js?dpl=s3cr3t", ColumnNumber: 2052},
	}}}
	for want, initiator := range map[string]*network.Initiator{
		"script /_next/static/chunks/a.js:1:2053": {Type: network.InitiatorTypeScript, Stack: script},
		"parser /dashboard:7:1":                   {Type: network.InitiatorTypeParser, URL: home + "/dashboard", LineNumber: 6},
		"other ":                                  {Type: network.InitiatorTypeOther},
		" ":                                       nil,
	} {
		p := newTape(t)
		p.recorder.handle(&network.EventRequestWillBeSent{RequestID: "1", Request: &network.Request{Method: "GET", URL: home + "/sign-out"}, Initiator: initiator})
		archive, traffic := p.read()
		if e := traffic.Entries[0]; e.Initiator+" "+e.Source != want || strings.Contains(archive, "s3cr3t") {
			t.Errorf("got %q at %q, want %s", e.Initiator, e.Source, want)
		}
	}
}
