// Package browser reproduces what a person sees on a preview: it signs in with a test account in an installed Chrome,
// looks at a page that needs the session, and records all that the page asks for meanwhile.
//
// The preview's code runs in that browser. It gets an environment without any variable of ours and a profile of its
// own, which is deleted afterwards; a password is typed on WorkOS' sign-in page and nowhere else; and requests to
// addresses of the local machine or network are not let through.
package browser

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Options say what to reproduce.
type Options struct {
	Program  string   // of the browser, as Find returns it
	Preview  *url.URL // its origin
	Path     string   // a page that needs the session, such as the app's debug page
	WorkOS   string   // origin of WorkOS' API, whose answers lead to the sign-in page
	ClientID string   // of WorkOS, where the team names it; without it a custom domain's sign-in page is not used
	Email    string   // of the test account
	Password string   // of the test account

	Header  map[string]string   // headers for the preview's origin alone: what opens a protected preview
	Allowed []string            // HOST[:PORT] that may be asked although it is local
	Watch   time.Duration       // how long a page is watched after it came up; usually some seconds
	Redact  func(string) string // takes the secrets of the run out of a text
	Version string              // of previewgate, for the recording
	Flags   map[string]any      // further flags of the browser; a test maps host names with them
}

// A Reproduction is what came of it.
type Reproduction struct {
	Archive    []byte // HAR 1.2, without secrets
	Screenshot []byte // PNG of how the page stood at the end, without secrets; nil if it could not be taken

	SignIn  SignIn
	Landed  string // address of the last page, without query
	Session bool   // the browser holds the session cookie at the end
	Debug   string // the JSON that the page holds for previewgate, if it does
}

// A SignIn says how far signing in came.
type SignIn string

// How far signing in came.
const (
	SignedIn     SignIn = "signed in"           // back at the preview, with a session
	NoForm       SignIn = "no form"             // the sign-in page has no field that is known
	WantsCode    SignIn = "wants a code"        // it sent a code by e-mail
	WantsMore    SignIn = "wants more"          // a second factor, an organization, a verification
	Refused      SignIn = "refused"             // it did not take the account
	NotSent      SignIn = "not sent to sign in" // the page opened without it
	Strayed      SignIn = "strayed"             // it ended on a host where no password is typed
	NoSession    SignIn = "no session"          // back at the preview, and no session cookie
	NotPermitted SignIn = "error page"          // WorkOS showed an error in place of the sign-in page
)

// sessionCookie is the cookie in which AuthKit keeps the session, unless the app names it otherwise.
const sessionCookie = "wos-session"

// Reproduce signs in and looks. What came of it so far is returned with the error as well.
func Reproduce(ctx context.Context, o Options) (Reproduction, error) {
	profile, err := os.MkdirTemp("", "previewgate-browser-*")
	if err != nil {
		return Reproduction{}, err
	}
	defer os.RemoveAll(profile)
	ctx, cancel := chromedp.NewExecAllocator(ctx, o.flags(profile)...)
	defer cancel()
	ctx, cancelTab := chromedp.NewContext(ctx)
	defer cancelTab()
	v := &visit{Options: o, recorder: newRecorder()}
	if err := v.open(ctx); err != nil {
		return Reproduction{}, fmt.Errorf("the browser did not start: %s", firstLine(err))
	}
	err = v.run(ctx)
	archive, archiveErr := v.recorder.har(o.Version, o.Redact)
	v.Archive = archive
	_ = chromedp.Cancel(ctx) // waits for the browser to end, so that its profile can be deleted
	return v.Reproduction, errors.Join(err, archiveErr)
}

// flags starts the browser without a window and without anything that is ours.
func (o Options) flags(profile string) []chromedp.ExecAllocatorOption {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(o.Program), chromedp.UserDataDir(profile), chromedp.NoInheritEnv,
		chromedp.Env("HOME="+profile, "PATH="+os.Getenv("PATH"), "TMPDIR="+os.TempDir(), "LANG=en_US.UTF-8"),
		chromedp.Flag("lang", "en-US"), chromedp.WindowSize(1280, 900),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chrome refuses to run as root with it
	}
	for name, value := range o.Flags {
		options = append(options, chromedp.Flag(name, value))
	}
	return options
}

