package facts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// A Handout is how the deployed app hands its client an access token.
type Handout struct {
	By     string // the cookie or the server action
	Path   string // where it was asked for
	Issued bool
	Token  Token
	Status int    // of the server action's answer
	Said   string // what the action returned in place of a token
}

// The ways in which AuthKit hands tokens out.
const (
	ByCookie = "the cookie " + eagerCookie
	ByAction = "the server action " + tokenAction
)

const tokenAction = "getAccessTokenAction"

// AppToken is the token that the deployed app hands to its client in the test
// account's session.
var AppToken = &gate.Fact[Handout]{
	Name:  "access token of the app",
	Needs: []gate.Need{Web, Main, AppVisits},
	Uses:  []gate.Need{ClientBundle},
	Learn: learnAppToken,
}

func learnAppToken(ctx context.Context, known *gate.Facts) (Handout, error) {
	a := AppVisits.From(known)
	h := Handout{By: ByCookie, Path: a.Visits[0].Path}
	if a.eager.text != "" {
		h.Issued, h.Token = true, a.eager
		return h, nil
	}
	bundle, err := ClientBundle.Lookup(known)
	if err != nil {
		return Handout{}, err
	}
	id := bundle.Actions[tokenAction]
	switch {
	case id == "" && bundle.Missed > 0:
		return Handout{}, fmt.Errorf("%d client chunks could not be read", bundle.Missed)
	case id == "":
		return Handout{}, gate.Moot("neither a cookie nor a server action of AuthKit's hands out access tokens")
	}
	h.By = ByAction
	site := Main.From(known)
	resp, err := site.client.Do(ctx, web.Request{
		Method: http.MethodPost, URL: site.origin() + h.Path, Body: []byte("[]"), Safe: true, Public: site.public,
		Header: http.Header{
			"Next-Action": {id}, "Accept": {"text/x-component"}, "Content-Type": {"text/plain;charset=UTF-8"},
			"Cookie": {a.cookie},
		},
	})
	if err != nil {
		return Handout{}, err
	}
	if h.Status = resp.Status; resp.Location() != nil {
		return Handout{}, gate.Moot("the app sends the test account to sign in again")
	}
	h.read(Web.From(known), resp)
	return h, nil
}

// read takes the token from the answer of the server action.
func (h *Handout) read(client *web.Client, resp *web.Response) {
	if resp.Status != http.StatusOK {
		return
	}
	text, err := actionResult(string(resp.Body))
	client.Hide(text)
	if err != nil {
		h.Said = err.Error()
		return
	}
	h.Token, err = readIssued(text, clockOf(resp))
	if h.Issued = err == nil; !h.Issued {
		h.Said = "a text that is no JWT"
	}
}

// actionResult reads the text that a server action returns. Its answer is
// rows of React's flight format: the first names the row of the result. A
// long text has a row of its own, of as many bytes as it says.
func actionResult(flight string) (string, error) {
	rows := flightRows(flight)
	var head struct{ A string }
	if json.Unmarshal([]byte(rows["0"]), &head) != nil || !strings.HasPrefix(head.A, "$@") {
		return "", errors.New("something other than a result")
	}
	result, found := rows[head.A[len("$@"):]]
	var text string
	var failure struct{ Error string }
	switch {
	case !found:
		return "", errors.New("no result")
	case json.Unmarshal([]byte(result), &text) != nil:
		if json.Unmarshal([]byte(result), &failure) == nil && failure.Error != "" {
			return "", errors.New("the error " + strconv.Quote(clip(failure.Error)))
		}
		return "", errors.New("no text")
	case text == "$undefined" || text == "":
		return "", errors.New("nothing")
	}
	if long, isLong := rows[strings.TrimPrefix(text, "$")]; isLong && long != "" && text[0] == '$' {
		return long, nil
	}
	return text, nil
}

// flightRows reads the rows, by the numbers that they have.
func flightRows(flight string) map[string]string {
	rows := make(map[string]string)
	for flight != "" {
		id, rest, found := strings.Cut(flight, ":")
		if !found {
			break
		}
		if size, text, isText := strings.Cut(rest, ","); isText && strings.HasPrefix(size, "T") {
			if n, err := strconv.ParseUint(size[1:], 16, 31); err == nil && n <= uint64(len(text)) {
				rows[id], flight = text[:n], text[n:]
				continue
			}
		}
		rows[id], flight, _ = strings.Cut(rest, "\n")
	}
	return rows
}
