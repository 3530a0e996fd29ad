// Package browser reproduces what a person sees on a preview: it signs in with a test account in an installed Chrome,
// looks at a page that needs the session, and records all that the page asks for meanwhile.
//
// The preview's code runs in that browser. It gets an environment without any variable of ours and a profile of its
// own, which is deleted afterwards; a password is typed on WorkOS' sign-in page and nowhere else; and requests to
// addresses of the local machine or network are stopped as far as [Options.Lookup] says.
package browser

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Options say what to reproduce.
type Options struct {
	Program  string   // of the browser, as Find returns it
	Preview  *url.URL // the origin at which to begin
	Own      []string // further origins of the same deployment, to which signing in may return
	Path     string   // a page that needs the session, such as the app's debug page
	Entrance string   // path that leads to sign-in, for when Path does not; empty: none is known
	WorkOS   string   // origin of WorkOS' API, whose answers lead to the sign-in page
	ClientID string   // of WorkOS, where the team names it; without it a custom domain's sign-in page is not used
	Email    string   // of the test account
	Password string   // of the test account

	Header  map[string]string   // what opens a protected preview, for the origins of Opened alone
	Opened  []string            // origins of the deployment that may be sent Header
	Allowed []string            // HOST[:PORT] that may be asked although it is local
	Watch   time.Duration       // how long a page is watched after it came up; usually some seconds
	Redact  func(string) string // takes the secrets of the run out of a text
	Secrets []string            // that no picture may show, in whatever case they stand there
	Version string              // of previewgate, for the recording
	Flags   map[string]any      // further flags of the browser; a test maps host names with them

	// Lookup returns the addresses of a host, by which a page on the local network is told. Without it names are not
	// looked up.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
}

// A Reproduction is what came of it.
type Reproduction struct {
	Archive    []byte // HAR 1.2, without secrets
	Screenshot []byte // PNG of how the page stood at the end, without secrets; nil if it could not be taken

	SignIn   SignIn
	Landed   string   // address of the last page, without query
	Had      bool     // the browser held the session cookie, or was given it, when it came back
	Session  bool     // the browser holds the session cookie at the end
	Watched  int      // how many times the page was loaded and then watched for the whole time
	Debug    string   // the JSON that the page holds for previewgate, if it does
	Sessions []string // IDs of the WorkOS sessions that were begun; they are to be ended
}

// A SignIn says how far signing in came.
type SignIn string

// How far signing in came.
const (
	SignedIn     SignIn = "signed in"           // back at the preview, with a session
	NoForm       SignIn = "no form"             // the sign-in page has no field that is known
	WantsCode    SignIn = "wants a code"        // it sends a code by e-mail
	WantsMore    SignIn = "wants more"          // a second factor, an organization, a verification
	Refused      SignIn = "refused"             // it did not take the account
	NotSent      SignIn = "not sent to sign in" // the page opened without it
	Strayed      SignIn = "strayed"             // it ended on a host where no password is typed
	NoSession    SignIn = "no session"          // back at the preview, and no session cookie
	NotPermitted SignIn = "error page"          // WorkOS showed an error in place of the sign-in page
	Loops        SignIn = "redirect loop"       // it was sent round in circles
	Down         SignIn = "did not come up"     // the preview's page did not answer
	Restless     SignIn = "did not come to rest"
)

// ErrStart says that the browser did not start, and why.
var ErrStart = errors.New("the browser did not start")

// sessionCookie is the cookie in which AuthKit keeps the session, unless the app names it otherwise.
const sessionCookie = "wos-session"

const (
	lastLook = 3 * time.Second // how long the picture and what goes with it may take at the end
	closing  = time.Second     // how long the browser may take to end by itself
)

// Reproduce signs in and looks. What came of it so far is returned with the error as well; when ctx ran out of time, that
// takes some seconds more, and none when it was canceled.
func Reproduce(ctx context.Context, o Options) (Reproduction, error) {
	profile, err := os.MkdirTemp("", "previewgate-*")
	if err != nil {
		return Reproduction{}, err
	}
	defer remove(profile)
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	browser, cancel := chromedp.NewExecAllocator(life, o.flags(profile)...)
	defer cancel()
	tab, cancelTab := chromedp.NewContext(browser)
	defer cancelTab()
	v := &visit{Options: o, recorder: newRecorder()}
	if err := v.start(ctx, tab, end); err != nil {
		return Reproduction{}, err
	}
	err = v.until(ctx, tab)
	if errors.Is(ctx.Err(), context.Canceled) {
		end()
	} else {
		err = errors.Join(err, v.look(tab))
	}
	archive, archiveErr := v.recorder.har(o.Version, o.Redact)
	v.Archive, v.Sessions = archive, v.recorder.sessions()
	within, stop := context.WithTimeout(tab, closing)
	defer stop()
	_ = chromedp.Cancel(within) // waits for the browser to end, so that its profile can be deleted
	return v.Reproduction, errors.Join(err, archiveErr)
}

