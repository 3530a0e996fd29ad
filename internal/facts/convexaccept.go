package facts

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/convexsync"
)

// An Acceptance is how a Convex deployment takes the test account's token.
type Acceptance struct {
	Claims Claims    // of that token
	Asked  time.Time // when it was presented, by our clock
	HTTP   Reply     // to an empty batch of queries
	Socket Handshake // over the WebSocket that browsers use
}

// A Handshake is what became of a token over the sync WebSocket.
type Handshake struct {
	Accepted bool
	Refusal  string // Convex' words; they are those of HTTP, without a code
	Trouble  string // why Convex did not judge the token; "" when it did
	Status   int    // of an HTTP answer in place of a WebSocket
}

// ConvexAcceptance is how the Convex deployment takes a real token. Nothing
// runs there. The WebSocket is tried only after HTTP has worked: what Convex
// refuses over the one it refuses over the other, with less to say.
var ConvexAcceptance = &gate.Fact[Acceptance]{
	Name:  "Convex' answer to the test account's token",
	Needs: []gate.Need{Web, AccessToken, ConvexSite},
	Learn: func(ctx context.Context, known *gate.Facts) (Acceptance, error) {
		client, site, token := Web.From(known), ConvexSite.From(known), AccessToken.From(known)
		a := Acceptance{Claims: token.Claims, Asked: time.Now()}
		var err error
		if a.HTTP, err = present(ctx, client, site, token.text); err != nil || a.HTTP.Status != 200 {
			return a, err
		}
		result, err := convexsync.Authenticate(ctx, convexsync.Options{
			Transport: client.Sockets(), UserAgent: "previewgate",
		}, site, token.text)
		a.Socket = Handshake{Accepted: result.Accepted, Refusal: result.Refusal}
		if err != nil {
			a.Socket.Trouble = strings.ReplaceAll(clip(err.Error()), token.text, "…")
			if i, ok := errors.AsType[*convexsync.Interruption](err); ok {
				a.Socket.Status = i.Status
			}
		}
		return a, nil
	},
}
