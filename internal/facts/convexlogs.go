package facts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// logsWithin is how long the function log is waited for. What is there comes
// at once; without anything Convex holds the request for a minute.
const logsWithin = 3 * time.Second

// A FunctionError is an auth error of a function that Convex logged.
type FunctionError struct {
	Function string
	Line     string
	SignedIn bool // the caller was a user that Convex knew
	At       time.Time
}

// authTrouble matches the errors that have to do with who calls.
var authTrouble = regexp.MustCompile(`(?i)unauthori[sz]ed|unauthenticated|not (?:authenticated|logged in|signed in)|jwks|no auth provider|invalid issuer|issuer claim`)

// FunctionErrors are the auth errors in the function log of the Convex
// deployment, of the last hours: it is kept in memory and lost by a restart.
var FunctionErrors = &gate.Fact[[]FunctionError]{
	Name:  "function log of Convex",
	Needs: []gate.Need{Web, ConvexOpened},
	Learn: func(ctx context.Context, known *gate.Facts) ([]FunctionError, error) {
		body, err := functionLog(ctx, Web.From(known), ConvexOpened.From(known))
		if err != nil || body == nil {
			return nil, err
		}
		return readFunctionLog(body)
	},
}

// functionLog returns the log as Convex sends it, and nil when it is empty.
func functionLog(ctx context.Context, client *web.Client, o Opened) ([]byte, error) {
	if o.Missing {
		return nil, fmt.Errorf("convex has no preview deployment named %q", o.Branch)
	}
	brief, cancel := context.WithTimeout(ctx, logsWithin)
	defer cancel()
	resp, err := client.Do(brief, web.Request{
		URL: o.URL + "/api/stream_function_logs?cursor=0", Public: true, MaxBody: 8 << 20,
		Header: http.Header{
			"Authorization": {"Convex " + o.adminKey},
			"Convex-Client": {"npm-cli-1.48.0"}, // others get bare strings instead of lines
		},
	})
	switch {
	case err != nil && brief.Err() != nil && ctx.Err() == nil:
		return nil, nil
	case err != nil:
		return nil, err
	case resp.Status != http.StatusOK:
		return nil, readConvex(resp, nil)
	case resp.Truncated:
		return nil, errors.New("the function log is too large to be read")
	}
	return resp.Body, nil
}

func readFunctionLog(body []byte) ([]FunctionError, error) {
	var log struct {
		Entries []struct {
			Kind, Identifier, Error, IdentityType string
			Timestamp                             float64
			LogLines                              []struct {
				Messages []string
				Level    string
			}
		}
	}
	if json.Unmarshal(body, &log) != nil {
		return nil, errors.New("convex' function log is not of the form that its own tools read")
	}
	all := []FunctionError{}
	for _, e := range log.Entries {
		text := e.Error
		for _, l := range e.LogLines {
			if l.Level == "ERROR" && text == "" {
				text = strings.Join(l.Messages, " ")
			}
		}
		if e.Kind == "Completion" && authTrouble.MatchString(text) {
			line, _, _ := strings.Cut(text, "\n")
			all = append(all, FunctionError{e.Identifier, clip(line), e.IdentityType == "user", time.Unix(int64(e.Timestamp), 0)})
		}
	}
	return all, nil
}

// A Push is the last deployment of functions to Convex.
type Push struct {
	Message string // "Deployed from Vercel • 4f1d2c3", or what the deployer said
	Commit  string // that the message names; "" when it names none
	At      time.Time
}

var pushedCommit = regexp.MustCompile(`^Deployed from Vercel • ([0-9a-f]{7,40})$`)

// ConvexPush is the last push in the audit log of the Convex deployment.
var ConvexPush = &gate.Fact[Push]{
	Name:  "last push to Convex",
	Needs: []gate.Need{Web, ConvexOpened},
	Learn: func(ctx context.Context, known *gate.Facts) (Push, error) {
		o := ConvexOpened.From(known)
		if o.Missing {
			return Push{}, fmt.Errorf("convex has no preview deployment named %q", o.Branch)
		}
		resp, err := Web.From(known).Do(ctx, web.Request{
			URL: o.URL + "/api/v1/list_audit_log_events?from=0&limit=100", Public: true,
			Header: http.Header{"Authorization": {"Convex " + o.adminKey}},
		})
		if err != nil {
			return Push{}, err
		}
		var log struct {
			Items []struct {
				Action     string
				CreateTime int64
				Metadata   struct{ Message string }
			}
			Pagination struct{ HasMore bool }
		}
		if err := readConvex(resp, &log); err != nil {
			return Push{}, err
		}
		if log.Pagination.HasMore {
			return Push{}, gate.Moot("the audit log of the Convex deployment is too long to find the last push in")
		}
		last := Push{}
		for _, item := range log.Items {
			if at := time.UnixMilli(item.CreateTime); strings.HasPrefix(item.Action, "push_config") && at.After(last.At) {
				last = Push{Message: clip(item.Metadata.Message), At: at}
			}
		}
		if last.At.IsZero() {
			return Push{}, gate.Moot("the audit log of the Convex deployment holds no push")
		}
		if m := pushedCommit.FindStringSubmatch(last.Message); m != nil {
			last.Commit = m[1]
		}
		return last, nil
	},
}
