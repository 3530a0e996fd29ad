package facts

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/previewgate/previewgate/gate"
	"github.com/previewgate/previewgate/internal/web"
)

// A LogRow is one line of the deployment's runtime log.
type LogRow struct {
	ID      string
	Message string
	Path    string
	Host    string
}

// A LogStream is the runtime log of the deployment, from when it was opened.
// Vercel keeps nothing that was written before.
type LogStream struct {
	mu      sync.Mutex
	rows    []LogRow
	more    chan struct{} // closed at the next row, and at the end
	over    bool
	trouble string // why it is over before the run is
}

// opening is how long the log is waited for. A server may say nothing, not
// even that all is well, before it has a line to send.
const opening = 2 * time.Second

// RuntimeLog is the deployment's runtime log, open. A fact that provokes the
// app into writing something lists it under Uses, so that it is open before.
// It is read until the HTTP client is closed at the end of the run.
var RuntimeLog = &gate.Fact[*LogStream]{
	Name:  "runtime log",
	Needs: []gate.Need{Web, Vercel, Deployment},
	Learn: func(ctx context.Context, known *gate.Facts) (*LogStream, error) {
		d := Deployment.From(known)
		if d.State != "" && d.State != "READY" {
			return nil, gate.Moot("Vercel has no deployment that runs: " + d.State)
		}
		path := "/v1/projects/" + url.PathEscape(d.ProjectID) + "/deployments/" + url.PathEscape(d.ID) + "/runtime-logs?format=lines"
		request := vercelRequest(Vercel.From(known), path)
		request.Header.Set("Accept", "application/stream+json")
		stream, opened := &LogStream{more: make(chan struct{})}, make(chan error, 1)
		go stream.open(context.WithoutCancel(ctx), Web.From(known), request, opened)
		timer := time.NewTimer(opening)
		defer timer.Stop()
		select {
		case err := <-opened:
			return stream, err
		case <-timer.C:
			return stream, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	},
}

// open asks for the log, says how that went, and reads it.
func (l *LogStream) open(ctx context.Context, client *web.Client, request web.Request, opened chan<- error) {
	response, err := client.Open(ctx, request)
	if err == nil && response.StatusCode != http.StatusOK {
		err = refusedLog(response)
	}
	opened <- err
	if err != nil {
		l.end(err.Error())
		return
	}
	l.read(response.Body)
	l.end("the runtime log ended")
}

// refusedLog words why there is no log. A token that may not read it is as
// good as none: the other checks do without.
func refusedLog(response *http.Response) error {
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 16<<10)) // what cannot be read has no code
	if response.StatusCode == http.StatusForbidden || response.StatusCode == http.StatusUnauthorized {
		return gate.NotGiven{What: "the VERCEL_TOKEN's permission to read runtime logs", Unlock: "VERCEL_TOKEN that may read runtime logs"}
	}
	return refusedByVercel(&web.Response{Status: response.StatusCode, Header: response.Header, Body: body})
}

// The stream of a busy deployment is not read to its end.
const (
	maxLogRows = 5000
	maxLogRow  = 256 << 10
)

// read takes in one JSON object a line.
func (l *LogStream) read(body io.ReadCloser) {
	defer body.Close()
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, 0, 16<<10), maxLogRow)
	for n := 0; n < maxLogRows && lines.Scan(); n++ {
		var row struct{ RowID, Message, RequestPath, Domain, Source string }
		if json.Unmarshal(lines.Bytes(), &row) != nil || row.RowID == "" && row.Source == "delimiter" {
			continue // the second says that Vercel cut something off
		}
		l.add(LogRow{row.RowID, row.Message, row.RequestPath, row.Domain})
	}
}

// end says that there will be no more rows.
func (l *LogStream) end(why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over, l.trouble = true, why
	close(l.more)
}

// broken is why the log is over, and "" while it is not.
func (l *LogStream) broken() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.trouble
}

func (l *LogStream) add(row LogRow) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = append(l.rows, row)
	close(l.more)
	l.more = make(chan struct{})
}

// since returns the rows from the nth on, and what is closed when there are
// more; nil when there never will be.
func (l *LogStream) since(n int) ([]LogRow, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rows := append([]LogRow(nil), l.rows[min(n, len(l.rows)):]...)
	if l.over {
		return rows, nil
	}
	return rows, l.more
}

// count is how many rows there are.
func (l *LogStream) count() int {
	rows, _ := l.since(0)
	return len(rows)
}

// await returns the rows from the nth on, once enough says that they suffice,
// or when the time is up.
func (l *LogStream) await(ctx context.Context, n int, patience time.Duration, enough func([]LogRow) bool) []LogRow {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		rows, more := l.since(n)
		if more == nil || enough(rows) {
			return rows
		}
		select {
		case <-more:
		case <-timer.C:
			return rows
		case <-ctx.Done():
			return rows
		}
	}
}

