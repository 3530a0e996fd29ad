package checks

import (
	"testing"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/facts"
)

func TestAPIKeyValid(t *testing.T) {
	probe := func(status int, code, message string) []gate.Given {
		return given(facts.KeyProbe.Is(facts.Probe{ClientID: client, Refusal: facts.Refusal{Status: status, Code: code, Message: message}}))
	}
	other := gate.Fail("the WorkOS API key does not belong to %s", client).
		FixedBy("Set `WORKOS_API_KEY` to a key of the WorkOS environment that `%s` belongs to, in Vercel and for previewgate.", client)
	judge(t, APIKeyValid, []trial{
		{name: "of the app's client", facts: probe(400, "invalid_grant", "The code has expired or is invalid."), want: gate.Pass("WorkOS accepts the API key for %s", client)},
		{
			name: "revoked", facts: probe(401, facts.Unauthorized, "Unauthorized"),
			want: gate.Fail("WorkOS does not accept the API key").
				FixedBy("Create a new API key in the WorkOS dashboard, in the environment of `%s`, and set it as `WORKOS_API_KEY` in Vercel and for previewgate: the present one was revoked, or is not copied whole.", client).
				Because("WorkOS' answer to the key", "401 unauthorized: Unauthorized"),
		},
		{name: "of another environment", facts: probe(400, "invalid_client", "Invalid client secret."), want: other.Because("WorkOS' answer to the key", "400 invalid_client: Invalid client secret")},
		{name: "of another kind of client", facts: probe(400, "unauthorized_client", ""), want: other.Because("WorkOS' answer to the key", "400 unauthorized_client")},
		{name: "another complaint", facts: probe(422, "invalid_request_parameters", "Validation failed."), want: gate.Unsure("WorkOS' answer to the API key tells neither way: 422 invalid_request_parameters: Validation failed")},
		{name: "forbidden without a reason", facts: probe(403, "", ""), want: gate.Unsure("WorkOS' answer to the API key tells neither way: 403")},
	})
}
