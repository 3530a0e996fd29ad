package facts

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// An Account is somebody who may sign in to the preview for the gate.
type Account struct{ Email, Password string }

// TestAccount is the account that the gate signs in with. Its password goes to
// WorkOS' API and nowhere else.
var TestAccount = &gate.Fact[Account]{Name: "test account"}

// A WorkOSKey is an API key of a WorkOS environment and where WorkOS' API is.
type WorkOSKey struct {
	API string // without a trailing slash
	Key string
}

// WorkOS is the access to WorkOS' API.
var WorkOS = &gate.Fact[WorkOSKey]{Name: "WorkOS API key"}

// CookiePassword is the password under which AuthKit seals its cookies.
var CookiePassword = &gate.Fact[string]{Name: "cookie password"}

// Sessions collects the WorkOS sessions that learning starts, so that whoever
// runs the gate can end them.
var Sessions = &gate.Fact[*StartedSessions]{Name: "sessions to end"}

// StartedSessions are the WorkOS sessions that a run started. The zero value
// holds none.
type StartedSessions struct {
	mu     sync.Mutex
	ids    []string
	asking int           // grants that may start one are under way
	idle   chan struct{} // closed when none is any more; nil until somebody waits for that
}

// patience is how long ending the sessions waits for a grant whose answer is
// still out.
const patience = 1500 * time.Millisecond

// begin announces a grant, and says no once the sessions are being ended.
func (s *StartedSessions) begin() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.idle != nil {
		return errors.New("the run was stopped")
	}
	s.asking++
	return nil
}

// done says that a grant is over.
func (s *StartedSessions) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asking--
	if s.asking == 0 && s.idle != nil {
		close(s.idle)
	}
}

// add notes a session that was started.
func (s *StartedSessions) add(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id != "" && !slices.Contains(s.ids, id) {
		s.ids = append(s.ids, id)
	}
}

// Revoke ends the sessions, those of grants too that are still under way. No
// grant begins after it.
func (s *StartedSessions) Revoke(ctx context.Context, client *web.Client, key WorkOSKey) error {
	s.mu.Lock()
	if s.idle == nil {
		s.idle = make(chan struct{})
		if s.asking == 0 {
			close(s.idle)
		}
	}
	idle := s.idle
	s.mu.Unlock()
	select {
	case <-idle:
	case <-time.After(patience):
	case <-ctx.Done():
	}
	s.mu.Lock()
	ids := s.ids
	s.ids = nil
	s.mu.Unlock()
	_, err := atOnce(ids, func(id string) (struct{}, error) { return struct{}{}, key.revoke(ctx, client, id) })
	return err
}
