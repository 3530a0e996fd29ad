package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

const connected = `{"type":"Connect","sessionId":"1f0e","connectionCount":0,"lastCloseReason":"InitialConnect","clientTs":1795000000000}`

// converse opens the preview's WebSocket, says the lines one by one and returns
// what came back until the other side ended it, or had answered each line but
// the first. Times, skews and request IDs are left out.
func converse(v visitorTo, path string, lines ...string) (heard []string, closed websocket.StatusCode) {
	v.t.Helper()
	ctx, socket := v.t.Context(), openSocket(v, path)
	defer socket.CloseNow() //nolint:errcheck // the test is over
	for i, line := range append([]string{connected}, lines...) {
		if err := socket.Write(ctx, websocket.MessageText, []byte(line)); err != nil {
			v.t.Fatal(err)
		}
		if i == 0 {
			continue
		}
		text, err := hear(ctx, socket)
		if err != nil {
			return heard, websocket.CloseStatus(err)
		}
		heard = append(heard, text)
		if strings.Contains(text, "Error") && !strings.Contains(text, "Transition") {
			_, err = hear(ctx, socket)
			return heard, websocket.CloseStatus(err)
		}
	}
	return heard, 0
}

func openSocket(v visitorTo, path string) *websocket.Conn {
	v.t.Helper()
	options := &websocket.DialOptions{HTTPClient: v.client}
	socket, _, err := websocket.Dial(v.t.Context(), convexAddress+path, options) //nolint:bodyclose // the socket has it
	if err != nil {
		v.t.Fatal(err)
	}
	return socket
}

func hear(ctx context.Context, socket *websocket.Conn) (string, error) {
	_, text, err := socket.Read(ctx)
	volatile := regexp.MustCompile(`"ts":"[^"]*"|"(clientClockSkew|serverTs)":-?\d+,?|Request ID: \w+`)
	return strings.ReplaceAll(volatile.ReplaceAllString(strings.TrimSpace(string(text)), ""), ",}", "}"), err
}

func authenticateAs(base int, kind, value string) string {
	text, _ := json.Marshal(map[string]any{"type": "Authenticate", "baseVersion": base, "tokenType": kind, "value": value})
	return string(text)
}

func modifyQueries(base int, modifications string) string {
	text, _ := json.Marshal(map[string]any{
		"type": "ModifyQuerySet", "baseVersion": base, "newVersion": base + 1, "modifications": json.RawMessage("[" + modifications + "]"),
	})
	return string(text)
}

func add(id int, path, args string) string {
	text, _ := json.Marshal(map[string]any{"type": "Add", "queryId": id, "udfPath": path, "args": json.RawMessage("[" + args + "]")})
	return string(text)
}

// transitioned is the answer to a line that was taken.
func transitioned(from, to, modifications string) string {
	version := func(v string) string { return `{"querySet":` + v[:1] + `,"identity":` + v[1:] + `}` }
	return `{"endVersion":` + version(to) + `,"modifications":[` + modifications + `],"startVersion":` + version(from) + `,"type":"Transition"}`
}

func updated(id, value string) string {
	return `{"journal":null,"logLines":[],"queryId":` + id + `,"type":"QueryUpdated","value":` + value + `}`
}

func failure(id, cause string) string {
	return `{"errorData":null,"errorMessage":"[] Server Error\n` + cause + `","journal":null,"logLines":[],"queryId":` + id + `,"type":"QueryFailed"}`
}

func TestAConversationWithConvex(t *testing.T) {
	const removed = `{"queryId":0,"type":"QueryRemoved"}`
	ada := `{"issuer":"` + issuer + `","subject":"` + testUserID + `","tokenIdentifier":"` + issuer + `|` + testUserID + `"}`
	variables := `[{"_creationTime":1795800000000,"_id":"env0","name":"WORKOS_CLIENT_ID","value":"` + previewClient + `"}]`
	cases := map[string]struct{ said, want []string }{
		"signing in, and out": {
			[]string{authenticateAs(0, "User", token(nil)), authenticateAs(1, "None", "")},
			[]string{transitioned("00", "01", ""), transitioned("01", "02", "")},
		},
		"queries run again with the identity": {
			[]string{
				modifyQueries(0, add(0, "users:viewer", "{}")+","+add(1, "messages:search", `{"text":"x"}`)), authenticateAs(0, "User", token(nil)),
				modifyQueries(1, `{"type":"Remove","queryId":0}`),
			},
			[]string{
				transitioned("00", "10", updated("0", "null")+","+updated("1", `{"text":"x"}`)), transitioned("10", "11", updated("0", ada)),
				transitioned("11", "21", removed),
			},
		},
		"an admin's queries": {
			[]string{
				authenticateAs(0, "Admin", previewAdminKey),
				modifyQueries(0, add(0, "_system/cli/queryEnvironmentVariables:default", "{}")+","+add(1, "_system/cli/queryEnvironmentVariables:get", `{"name":"WORKOS_CLIENT_ID"}`)),
				modifyQueries(1, add(2, "jobs:tally", `{"of":1}`)),
			},
			[]string{
				transitioned("00", "01", ""),
				transitioned("01", "11", updated("0", variables)+","+updated("1", `{"name":"WORKOS_CLIENT_ID","value":"`+previewClient+`"}`)),
				transitioned("11", "21", updated("2", `{"of":1}`)),
			},
		},
		"failing queries": {
			[]string{modifyQueries(0, add(0, "nobody:home", "{}")+","+add(1, "jobs:tally", "{}")+","+add(2, "_system/cli/queryEnvironmentVariables", "{}"))},
			[]string{transitioned("00", "10", failure("0", "Could not find public function for 'nobody:home'.")+","+
				failure("1", "Could not find public function for 'jobs:tally'.")+","+
				failure("2", "Could not find public function for '_system/cli/queryEnvironmentVariables'."))},
		},
	}
	for name, c := range cases {
		v := visit(t)
		for _, path := range []string{"/api/1.48.0/sync", "/api/sync"} {
			heard, _ := converse(v, path, c.said...)
			wantJSON(t, "["+strings.Join(heard, ",")+"]", "["+strings.Join(c.want, ",")+"]")
			if t.Failed() {
				t.Fatal(name)
			}
		}
	}
}