// A visit is one use of the browser.
type visit struct {
	Options
	Reproduction
	recorder *recorder
}

// open starts the browser and records from then on.
func (v *visit) open(ctx context.Context) error {
	err := chromedp.Listen(ctx, func(event any) {
		v.recorder.handle(event)
		if id, ok := v.recorder.actions(event); ok {
			go v.fetchBody(ctx, id)
		}
		if paused, ok := event.(*fetch.EventRequestPaused); ok {
			go v.letThrough(ctx, paused)
		}
	})
	if err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		return err
	}
	_, err = chromedp.Call(ctx, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*"}}})
	return err
}

func (v *visit) fetchBody(ctx context.Context, id network.RequestID) {
	answer, err := chromedp.Call(ctx, network.GetResponseBody, network.GetResponseBodyParams{RequestID: id})
	if err == nil {
		v.recorder.setBody(id, answer.Body)
	}
}

// letThrough lets a request go, with what the preview's origin is to get, or stops it.
func (v *visit) letThrough(ctx context.Context, paused *fetch.EventRequestPaused) {
	target, err := url.Parse(paused.Request.URL)
	if err != nil || v.isLocal(target) {
		_, _ = chromedp.Call(ctx, fetch.FailRequest, fetch.FailRequestParams{
			RequestID: paused.RequestID, ErrorReason: network.ErrorReasonBlockedByClient,
		})
		return
	}
	pass := fetch.ContinueRequestParams{RequestID: paused.RequestID}
	if len(v.Header) > 0 && target.Scheme == v.Preview.Scheme && target.Host == v.Preview.Host {
		for name, value := range paused.Request.Headers {
			pass.Headers = append(pass.Headers, &fetch.HeaderEntry{Name: name, Value: fmt.Sprint(value)})
		}
		for name, value := range v.Header {
			pass.Headers = append(pass.Headers, &fetch.HeaderEntry{Name: name, Value: value})
		}
	}
	_, _ = chromedp.Call(ctx, fetch.ContinueRequest, pass)
}

// run signs in, and looks at the page twice: what a page does when it is loaded anew is part of how it works.
func (v *visit) run(ctx context.Context) error {
	page := v.Preview.JoinPath(v.Path).String()
	if err := v.load(ctx, page); err != nil {
		return err
	}
	how, err := v.signIn(ctx)
	if err != nil {
		return err
	}
	v.SignIn = how
	if how == SignedIn || how == NotSent {
		for range 2 {
			if err := v.load(ctx, page); err != nil {
				return err
			}
			if err := pause(ctx, v.Watch); err != nil {
				return err
			}
			if err := v.debug(ctx); err != nil {
				return err
			}
		}
	}
	return v.look(ctx)
}

// load goes to a page. A page that does not come up is part of what is recorded.
func (v *visit) load(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := chromedp.Do(ctx, chromedp.Navigate(address))
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("the page did not come up within %s", patience)
	}
	return nil
}

// patience bounds each step that waits for a page.
const patience = 20 * time.Second

// look keeps how things stand at the end.
func (v *visit) look(ctx context.Context) error {
	var err error
	if v.Landed, err = v.location(ctx); err != nil {
		return err
	}
	if v.Session, err = v.hasSession(ctx); err != nil {
		return err
	}
	if v.hide(ctx) == nil {
		v.Screenshot, _ = chromedp.Run(ctx, chromedp.CaptureScreenshot()) // a picture is worth having, not failing for
	}
	return nil
}

// location is where the tab is, without query.
func (v *visit) location(ctx context.Context) (string, error) {
	address, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return "", err
	}
	return archivist{v.Redact}.address(strings.SplitN(address, "?", 2)[0]), nil
}

func (v *visit) hasSession(ctx context.Context) (bool, error) {
	jar, err := chromedp.Call(ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{v.Preview.String()}})
	if err != nil {
		return false, err
	}
	for _, c := range jar.Cookies {
		if c.Name == sessionCookie && c.Value != "" {
			return true, nil
		}
	}
	return false, nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
