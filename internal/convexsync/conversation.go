package convexsync

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// conversation is one WebSocket to a deployment.
type conversation struct {
	socket *websocket.Conn
	hide   func(string) string // takes the token out of a text
}

type connect struct {
	Type            string `json:"type"`
	SessionID       string `json:"sessionId"`
	ConnectionCount int    `json:"connectionCount"`
	LastCloseReason string `json:"lastCloseReason"`
	ClientTime      int64  `json:"clientTs"`
}

type authenticate struct {
	Type        string `json:"type"`
	BaseVersion int    `json:"baseVersion"`
	TokenType   string `json:"tokenType"`
	Value       string `json:"value"`
}

// message is whatever a deployment sends, as far as it matters.
type message struct {
	Type       string `json:"type"`
	Error      string `json:"error"`
	EndVersion struct {
		Identity int `json:"identity"`
	} `json:"endVersion"`
}

// offer introduces itself, shows the token and reads on until it is judged.
func (c *conversation) offer(ctx context.Context, token string) (Result, error) {
	hello := connect{
		Type: "Connect", SessionID: newSessionID(), LastCloseReason: "InitialConnect", ClientTime: time.Now().UnixMilli(),
	}
	for _, m := range []any{hello, authenticate{Type: "Authenticate", TokenType: "User", Value: token}} {
		if err := wsjson.Write(ctx, c.socket, m); err != nil {
			return Result{}, c.ended(ctx, err, "")
		}
	}
	for range maxMessages {
		m, err := c.read(ctx)
		switch {
		case err != nil:
			return Result{}, err
		case m.Type == "Transition" && m.EndVersion.Identity == 1:
			return Result{Accepted: true}, nil
		case m.Type == "AuthError":
			return Result{Refusal: cmp.Or(c.quote(m.Error), "Convex gave no reason")}, nil
		case m.Type == "FatalError":
			return Result{}, c.fatal(ctx, m)
		}
	}
	return Result{}, fmt.Errorf("convex sent %d messages over the WebSocket, and none about the token", maxMessages)
}

// read waits for one message.
func (c *conversation) read(ctx context.Context) (message, error) {
	_, text, err := c.socket.Read(ctx)
	if err != nil {
		return message{}, c.ended(ctx, err, "")
	}
	var m message
	if json.Unmarshal(text, &m) != nil {
		return message{}, errors.New("convex sent something over the WebSocket that is no message of its protocol")
	}
	return m, nil
}

// fatal waits for the close that follows a fatal error, for its code.
func (c *conversation) fatal(ctx context.Context, m message) error {
	_, _, err := c.socket.Read(ctx)
	if err == nil {
		return &Interruption{Text: c.quote(m.Error)}
	}
	return c.ended(ctx, err, m.Error)
}

// ended says why there is nothing more to read: the deployment's own words are
// text where it said something before.
func (c *conversation) ended(ctx context.Context, err error, text string) error {
	var closed websocket.CloseError
	switch {
	case errors.As(err, &closed):
		if text == "" {
			text = closed.Reason
		}
		return &Interruption{Code: int(closed.Code), Text: c.quote(text)}
	case text != "":
		return &Interruption{Text: c.quote(text)}
	case ctx.Err() != nil:
		return fmt.Errorf("convex has not judged the token over the WebSocket: %w", ctx.Err())
	}
	return fmt.Errorf("the WebSocket to Convex broke: %s", c.quote(err.Error()))
}

// quote shortens a foreign text, and takes the token out of it.
func (c *conversation) quote(text string) string {
	text = strings.ToValidUTF8(c.hide(text), "\uFFFD")
	if runes := []rune(text); len(runes) > maxText {
		return string(runes[:maxText]) + "…"
	}
	return text
}

// newSessionID makes a random UUID.
func newSessionID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // it never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
