// Package convexsync asks a Convex deployment the way a browser does, over the
// sync protocol's WebSocket, whether it accepts a user's token.
//
// It speaks as little of the protocol as that takes: a Connect, and one
// Authenticate. A Transition that counts the identity up says yes, an AuthError
// says no, and everything else leaves the question open.
package convexsync

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/previewgate/previewgate/internal/redact"
)

// version is the release of Convex' client whose messages these are. The
// deployment picks the protocol by it.
const version = "1.48.0"

const (
	defaultTimeout = 10 * time.Second
	maxMessage     = 1 << 20
	maxMessages    = 32   // read before an answer is given up on
	maxText        = 2000 // characters kept of what the deployment says
)

// Options say how to reach a deployment.
type Options struct {
	// Transport makes the handshake, and must hand out the connection as the
	// body of a 101 answer, as [http.Transport] does. There is no default: whom
	// may be asked is the caller's to decide.
	Transport http.RoundTripper
	Timeout   time.Duration // of everything together; 0: 10s
	UserAgent string        // empty: Go's own
}

// A Result is a deployment's judgement of a token.
type Result struct {
	Accepted bool
	Refusal  string // why not, in Convex' words, without the token; empty: accepted
}

// An Interruption is a conversation that ended without a judgement.
type Interruption struct {
	Status int    // of the HTTP answer given in place of a WebSocket; 0: there was a WebSocket
	Code   int    // of the close; 1005: without one; 0: it was not closed
	Text   string // the reason of the close, or of the fatal error before it
}

func (i *Interruption) Error() string {
	text := ""
	if i.Text != "" {
		text = ": " + i.Text
	}
	if i.Status != 0 {
		return fmt.Sprintf("convex opened no WebSocket: HTTP %d%s", i.Status, text)
	}
	if i.Code == 0 {
		return "convex gave up on the WebSocket" + text
	}
	return fmt.Sprintf("convex closed the WebSocket with code %d%s", i.Code, text)
}

// Authenticate offers a token to the deployment at an address. An error means
// that the deployment has not judged the token; it is an *[Interruption] where
// the deployment ended the conversation. No error holds the token.
func Authenticate(ctx context.Context, o Options, deploymentURL, token string) (Result, error) {
	address, err := socketAddress(deploymentURL)
	switch {
	case err != nil:
		return Result{}, err
	case o.Transport == nil:
		return Result{}, errors.New("asking Convex over a WebSocket: no transport was given")
	case token == "":
		return Result{}, errors.New("asking Convex over a WebSocket: there is no token to offer")
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	hide := redact.New(token).String
	c, err := dial(ctx, o, address, hide)
	if err != nil {
		return Result{}, err
	}
	defer c.socket.CloseNow() //nolint:errcheck // the answer is there, or will never be
	return c.offer(ctx, token)
}

// socketAddress is where a deployment's client opens its WebSocket.
func socketAddress(deploymentURL string) (string, error) {
	u, err := url.Parse(deploymentURL)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return "", errors.New("asking Convex over a WebSocket: its address is no http or https URL")
	}
	u.Scheme = strings.Replace(u.Scheme, "http", "ws", 1)
	u.RawQuery, u.Fragment = "", ""
	return u.JoinPath("api", version, "sync").String(), nil
}

// dial opens the WebSocket. A redirect is an answer like any other: the token
// goes to the deployment that was named, or nowhere.
func dial(ctx context.Context, o Options, address string, hide func(string) string) (*conversation, error) {
	client := &http.Client{Transport: o.Transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	header := http.Header{}
	if o.UserAgent != "" {
		header.Set("User-Agent", o.UserAgent)
	}
	handshake := &websocket.DialOptions{HTTPClient: client, HTTPHeader: header}
	socket, response, err := websocket.Dial(ctx, address, handshake) //nolint:bodyclose // Dial has closed it, or the socket has it
	switch {
	case err == nil:
		socket.SetReadLimit(maxMessage)
		return &conversation{socket: socket, hide: hide}, nil
	case response != nil && response.StatusCode != http.StatusSwitchingProtocols:
		return nil, &Interruption{Status: response.StatusCode}
	}
	return nil, fmt.Errorf("asking Convex over a WebSocket: %w", err)
}
