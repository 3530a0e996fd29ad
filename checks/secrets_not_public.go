package checks

import (
	"fmt"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/source"
)

// SecretsNotPublic asks whether a secret stands in what every visitor
// downloads.
//
// A variable whose name starts with NEXT_PUBLIC_ is copied into the client
// bundle at build time, and so is a constant in a file that a client component
// imports. A WorkOS API key there lets anybody read and change all users; a
// cookie password lets anybody forge a session.
//
// # Fix
//
// Revoke the key in the WorkOS dashboard first, since it was public. Then
// rename the variable so that it does not start with NEXT_PUBLIC_, and read
// it in server code only.
var SecretsNotPublic = &gate.Check{
	ID:    "secrets-not-public",
	Stage: gate.StageDeployment,
	Title: "No secret is in the client bundle",
	Fix:   "Revoke the key, since it was public; then rename its variable so that it does not start with `NEXT_PUBLIC_`, and read it in server code only.",
	Uses:  []gate.Need{facts.ClientBundle, facts.Repository},
	After: []*gate.Check{PreviewReachable},
	Judge: secretsNotPublic,
}

func secretsNotPublic(known *gate.Facts) gate.Verdict {
	static, given := fromSource(known, publicInSource)
	if static.Status == gate.Failed {
		return static
	}
	b, err := facts.ClientBundle.Lookup(known)
	if err != nil {
		return withoutLive(err, static, given)
	}
	if len(b.Leaks) > 0 {
		v := gate.Fail("the client bundle holds %s", b.Leaks[0].What)
		for _, l := range b.Leaks {
			v = v.Because(l.What, fmt.Sprintf("%s, byte %d", l.Source, l.Offset))
		}
		return v
	}
	if b.Missed > 0 || b.Chunks == 0 {
		return unreadChunks(b)
	}
	return gate.Pass("none in the %d client chunks that public pages load", b.Chunks)
}

// publicInSource looks for secrets that the build would make public.
func publicInSource(r source.Repository) gate.Verdict {
	v := gate.Verdict{}
	for _, s := range r.Findings.Secrets {
		if taken(r, "secrets-not-public", s.Position) {
			continue
		}
		if v.Summary == "" {
			v = gate.Fail("the build makes a secret public: %s", s.Name).
				FixedBy("Revoke the secret if it was ever deployed; then take `NEXT_PUBLIC_` off its name, or the entry out of `next.config`, and read it in server code only.")
		}
		v = v.At(at(string(s.Kind), s.Name, s.Position))
	}
	if v.Status == gate.Failed {
		return v
	}
	return ifRead(r, gate.Pass("the source makes no secret public"))
}
