package facts

import (
	"context"
	"crypto/rand"
	"regexp"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
)

// An Exchange is how WorkOS took the app's credentials, as the app logs it.
type Exchange string

// The outcomes of an exchange.
const (
	NoExchange    Exchange = ""
	KeyAccepted   Exchange = "invalid_grant"  // of the code: the key was good
	KeyOfOther    Exchange = "invalid_client" // the key is not this client's
	KeyRefused    Exchange = "unauthorized"   // nobody has such a key
	KeyUnset      Exchange = "no key"
	ProbeRefused  Exchange = "the sign-in could not be verified" // AuthKit did not ask WorkOS
	ExchangeLater Exchange = "too many requests"
)

// exchangeForms are the lines by which AuthKit and WorkOS' SDK tell, the more
// telling ones first.
var exchangeForms = []struct {
	form *regexp.Regexp
	says Exchange
}{
	{regexp.MustCompile(`(?i)ApiKeyRequired|NoApiKeyProvided|missing api key`), KeyUnset},
	{regexp.MustCompile(`invalid_client|Invalid client secret`), KeyOfOther},
	{regexp.MustCompile(`UnauthorizedException|Could not authorize the request`), KeyRefused},
	{regexp.MustCompile(`invalid_grant`), KeyAccepted},
	{regexp.MustCompile(`missing_pkce_cookie|oauth_state_mismatch|missing_auth_params|ValiError|Auth cookie missing|OAuth state mismatch`), ProbeRefused},
	{regexp.MustCompile(`RateLimitExceeded|Too many requests`), ExchangeLater},
}

// Exchanged reads the log lines of one exchange.
func Exchanged(lines []string) Exchange {
	text := strings.Join(lines, "\n")
	for _, f := range exchangeForms {
		if f.form.MatchString(text) {
			return f.says
		}
	}
	return NoExchange
}

// A RefreshOutcome is how a refresh of a session ended, as the app logs it.
type RefreshOutcome string

// The outcomes of a refresh.
const (
	RefreshDone      RefreshOutcome = "refreshed"
	RefreshLimited   RefreshOutcome = "429"
	RefreshReplayed  RefreshOutcome = "the refresh token was used before"
	RefreshEnded     RefreshOutcome = "the session has ended"
	RefreshRefused   RefreshOutcome = "the API key was refused"
	RefreshSubject   RefreshOutcome = "the session is another user's"
	RefreshFailed    RefreshOutcome = "it failed"
	RefreshBeginning RefreshOutcome = "it began" // says nothing of how it ends
)

// A RefreshLine is a line of the runtime log about a refresh.
type RefreshLine struct {
	Outcome RefreshOutcome
	Line    string
	Path    string
}

// refreshForms are the lines of AuthKit, of which most are printed only with
// debug: true, and of WorkOS' SDK. A 429 has no 429 in its text: the SDK words
// an answer without a message as one that could not be completed.
var refreshForms = []struct {
	form *regexp.Regexp
	says RefreshOutcome
}{
	{regexp.MustCompile(`\[AuthKit callback error\]`), ""}, // of a sign-in
	{regexp.MustCompile(`Session successfully refreshed`), RefreshDone},
	{regexp.MustCompile(`withAuth: sealed session user \(`), RefreshSubject},
	{regexp.MustCompile(`RateLimitExceededException|(?s)Failed to refresh.*(?:Too many requests|The request could not be completed|status: 429)`), RefreshLimited},
	{regexp.MustCompile(`(?s)Failed to refresh.*already exchanged`), RefreshReplayed},
	{regexp.MustCompile(`(?s)(?:Failed to refresh|Proactive refresh failed).*(?:Session has already ended|invalid_grant)`), RefreshEnded},
	{regexp.MustCompile(`(?s)Failed to refresh.*(?:Could not authorize the request|UnauthorizedException|invalid_client|ApiKeyRequired)`), RefreshRefused},
	{regexp.MustCompile(`Failed to refresh|Proactive refresh failed|Failed to get access token:|Failed to exchange WORKOS_CLAIM_TOKEN`), RefreshFailed},
	{regexp.MustCompile(`Refreshing access token that ends in|Proactively refreshing`), RefreshBeginning},
}

// readRefresh reads a row, and says whether it is about a refresh.
func readRefresh(r LogRow) (RefreshLine, bool) {
	for _, f := range refreshForms {
		if f.form.MatchString(r.Message) {
			line := strings.Join(strings.Fields(r.Message), " ")
			return RefreshLine{f.says, clip(line), r.Path}, f.says != ""
		}
	}
	return RefreshLine{}, false
}

// silence is how long the log is listened to when nothing has shown yet that
// it tells.
const silence = 3 * time.Second

// RefreshLines are the lines about refreshes that the deployment wrote while
// the gate was looking, for whomever.
var RefreshLines = &gate.Fact[[]RefreshLine]{
	Name:  "refreshes in the runtime log",
	Needs: []gate.Need{RuntimeLog},
	Uses:  []gate.Need{AppKeyProbe, AppVisits, AppToken},
	Learn: func(ctx context.Context, known *gate.Facts) ([]RefreshLine, error) {
		patience := silence
		if probe, err := AppKeyProbe.Lookup(known); err == nil && probe.Lines != nil {
			patience = 0 // the log has come as far as our own request
		}
		some := func(rows []LogRow) bool { return len(refreshesIn(rows)) > 0 }
		return refreshesIn(RuntimeLog.From(known).await(ctx, 0, patience, some)), nil
	},
}

func refreshesIn(rows []LogRow) []RefreshLine {
	var all []RefreshLine
	for _, r := range rows {
		if line, found := readRefresh(r); found {
			all = append(all, line)
		}
	}
	return all
}

// unguessable returns a text that nobody else has.
func unguessable() string { return rand.Text()[:16] }
