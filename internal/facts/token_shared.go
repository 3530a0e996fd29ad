package facts

import (
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/previewgate/previewgate/gate"
)

// A Token is an access token of the test account, without the token itself:
// that is handed on and never recorded.
type Token struct {
	Claims Claims

	text string
	at   time.Time // when it was issued, by the clock of who issued it
}

// Claims are what a token says of itself. Nobody has verified them.
type Claims struct {
	KeyID     string // of its header
	Issuer    string
	Audience  []string
	Subject   string
	SessionID string
	ClientID  string    // that it says it is for, by itself or by its issuer
	Issued    time.Time // zero when it does not say
	Expires   time.Time // zero when it does not say
}

// AccessToken is a token that WorkOS issues to the test account for the app's
// client: the one that the app hands to its own client, or else the one that
// WorkOS handed to us.
var AccessToken = &gate.Fact[Token]{
	Name:  "access token of the test account",
	Needs: []gate.Need{Session},
	Uses:  []gate.Need{AppToken},
	Learn: learnAccessToken,
}

// ReadToken reads a JWT without verifying it.
func ReadToken(text string) (Token, error) {
	claims := jwt.MapClaims{}
	parsed, _, err := jwt.NewParser().ParseUnverified(text, claims)
	if err != nil {
		return Token{}, errNoToken
	}
	t := Token{text: text}
	t.Claims.KeyID, _ = parsed.Header["kid"].(string)
	t.Claims.Issuer, _ = claims.GetIssuer()
	t.Claims.Audience, _ = claims.GetAudience()
	t.Claims.Subject, _ = claims.GetSubject()
	t.Claims.SessionID, _ = claims["sid"].(string)
	t.Claims.ClientID, _ = claims["client_id"].(string)
	if t.Claims.ClientID == "" {
		t.Claims.ClientID = clientInIssuer.FindString(t.Claims.Issuer)
	}
	if at, err := claims.GetIssuedAt(); err == nil && at != nil {
		t.Claims.Issued = at.Time
	}
	if at, err := claims.GetExpirationTime(); err == nil && at != nil {
		t.Claims.Expires = at.Time
	}
	return t, nil
}

// tokenError is why a text is no token. It holds none of the text.
type tokenError string

func (e tokenError) Error() string { return string(e) }

const errNoToken tokenError = "what was issued is no JWT"
