package facts

import (
	"net/http"
	"slices"
	"strings"
)

// ConvexSaid is what Convex made of the tokens that a client presented over
// its WebSocket.
type ConvexSaid struct {
	Authenticated bool   // a user's token was presented, and nothing was said against the last one
	Refusal       string // of the last one that was presented
	Entry         Entry  // the WebSocket
}

// Convex reads the messages of Convex' clients. After a refusal the client
// asks AuthKit for a fresh token and tries again, so the last word counts.
func (t Traffic) Convex() ConvexSaid {
	var said ConvexSaid
	for _, e := range t.Entries {
		for _, f := range e.Frames {
			switch {
			case f.Type == "Authenticate" && f.Token == "User":
				said = ConvexSaid{Authenticated: true, Entry: e}
			case f.Type == "AuthError" && said.Entry.Number != 0:
				said = ConvexSaid{Refusal: orUnsaid(f.Says), Entry: e}
			}
		}
	}
	return said
}

func orUnsaid(says string) string {
	if strings.TrimSpace(says) == "" {
		return "(no reason was given)"
	}
	return says
}

// CallbackError returns the answer of a callback that got a code from WorkOS
// and made no session of it.
func (t Traffic) CallbackError() (Entry, bool) {
	for _, e := range t.Entries {
		if slices.Contains(e.Query, "code") && e.Document() && e.Status >= http.StatusBadRequest {
			return e, true
		}
	}
	return Entry{}, false
}