// remove deletes the profile. A process of the browser that is just ending may still write there.
func remove(profile string) {
	for range 10 {
		if os.RemoveAll(profile) == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// flags starts the browser without a window and without anything that is ours.
func (o Options) flags(profile string) []chromedp.ExecAllocatorOption {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(o.Program), chromedp.UserDataDir(profile), chromedp.NoInheritEnv,
		chromedp.Env("HOME="+profile, "PATH="+os.Getenv("PATH"), "TMPDIR="+temporary(profile), "LANG=en_US.UTF-8"),
		chromedp.Flag("lang", "en-US"), chromedp.WindowSize(1280, 900),
		chromedp.Flag("block-new-web-contents", true), // what another window asks for would not be seen
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chrome refuses to run as root with it
	}
	for name, value := range o.Flags {
		options = append(options, chromedp.Flag(name, value))
	}
	return options
}

// temporary is where the browser puts what it does not keep: with its profile, so that nothing is left of either. A path
// that is too long for the socket that it makes there would keep it from starting.
func temporary(profile string) string {
	const most = 104 - len("/org.chromium.Chromium.XXXXXX/SingletonSocket")
	if len(profile) < most {
		return profile
	}
	return os.TempDir()
}

// A visit is one use of the browser.
type visit struct {
	Options
	Reproduction
	recorder *recorder
}

// start opens the tab, and gives up when ctx is over.
func (v *visit) start(ctx, tab context.Context, end context.CancelFunc) error {
	giveUp := context.AfterFunc(ctx, end)
	defer giveUp()
	err := v.open(tab)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%w: %s", ErrStart, reason(err))
	}
	return nil
}

// until visits the preview until ctx is over.
func (v *visit) until(ctx, tab context.Context) error {
	visiting, cancel := context.WithCancel(tab)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	err := v.run(visiting)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// open starts the browser and records from then on.
func (v *visit) open(ctx context.Context) error {
	err := chromedp.Listen(ctx, func(event any) {
		v.recorder.handle(event)
		if id, ok := v.recorder.streams(event); ok {
			go v.stream(ctx, id)
		}
		if id, ok := v.recorder.actions(event); ok {
			go v.fetchBody(ctx, id)
		}
		switch e := event.(type) {
		case *fetch.EventRequestPaused:
			go v.letThrough(ctx, e)
		case *page.EventJavascriptDialogOpening:
			go dismiss(ctx, e)
		}
	})
	if err != nil {
		return err
	}
	_, enableErr := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	_, bypassErr := chromedp.Call(ctx, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true})
	_, pauseErr := chromedp.Call(ctx, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*"}}})
	return errors.Join(enableErr, bypassErr, pauseErr)
}

// dismiss answers a dialog, which would hold up the page and all that is asked of it, with no; whoever asks whether to
// leave the page is told yes.
func dismiss(ctx context.Context, e *page.EventJavascriptDialogOpening) {
	_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{
		Accept: e.Type == page.DialogTypeBeforeunload,
	})
}

// stream has an answer told as it comes: Next.js breaks off that of a server action once it has the result, and Chrome
// has no body of those afterwards.
func (v *visit) stream(ctx context.Context, id network.RequestID) {
	answer, err := chromedp.Call(ctx, network.StreamResourceContent, network.StreamResourceContentParams{RequestID: id})
	if err == nil {
		v.recorder.setHead(id, answer.BufferedData)
	}
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
	if err != nil || v.isLocal(target) || paused.ResourceType == network.ResourceTypeDocument && v.leadsInside(ctx, target) {
		_, _ = chromedp.Call(ctx, fetch.FailRequest, fetch.FailRequestParams{
			RequestID: paused.RequestID, ErrorReason: network.ErrorReasonBlockedByClient,
		})
		return
	}
	pass := fetch.ContinueRequestParams{RequestID: paused.RequestID}
	if len(v.Header) > 0 && slices.Contains(v.Opened, origin(target)) {
		for name, value := range paused.Request.Headers {
			pass.Headers = append(pass.Headers, &fetch.HeaderEntry{Name: name, Value: fmt.Sprint(value)})
		}
		for name, value := range v.Header {
			pass.Headers = append(pass.Headers, &fetch.HeaderEntry{Name: name, Value: value})
		}
	}
	_, _ = chromedp.Call(ctx, fetch.ContinueRequest, pass)
}