func TestConvexEndsConversations(t *testing.T) {
	const without = websocket.StatusNoStatusRcvd
	authError := func(text string) string {
		return `{"authUpdateAttempted":true,"baseVersion":0,"error":"` + text + `","type":"AuthError"}`
	}
	fatal := func(text string) string { return `{"error":"` + text + `","type":"FatalError"}` }
	wrongKey := "The provided deploy key was invalid for deployment 'swift-lemur-482'. Double check that the environment this key was generated for matches the desired deployment."
	cases := map[string]struct {
		said, want string
		code       websocket.StatusCode
	}{
		"no token":               {authenticateAs(0, "User", "x"), authError("Could not parse JWT payload. Check that the token is a valid JWT format with three base64-encoded parts separated by dots."), without},
		"another admin's key":    {authenticateAs(0, "Admin", prodAdminKey), authError(wrongKey), without},
		"a stale identity":       {authenticateAs(1, "None", ""), "", websocket.StatusInternalError},
		"a stale set of queries": {modifyQueries(1, ""), fatal("Base version 1 passed up doesn't match the current version 0"), without},
		"a version of the past":  {`{"type":"ModifyQuerySet","baseVersion":0,"newVersion":0,"modifications":[]}`, "", websocket.StatusInternalError},
		"a query twice":          {modifyQueries(0, add(0, "users:viewer", "{}")+","+add(0, "users:viewer", "{}")), "", websocket.StatusInternalError},
		"a query never added":    {modifyQueries(0, `{"type":"Remove","queryId":7}`), "", websocket.StatusInternalError},
		"no JSON":                {`{`, fatal("Received Invalid JSON on websocket: unexpected end of JSON input"), without},
		"a strange message":      {`{"type":"Dance"}`, fatal("The sandbox does not take messages of the type Dance"), without},
		"a strange token":        {authenticateAs(0, "Guest", ""), fatal("Received Invalid JSON on websocket: unknown token type"), without},
	}
	v := visit(t)
	for name, c := range cases {
		heard, code := converse(v, "/api/1.48.0/sync", c.said)
		if got := strings.Join(heard, "\n"); got != c.want || code != c.code {
			t.Errorf("%s: %d %s", name, code, got)
		}
	}
}

func TestConvexTimesGoForward(t *testing.T) {
	v := visit(t)
	socket := openSocket(v, "/api/sync")
	defer socket.CloseNow() //nolint:errcheck // the test is over
	last := encodeTime(0)
	for base := range 50 {
		if err := socket.Write(t.Context(), websocket.MessageText, []byte(authenticateAs(base, "None", ""))); err != nil {
			t.Fatal(err)
		}
		_, text, err := socket.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var m struct{ StartVersion, EndVersion stateVersion }
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		if m.StartVersion.Time != last || decodeTime(m.EndVersion.Time) <= decodeTime(last) {
			t.Errorf("from %+v to %+v, after %s", m.StartVersion, m.EndVersion, last)
		}
		last = m.EndVersion.Time
	}
}

func TestClosingEndsConversations(t *testing.T) {
	v := visit(t)
	socket := openSocket(v, "/api/sync")
	defer socket.CloseNow() //nolint:errcheck // the test is over
	v.Close()
	if _, _, err := socket.Read(t.Context()); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestASyncVersionIsAVersion(t *testing.T) {
	v := visit(t)
	const upgrade = "\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
	if got := v.ask("GET " + convexAddress + "/api/latest/sync" + upgrade); got.status != 400 || !strings.Contains(got.body, "InvalidVersion") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := v.ask("GET " + convexAddress + "/api/1.48.0/sync"); got.status != 426 {
		t.Errorf("no upgrade: %d", got.status)
	}
}