// A CallbackProbe is a code that nobody issued, brought to the app's callback as
// after a sign-in: the app shows it to WorkOS together with its API key.
type CallbackProbe struct {
	Callback string // path
	Status   int    // of the callback's answer
	Lines    []string
	Waited   time.Duration
	Trouble  string // why the log was over; "" when it was not
}

// keyProbeWithin is how long the log is given to tell of the probe.
const keyProbeWithin = 10 * time.Second

// AppKeyProbe is what the runtime log says of a bogus code at the callback.
// It costs WorkOS one refused exchange, and signs nobody in.
var AppKeyProbe = &gate.Fact[CallbackProbe]{
	Name:   "what the runtime log says of a bogus code",
	Needs:  []gate.Need{Web, RuntimeLog, SignIn, Hosts},
	Within: keyProbeWithin + 10*time.Second,
	Learn:  learnKeyProbe,
}

func learnKeyProbe(ctx context.Context, known *gate.Facts) (CallbackProbe, error) {
	in, log := SignIn.From(known), RuntimeLog.From(known)
	callback, err := url.Parse(in.RedirectURI)
	if err != nil || callback.Path == "" || !isOneOf(Hosts.From(known), callback) {
		return CallbackProbe{}, gate.Moot("the redirect URI is not known to be on this deployment")
	}
	base := &url.URL{Scheme: callback.Scheme, Host: callback.Host}
	client := Web.From(known)
	site := newSite(client, base, !client.Knows(origin(base)))
	state, jar, err := site.beginSignIn(ctx, in.Path)
	if err != nil {
		return CallbackProbe{}, err
	}
	seen, asked := log.count(), time.Now()
	code := "previewgate_bogus_" + strings.ToLower(unguessable())
	header := document()
	if len(jar) > 0 {
		header.Set("Cookie", jar.String())
	}
	query := url.Values{"code": {code}}
	if state != "" {
		query.Set("state", state)
	}
	hop, err := site.app(ctx, callback.EscapedPath()+"?"+query.Encode(), header)
	if err != nil {
		return CallbackProbe{}, err
	}
	tells := func(rows []LogRow) []string {
		return messages(rows, aboutProbe(requestID(hop.Header), code, callback.Path))
	}
	rows := log.await(ctx, seen, keyProbeWithin, func(rows []LogRow) bool { return Exchanged(tells(rows)) != NoExchange })
	return CallbackProbe{callback.Path, hop.Status, tells(rows), time.Since(asked).Round(time.Second), log.broken()}, nil
}

// aboutProbe selects the rows that a request with this ID and code left, and
// what others at the callback left that tells of the key.
func aboutProbe(id, code, callback string) func(LogRow) bool {
	return func(r LogRow) bool {
		isOurs := id != "" && strings.Contains(r.ID, id) || strings.Contains(r.Message, code)
		return isOurs || r.Path == callback && tellsOfKey(r)
	}
}

// tellsOfKey says whether a row at the callback tells how WorkOS took the
// app's key, whoever's sign-in it is about: the key is the same for all. That a
// sign-in could not be verified tells of nobody else's.
func tellsOfKey(r LogRow) bool {
	said := Exchanged([]string{r.Message})
	return said != NoExchange && said != ProbeRefused
}

func isOneOf(hosts []Host, u *url.URL) bool {
	for _, h := range hosts {
		if h.Origin == origin(u) {
			return true
		}
	}
	return false
}

// beginSignIn visits the sign-in path as a new visitor, and returns the state
// that WorkOS is sent and the cookies that go with it. AuthKit 2 sends a state
// only with something to return to.
func (s *Site) beginSignIn(ctx context.Context, path string) (state string, jar cookies, err error) {
	v, err := s.visit(ctx, path)
	if err != nil {
		return "", nil, err
	}
	for _, hop := range v.Hops {
		jar = jar.take(hop.Answer)
	}
	a, begins := readAuthorize(v.Next)
	if !begins {
		return "", nil, fmt.Errorf("%s on %s does not begin a sign-in", path, s.base.Host)
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		return "", nil, err
	}
	return u.Query().Get("state"), jar, nil
}

// requestID is the part of x-vercel-id that the log knows a request by.
func requestID(header http.Header) string {
	id := header.Get("X-Vercel-Id")
	return id[strings.LastIndex(id, ":")+1:]
}

// messages lists what the rows say that are wanted, shortened.
func messages(rows []LogRow, wanted func(LogRow) bool) []string {
	var all []string
	for _, r := range rows {
		if wanted(r) {
			all = append(all, shorten(r.Message, 2000))
		}
	}
	return all
}

// shorten cuts a text that somebody may have made as long as they like.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