// isOwn reports whether a page is the deployment's.
func (v *visit) isOwn(u *url.URL) bool {
	return origin(u) == origin(v.Preview) || slices.Contains(v.Own, origin(u))
}

// run signs in, and looks at the page twice: what a page does when it is loaded anew is part of how it works.
func (v *visit) run(ctx context.Context) error {
	address := v.Preview.JoinPath(v.Path).String()
	if err := v.enter(ctx, address); err != nil {
		return err
	}
	if v.SignIn == NotSent && v.Entrance != "" && v.Entrance != v.Path {
		if err := v.enter(ctx, v.Preview.JoinPath(v.Entrance).String()); err != nil {
			return err
		}
	}
	if v.SignIn != SignedIn && v.SignIn != NoSession {
		return nil
	}
	for range 2 {
		if err := v.load(ctx, address); err != nil {
			return err
		}
		if v.SignIn == NoSession && !v.isOwn(v.recorder.place()) {
			return nil // it was sent to sign in once more
		}
		if err := v.watch(ctx); err != nil {
			return err
		}
		v.Watched++
	}
	return nil
}

// enter loads a page and signs in where that leads.
func (v *visit) enter(ctx context.Context, address string) (err error) {
	if err := v.load(ctx, address); err != nil {
		return err
	}
	v.SignIn, err = v.signIn(ctx)
	return err
}

// load goes to a page. One that does not come up is part of what is recorded; one whose load does not end, because
// something on it hangs, is looked at as it is.
func (v *visit) load(ctx context.Context, address string) error {
	loading, cancel := context.WithTimeout(ctx, loadTime)
	defer cancel()
	if chromedp.Do(loading, chromedp.Navigate(address)) != nil && loading.Err() != nil && ctx.Err() == nil {
		stopping, cancel := context.WithTimeout(ctx, answerTime)
		defer cancel()
		_, _ = chromedp.Call(stopping, page.StopLoading, cdp.Empty{})
	}
	return ctx.Err()
}

const (
	loadTime   = 10 * time.Second // that a page may take to load
	answerTime = 5 * time.Second  // that the browser may take to answer a question
	patience   = 15 * time.Second // for each step that waits for a page to change, or to change no more
)

// look keeps how things stand at the end. It sets Landed when all of it but the picture is known.
func (v *visit) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lastLook)
	defer cancel()
	has, err := v.hasSession(ctx)
	if err != nil {
		return err
	}
	landed, err := v.location(ctx)
	if err != nil {
		return err
	}
	v.Session, v.Landed = has, landed
	v.Screenshot, _ = v.picture(ctx) // it is worth having, not failing for
	return nil
}

// location is where the tab is, without query.
func (v *visit) location(ctx context.Context) (string, error) {
	address, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return "", err
	}
	at, _ := v.at(form{Address: address})
	return archivist{v.Redact}.address((&url.URL{Scheme: at.Scheme, Host: at.Host, Path: at.Path}).String()), nil
}

func (v *visit) hasSession(ctx context.Context) (bool, error) {
	jar, err := chromedp.Call(ctx, network.GetCookies, network.GetCookiesParams{URLs: append([]string{v.Preview.String()}, v.Own...)})
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

// reason is what a browser that does not start says of it: the line that names an error, or else the first one.
// Chromedp puts a line of its own before them.
func reason(err error) string {
	var said []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" && line != "chrome failed to start:" {
			said = append(said, line)
		}
	}
	telling := slices.IndexFunc(said, func(line string) bool {
		return strings.Contains(line, "ERROR:") || strings.Contains(line, "FATAL:") || strings.Contains(line, "No usable sandbox")
	})
	if len(said) == 0 {
		return "it says nothing"
	}
	line := said[max(telling, 0)]
	if _, text, found := strings.Cut(line, "] "); found && line[0] == '[' { // the browser's log says where in it that is
		line = text
	}
	return clip(line)
}
