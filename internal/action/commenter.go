package action

import (
	"context"
	"fmt"

	"github.com/previewgate/previewgate/internal/hub"
)

// authorize returns nil if the comment's author may write to the repository. A run uses the repository's secrets, and
// anybody may comment; what an event says of its author's association with the repository is not taken for it.
func (r *resolver) authorize(ctx context.Context) error {
	level, _, err := r.gh.Repositories.GetPermissionLevel(ctx, r.owner, r.name, r.event.Commenter)
	if err != nil {
		return fmt.Errorf("whether %s may ask for a run was not found out: %s", r.event.Commenter, hub.Explain(err))
	}
	switch level.GetPermission() {
	case "admin", "maintain", "write":
		return nil
	}
	return skip("%s may not ask for a run: that takes write access to the repository", r.event.Commenter)
}
