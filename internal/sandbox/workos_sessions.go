package sandbox

import (
	"slices"
	"sync"
)

// signedIn is a session of the test account.
type signedIn struct {
	id           string
	organization string // empty: none
}

// grants are the sessions WorkOS has handed out, and the tokens that stand for
// them.
type grants struct {
	mu      sync.Mutex
	refresh map[string]signedIn // by refresh token that is still good
	pending map[string]string   // session IDs, by the token of a sign-in that waits for more
	ended   []string            // IDs of sessions
	known   map[string]bool     // every session ID there ever was
	used    map[string]string   // session IDs, by refresh token that was used up
}

func newGrants() *grants {
	return &grants{
		refresh: map[string]signedIn{}, pending: map[string]string{}, known: map[string]bool{}, used: map[string]string{},
	}
}

// issue makes a refresh token of a session.
func (g *grants) issue(session signedIn) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	token := "rt_" + randomHex(12)
	g.refresh[token], g.known[session.id] = session, true
	return token
}

// redeem uses a refresh token up, or says why it is no good.
func (g *grants) redeem(token string) (session signedIn, refused string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	session, good := g.refresh[token]
	delete(g.refresh, token)
	usedBy, used := g.used[token]
	switch {
	case slices.Contains(g.ended, session.id) || slices.Contains(g.ended, usedBy):
		return signedIn{}, "Session has already ended."
	case used:
		return signedIn{}, "Refresh token already exchanged."
	case !good:
		return signedIn{}, "Invalid refresh token."
	}
	g.used[token] = session.id
	return session, ""
}

// suspend makes the token of a sign-in that is not done.
func (g *grants) suspend(sessionID string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	token := "pat_" + randomHex(12)
	g.pending[token] = sessionID
	return token
}

// resume uses such a token up.
func (g *grants) resume(token string) (sessionID string, good bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	sessionID, good = g.pending[token]
	delete(g.pending, token)
	return sessionID, good
}

// end ends a session that exists.
func (g *grants) end(sessionID string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.known[sessionID] {
		return false
	}
	g.ended = append(g.ended, sessionID)
	return true
}

func (g *grants) revoked() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.ended)
}
