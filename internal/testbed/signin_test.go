package testbed

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/sandbox"
)

// signInEndToEnd holds the testbed itself to the whole way: sign-in at the
// real application, its code exchanged at the emulator, the token that Convex
// takes, a refresh that rotates, and the end of the session.
func signInEndToEnd(t *testing.T, b *Bench, major int) {
	ctx, w := t.Context(), sandbox.Healthy()
	healthy := Case{Change: Change{AuthKit: major}}
	emulator := <-b.Emulators
	defer func() { b.Emulators <- emulator }()
	bed, err := b.Apps.Start(ctx, Setup{World: w, Repo: b.built[healthy.build().key()], Emulator: emulator, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bed.Close)
	v := bed.Visitor()
	if err := v.Enter(ctx, w.URL); err != nil {
		t.Fatal(err)
	}
	page, err := v.Get(ctx, "/dashboard")
	if err != nil || page.At != w.URL+"/dashboard" || !strings.Contains(page.Text, w.WorkOS.Email) {
		t.Fatalf("the dashboard is at %s, %v:\n%.500s", page.At, err, page.Text)
	}
	token := v.Cookie("workos-access-token")
	if got, want := claimed(t, token)["iss"], w.WorkOS.Clients[0].Issuer; got != want {
		t.Errorf("tokens are issued by %v, want %s", got, want)
	}
	convexKnows(t, v, w.Convex.Preview.URL, token)
	before := v.Cookie("wos-session")
	answer, err := v.Action(ctx, refresh)
	if err != nil || !strings.Contains(answer.Text, "eyJ") || v.Cookie("wos-session") == before {
		t.Errorf("a refresh answers %.300s, %v", answer.Text, err)
	}
	if end, err := v.SignOut(ctx); err != nil || end.At != w.WorkOS.Clients[0].Homepage {
		t.Errorf("signing out ends at %s, %v", end.At, err)
	}
	if page, err := v.Get(ctx, "/dashboard"); err != nil || !strings.Contains(page.At, w.Hosts.AuthKit) {
		t.Errorf("after signing out, the dashboard is at %s, %v", page.At, err)
	}
}

// claimed decodes what a token claims.
func claimed(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: %.40q", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]any
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// convexKnows holds that Convex, which verifies by the emulator's keys, takes
// the token for its subject's, and no other.
func convexKnows(t *testing.T, v *Visitor, convex, token string) {
	t.Helper()
	subject, _ := claimed(t, token)["sub"].(string)
	for sent, want := range map[string]string{token: subject, token[:len(token)-8] + "AAAAAAAA": "kid"} {
		answer, err := v.post(t.Context(), convex+"/api/query", `{"path":"users:viewer","args":{}}`,
			http.Header{"Authorization": {"Bearer " + sent}, "Content-Type": {"application/json"}})
		if err != nil || !strings.Contains(answer.Text, want) {
			t.Errorf("Convex answers %s, %v: want %s", answer.Text, err, want)
		}
	}
}
