package convexsync_test

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/previewgate/previewgate/internal/convexsync"
	"github.com/previewgate/previewgate/internal/sandbox"
)

const convexURL = "https://swift-lemur-482.convex.cloud"

// serve starts a World, and returns a way to reach it.
func serve(t *testing.T, changes ...func(*sandbox.World)) (*http.Transport, sandbox.World) {
	t.Helper()
	w := sandbox.Healthy()
	for _, change := range changes {
		change(&w)
	}
	s, err := sandbox.Start(w)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{
		DialContext: s.Dial, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: s.RootCAs(), MinVersion: tls.VersionTLS12},
	}
	t.Cleanup(func() { transport.CloseIdleConnections(); s.Close() })
	return transport, w
}

// signIn gets a token for the test account, from the stand-in of WorkOS.
func signIn(t *testing.T, transport *http.Transport, w sandbox.World) string {
	t.Helper()
	given := w.Env()
	ask, err := json.Marshal(map[string]string{
		"grant_type": "password", "client_id": given["WORKOS_CLIENT_ID"], "client_secret": given["WORKOS_API_KEY"],
		"email": given["PREVIEWGATE_TEST_EMAIL"], "password": given["PREVIEWGATE_TEST_PASSWORD"],
	})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: transport}
	response, err := client.Post("https://api.workos.com/user_management/authenticate", "application/json", strings.NewReader(string(ask)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Token == "" {
		t.Fatalf("signing in: %d, %v", response.StatusCode, err)
	}
	return answer.Token
}

func TestAUsersTokenIsAccepted(t *testing.T) {
	transport, w := serve(t)
	got, err := convexsync.Authenticate(t.Context(), convexsync.Options{Transport: transport}, convexURL, signIn(t, transport, w))
	if err != nil || !got.Accepted {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAForgedTokenIsRefused(t *testing.T) {
	transport, w := serve(t)
	parts := strings.Split(signIn(t, transport, w), ".")
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"https://previewgate.invalid/"}`))
	got, err := convexsync.Authenticate(t.Context(), convexsync.Options{Transport: transport}, convexURL, strings.Join(parts, "."))
	if err != nil || got.Accepted || !strings.HasPrefix(got.Refusal, "No auth provider found matching the given token.") ||
		!strings.Contains(got.Refusal, "app_id="+w.App.ClientID) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestADeploymentThatIsGoneSaysSoLate(t *testing.T) {
	transport, _ := serve(t, func(w *sandbox.World) { w.Convex.Preview.Gone = true })
	_, err := convexsync.Authenticate(t.Context(), convexsync.Options{Transport: transport}, convexURL, "a.b.c")
	var interruption *convexsync.Interruption
	if !errors.As(err, &interruption) || interruption.Code != 4040 {
		t.Errorf("%v", err)
	}
}

func TestAnUnknownHostIsAnError(t *testing.T) {
	transport, _ := serve(t)
	_, err := convexsync.Authenticate(t.Context(), convexsync.Options{Transport: transport}, "https://happy-otter-123.convex.cloud", "a.b.c")
	var interruption *convexsync.Interruption
	if err == nil || errors.As(err, &interruption) {
		t.Errorf("%v", err)
	}
}
