package facts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// A Call is one of the app's Convex functions to run, as the user names it.
type Call struct {
	Function string // path of its module and its name: messages:list
	Args     string // a JSON object
	AsKey    bool   // with the deploy key instead of the test account's token
	Expects  string // text of the error that it must end in; "" for success
}

var (
	callForm     = regexp.MustCompile(`^(\S+)(?:\s+(\{.*\}))?(\s+as\s+key)?$`)
	functionPath = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_/.-]*(?::[A-Za-z0-9_]+)?$`)
)

// ReadCall reads FUNCTION [ARGS] [as key] [=> ERROR].
func ReadCall(text string) (Call, error) {
	what, expects, refuses := strings.Cut(text, "=>")
	c := Call{Args: "{}", Expects: strings.TrimSpace(expects)}
	if refuses && c.Expects == "" {
		return c, errors.New("after => stands a part of the error that is expected")
	}
	m := callForm.FindStringSubmatch(strings.TrimSpace(what))
	if m == nil || !functionPath.MatchString(m[1]) || strings.Contains(m[1], "..") {
		return c, errors.New("it is FUNCTION, then arguments as JSON, then `as key`, then `=> ERROR`, as in: plans:list {\"limit\": 3} => Unauthorized")
	}
	c.Function, c.AsKey = m[1], m[3] != ""
	if !strings.Contains(c.Function, ":") {
		c.Function += ":default"
	}
	if m[2] != "" {
		c.Args = m[2]
	}
	if !json.Valid([]byte(c.Args)) {
		return c, errors.New("the arguments are no JSON object")
	}
	return c, nil
}

// Calls are the functions that the user wants to be run.
var Calls = &gate.Fact[[]Call]{Name: "functions to run"}

// A Run is what came of a call. The value that it returned is not kept.
type Run struct {
	Call

	Succeeded bool
	Error     string // Convex' words for the function's error
	Refused   Reply  // instead of running it
	Trouble   string // why there is no answer
	Unlock    string // what would supply what the call lacks; "" when it lacks nothing
}

// Runs are what the functions answered that the user names. Each is called
// once, since a mutation may be among them.
var Runs = &gate.Fact[[]Run]{
	Name:  "answers of the functions to run",
	Needs: []gate.Need{Web, Calls, ConvexSite},
	Uses:  []gate.Need{AccessToken, ConvexOpened},
	Learn: func(ctx context.Context, known *gate.Facts) ([]Run, error) {
		return atOnce(Calls.From(known), func(c Call) (Run, error) { return run(ctx, known, c), nil })
	},
}

// run makes one call.
func run(ctx context.Context, known *gate.Facts, c Call) Run {
	r := Run{Call: c}
	request, err := c.request(known)
	if err != nil {
		r.Trouble = err.Error()
		if missing, ok := errors.AsType[gate.NotGiven](err); ok {
			r.Unlock = missing.Unlock
		}
		return r
	}
	resp, err := Web.From(known).Do(ctx, request)
	if err != nil {
		r.Trouble = err.Error()
		return r
	}
	var answer struct{ Status, ErrorMessage, Code, Message string }
	broken := json.Unmarshal(resp.Body, &answer) != nil
	switch {
	case answer.Code != "" && resp.Status < 500:
		r.Refused = Reply{resp.Status, answer.Code, answer.Message}
	case broken || answer.Status != "success" && answer.Status != "error":
		r.Trouble = fmt.Sprintf("%s answers %d %s", resp.URL.Host, resp.Status, http.StatusText(resp.Status))
	case answer.Status == "success":
		r.Succeeded = true
	default:
		r.Error = answer.ErrorMessage
	}
	return r
}

// request is the call as Convex wants it: users' calls by their address, and
// those of admins, which reach internal functions too, by one of their own.
func (c Call) request(known *gate.Facts) (web.Request, error) {
	r := web.Request{Method: http.MethodPost, Public: true, Header: http.Header{
		"Content-Type": {"application/json"}, "Convex-Client": {"previewgate-1.0.0"},
	}}
	if !c.AsKey {
		token, err := AccessToken.Lookup(known)
		if err != nil {
			return r, err
		}
		r.URL = ConvexSite.From(known) + "/api/run/" + strings.Replace(c.Function, ":", "/", 1)
		r.Body = []byte(`{"args":` + c.Args + `,"format":"json"}`)
		r.Header.Set("Authorization", "Bearer "+token.text)
		return r, nil
	}
	opened, err := ConvexOpened.Lookup(known)
	switch {
	case err != nil:
		return r, err
	case opened.Missing:
		return r, fmt.Errorf("convex has no preview deployment named %q", opened.Branch)
	}
	r.URL = opened.URL + "/api/function"
	r.Body = fmt.Appendf(nil, `{"path":%q,"args":%s,"format":"json"}`, c.Function, c.Args)
	r.Header.Set("Authorization", "Convex "+opened.adminKey)
	return r, nil
}
