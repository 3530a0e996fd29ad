package checks

import (
	"testing"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestAppAPIKey(t *testing.T) {
	logged := func(lines ...string) []gate.Given {
		return signedIn(facts.AppKeyProbe.Is(facts.CallbackProbe{Callback: "/callback", Status: 500, Lines: lines, Waited: 10 * time.Second}))
	}
	const unclear = "the runtime log does not tell how WorkOS took the app's key"
	judge(t, AppAPIKey, []trial{
		{
			name: "a good key", facts: logged("[AuthKit callback error] OauthException: Error: invalid_grant\nError Description: The code has expired"),
			want: gate.Pass("WorkOS took the app's key, and refused only the bogus code that came with it"),
		},
		{name: "a good key, as AuthKit 2 logs it", facts: logged("{ error: 'Error: invalid_grant' }"), want: gate.Pass("WorkOS took the app's key, and refused only the bogus code that came with it")},
		{
			name: "another client's", facts: logged("something", "OauthException: Error: invalid_client\nError Description: Invalid client secret."),
			want: gate.Fail("the app's WORKOS_API_KEY is not of client_01STAGING").
				Because("runtime log, GET /callback", "OauthException: Error: invalid_client Error Description: Invalid client secret."),
		},
		{name: "revoked", facts: logged("UnauthorizedException: Could not authorize the request. Maybe your API key is invalid?"), want: gate.Fail("WorkOS does not accept the app's WORKOS_API_KEY")},
		{name: "unset", facts: logged("ApiKeyRequiredException [Error]: API key required"), want: gate.Fail("the app has no WORKOS_API_KEY")},
		{name: "a silent log", facts: logged(), want: gate.Unsure("the runtime log tells nothing of the bogus code within 10s")},
		{
			name: "a log that broke off", facts: signedIn(facts.AppKeyProbe.Is(facts.CallbackProbe{Callback: "/callback", Trouble: "the runtime log ended"})),
			want: gate.Unsure("the runtime log tells nothing of the bogus code: the runtime log ended"),
		},
		{name: "a cookie that got lost", facts: logged("code: 'missing_pkce_cookie', path: '/callback'"), want: gate.Unsure("%s: the sign-in could not be verified", unclear)},
		{name: "WorkOS was busy", facts: logged("RateLimitExceededException: Too many requests"), want: gate.Unsure("%s: too many requests", unclear)},
		{name: "a log of the app's own", facts: logged("oh no"), want: gate.Unsure("%s", unclear).Because("runtime log, GET /callback", "oh no")},
	})
}
