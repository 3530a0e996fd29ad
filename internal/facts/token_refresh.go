package facts

import (
	"context"

	"github.com/previewgate/previewgate/gate"
)

// A Renewal is what a refresh grant gave for the session's refresh token.
type Renewal struct {
	Refused Refusal
	Same    bool // the new refresh token is the old one
	Proof   Proof
	Checked bool // there was a JWKS to verify the new token by
}

// Refreshed is the one refresh of the test account's session. It comes last,
// since it uses up the token that the app has in its cookie.
var Refreshed = &gate.Fact[Renewal]{
	Name:  "refresh of the session",
	Needs: []gate.Need{Web, WorkOS, Session},
	Uses:  []gate.Need{AppVisits, AppToken, JWKS, Sessions},
	Learn: learnRefreshed,
}

func learnRefreshed(ctx context.Context, known *gate.Facts) (Renewal, error) {
	s := Session.From(known)
	if s.Refused.Code != "" {
		return Renewal{}, notSignedIn
	}
	i, err := WorkOS.From(known).grant(ctx, Web.From(known), grant{
		Type: "refresh_token", ClientID: s.ClientID, RefreshToken: s.refreshToken,
	})
	if err != nil || i.refused.Code != "" {
		return Renewal{Refused: i.refused}, err
	}
	t, err := readIssued(i.AccessToken, i.at)
	if err != nil {
		return Renewal{}, err
	}
	if started, notGiven := Sessions.Lookup(known); notGiven == nil {
		started.add(t.Claims.SessionID)
	}
	Web.From(known).Hide(t.Claims.SessionID)
	r := Renewal{Same: i.RefreshToken == s.refreshToken, Proof: Proof{Claims: t.Claims}}
	if set, err := JWKS.Lookup(known); err == nil {
		if p, err := set.prove(t); err == nil {
			r.Proof, r.Checked = p, true
		}
	}
	return r, nil
}
