package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// closeNotFound is Convex' own close code for a deployment that is not there.
const closeNotFound websocket.StatusCode = 4040

// syncSession is one client's WebSocket. Messages are taken one by one, in
// their order.
type syncSession struct {
	backend
	conn    *websocket.Conn
	who     caller
	version stateVersion
	skew    int64 // how far the client's clock is ahead, in milliseconds
	queries map[int]*subscription
}

// subscription is a query that a client wants to be kept up to date about.
type subscription struct {
	call  functionCall
	isNew bool
	shown string // the result it was told last, as JSON; empty: none, or a failure
}

// sync serves the WebSocket that browsers and the CLI talk to a deployment
// over. Browsers come from the application's origin, whatever it is.
func (b backend) sync(w http.ResponseWriter, r *http.Request) {
	version := r.PathValue("version")
	if version != "" && !regexp.MustCompile(`^\d+\.\d+\.\d+`).MatchString(version) {
		(&convexError{http.StatusBadRequest, "InvalidVersion", "Failed to parse client version: " + version}).write(w)
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow() //nolint:errcheck // the client may be gone already
	conn.SetReadLimit(maxBody)
	s := &syncSession{backend: b, conn: conn, version: stateVersion{Time: encodeTime(0)}, queries: map[int]*subscription{}}
	s.serve(r.Context())
}

// serve answers until the client leaves or does something wrong.
func (s *syncSession) serve(ctx context.Context) {
	for {
		_, text, err := s.conn.Read(ctx)
		if err != nil {
			return
		}
		reply, broken := s.handle(ctx, text)
		if broken != nil {
			s.end(ctx, broken)
			return
		}
		if reply != nil && wsjson.Write(ctx, s.conn, reply) != nil {
			return
		}
	}
}

// ending is why a session cannot go on. Clients are told about their own
// mistakes in a message; others get a code.
type ending struct {
	message map[string]any
	code    websocket.StatusCode
	reason  string
}

func (s *syncSession) end(ctx context.Context, e *ending) {
	if e.message != nil {
		_ = wsjson.Write(ctx, s.conn, e.message)
	}
	_ = s.conn.Close(e.code, e.reason)
}

func fatal(text string) *ending {
	return &ending{message: map[string]any{"type": "FatalError", "error": text}, code: websocket.StatusNoStatusRcvd}
}

// internalError is what Convex makes of a client that breaks the protocol in
// ways it does not look for.
func internalError() *ending {
	return &ending{code: websocket.StatusInternalError, reason: "InternalServerError"}
}

// authError refuses an Authenticate. It says why, but not by which code.
func (s *syncSession) authError(refused *convexError) *ending {
	return &ending{
		message: map[string]any{
			"type": "AuthError", "error": refused.message, "baseVersion": s.version.Identity, "authUpdateAttempted": true,
		},
		code: websocket.StatusNoStatusRcvd,
	}
}

// clientMessage is any message of a client.
type clientMessage struct {
	Type          string          `json:"type"`
	ClientTime    int64           `json:"clientTs"`
	BaseVersion   int             `json:"baseVersion"`
	NewVersion    int             `json:"newVersion"`
	TokenType     string          `json:"tokenType"`
	Value         string          `json:"value"`
	Impersonating *identityClaims `json:"impersonating"`
	Modifications []modification  `json:"modifications"`
}

// modification is one change of the set of queries.
type modification struct {
	Type    string          `json:"type"`
	QueryID int             `json:"queryId"`
	Path    string          `json:"udfPath"`
	Args    json.RawMessage `json:"args"`
}

// handle takes one message. It returns the answer to it, if there is one.
func (s *syncSession) handle(ctx context.Context, text []byte) (reply map[string]any, broken *ending) {
	var m clientMessage
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fatal("Received Invalid JSON on websocket: " + err.Error())
	}
	switch m.Type {
	case "Connect":
		s.skew = m.ClientTime - time.Now().UnixMilli()
		return nil, nil
	case "Event":
		return nil, nil
	case "Authenticate":
		return s.authenticateAgain(ctx, m)
	case "ModifyQuerySet":
		return s.modify(m)
	}
	return nil, fatal("The sandbox does not take messages of the type " + m.Type)
}

// authenticateAgain changes who the client is, and with it what its queries
// may answer.
func (s *syncSession) authenticateAgain(ctx context.Context, m clientMessage) (map[string]any, *ending) {
	who, refused := caller{}, (*convexError)(nil)
	switch m.TokenType {
	case "User":
		who, refused = s.authenticate(ctx, m.Value)
	case "Admin":
		who, refused = s.checkKey(m.Value)
		if m.Impersonating != nil {
			who.user = m.Impersonating.claims()
		}
	case "None":
	default:
		return nil, fatal("Received Invalid JSON on websocket: unknown token type")
	}
	switch {
	case refused != nil:
		return nil, s.authError(refused)
	case m.BaseVersion != s.version.Identity:
		return nil, internalError()
	}
	s.who = who
	next := s.version
	next.Identity++
	return s.transition(next, nil), nil
}
