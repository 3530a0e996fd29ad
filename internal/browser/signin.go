package browser

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"
)

// A form is what the tab shows, as far as it matters for signing in.
type form struct {
	Address  string  `json:"address"`
	Email    bool    `json:"email"`    // a field for an e-mail address is to be filled in
	Password bool    `json:"password"` // a field for a password
	Code     bool    `json:"code"`     // a field for a code, or several for a digit each
	Mails    bool    `json:"mails"`    // all that the form can do is to send a code
	Wrong    string  `json:"wrong"`    // how the page says that a value is wrong
	Ready    bool    `json:"ready"`    // the document is loaded
	Since    float64 `json:"since"`    // when the browser went to the document, by which one is told from the next
}

// asks reports whether there is something to fill in.
func (f form) asks() bool { return f.Email || f.Password || f.Code }

// refuses reports whether the page says that what was sent from another form, or from itself, is wrong. What it said
// before is no answer, and neither is what a page says that goes on to ask for something else.
func (f form) refuses(sent form) bool {
	return f.Wrong != "" && f.Wrong != sent.Wrong && f.Email == sent.Email && f.Password == sent.Password
}

// readForm looks at the page. WorkOS changes its sign-in page as it likes, so fields are told by what every sign-in page
// has: their types, and what browsers fill in by. Next.js announces each page in an element with the role of an alert.
const readForm = `(() => {
	const visible = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden" && !e.disabled && !e.readOnly;
	const all = (s) => [...document.querySelectorAll(s)].filter(visible);
	const any = (s) => all(s).length > 0;
	const says = (e) => e.closest("next-route-announcer") || e.id === "__next-route-announcer__" ? "" : e.textContent.trim();
	const email = any('` + emailField + `'), password = any('` + passwordField + `');
	const ways = all('form button, form input[type="submit"]').filter((b) => b.type === "submit");
	return {
		address: location.href, email, password,
		code: any('input[autocomplete="one-time-code"], input[name="code"], input[inputmode="numeric"]'),
		mails: email && !password && ways.length > 0 && ways.every((b) => ` + mailsCode + `.test(b.textContent || b.value)),
		wrong: [...all('[role="alert"]').map(says).filter(Boolean), ...all('[aria-invalid="true"]').map(() => "invalid")].join("\n"),
		ready: document.readyState === "complete", since: performance.timeOrigin,
	};
})()`

// mailsCode tells the button of a sign-in page that sends a code by e-mail.
const mailsCode = `/\b(code|magic link)\b/i`

// fillForm types into the first field that fits, as a person would: the page's own code sees each event. It does nothing
// on a page that has taken the place of the one that was looked at.
const fillForm = `((origin, selector, value) => {
	if (location.origin !== origin) return false;
	const visible = (e) => e.getClientRects().length > 0 && !e.disabled && !e.readOnly;
	const field = [...document.querySelectorAll(selector)].find(visible);
	if (!field) return false;
	field.focus();
	Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, value);
	field.dispatchEvent(new Event("input", { bubbles: true }));
	field.dispatchEvent(new Event("change", { bubbles: true }));
	return true;
})`

// submitForm sends the form of the field that has the focus, by a button that sends no code where there is one.
const submitForm = `(() => {
	const form = document.activeElement?.form;
	if (!form) return false;
	const ways = [...form.querySelectorAll('button, input[type="submit"]')]
		.filter((b) => b.type === "submit" && !b.disabled && b.getClientRects().length > 0);
	form.requestSubmit(ways.find((b) => !` + mailsCode + `.test(b.textContent || b.value)) ?? ways[0]);
	return true;
})()`

const (
	emailField    = `input[type="email"], input[name="email"], input[autocomplete~="username"], input[autocomplete~="email"]`
	passwordField = `input[type="password"]`
)

const (
	maxSteps = 4  // forms that are sent: one for the address and one for the password are usual
	maxTurns = 12 // pages that are looked at meanwhile
	drawing  = 10 * time.Second
)

// signIn goes through the sign-in page, if there is one, and reports how far it came. Who comes back to the preview and
// is sent to sign in again, twice, is in a loop, wherever that ends.
func (v *visit) signIn(ctx context.Context) (SignIn, error) {
	how, err := v.goThrough(ctx)
	if err == nil && how != SignedIn && how != NoSession && v.callbacks() > 1 {
		return Loops, nil
	}
	return how, err
}

func (v *visit) goThrough(ctx context.Context) (SignIn, error) {
	var sent form // the last one
	passwords := 0
	for step, turn := 0, 0; turn < maxTurns; turn++ {
		f, rests, err := v.settle(ctx)
		if err != nil {
			return "", err
		}
		if !rests {
			return Restless, nil
		}
		at, up := v.at(f)
		switch {
		case !up && v.recorder.circled():
			return Loops, nil
		case !up && v.isOwn(at) && v.recorder.unanswered():
			return Down, nil
		case v.isOwn(at):
			return v.returned(ctx, step > 0)
		case !v.mayType(at) && v.callbacks() > 0 && v.gave(sessionCookie): // the app has led it on, as one that signs out does
			return v.returned(ctx, step > 0)
		case !v.mayType(at):
			return Strayed, nil
		case step > 0 && f.refuses(sent), f.Password && passwords > v.callbacks():
			return Refused, nil
		case f.Code, f.Mails:
			return WantsCode, nil
		case step == maxSteps:
			return WantsMore, nil
		case f.asks():
			if err := v.send(ctx, at, f); err != nil {
				return "", err
			}
			if sent = f; f.Password {
				passwords++
			}
			step++
			continue
		case strings.Contains(at.Path, "invalid"), strings.HasPrefix(at.Hostname(), "error."):
			return NotPermitted, nil
		}
		changed, err := v.change(ctx, f, drawing) // the page's own script may be about to draw the fields
		switch {
		case err != nil:
			return "", err
		case changed:
		case step > 0:
			return WantsMore, nil
		default:
			return NoForm, nil
		}
	}
	return WantsMore, nil
}

// at is where a form stands. In place of a page that did not come up, or that has no content, the browser shows one of
// its own.
func (v *visit) at(f form) (at *url.URL, up bool) {
	at, err := url.Parse(f.Address)
	if err != nil || at.Scheme == "chrome-error" || at.Scheme == "about" {
		return v.recorder.place(), false
	}
	return at, true
}

// returned reports what it means to be at the preview.
func (v *visit) returned(ctx context.Context, sent bool) (SignIn, error) {
	has, err := v.hasSession(ctx)
	switch {
	case err != nil:
		return "", err
	case has, v.gave(sessionCookie): // it may be gone again already
		v.Had = has
		return SignedIn, nil
	case sent:
		return NoSession, nil
	}
	return NotSent, nil
}

// send fills in what the form asks for and sends it.
func (v *visit) send(ctx context.Context, at *url.URL, f form) error {
	if f.Email {
		if err := fill(ctx, at, emailField, v.Email); err != nil {
			return err
		}
	}
	if f.Password {
		if err := fill(ctx, at, passwordField, v.Password); err != nil {
			return err
		}
	}
	if _, err := evaluate[bool](ctx, submitForm); err != nil {
		return err
	}
	_, err := v.change(ctx, f, patience)
	return err
}

func fill(ctx context.Context, at *url.URL, field, value string) error {
	_, err := evaluate[bool](ctx, fillForm+"("+literal(origin(at))+", "+literal(field)+", "+literal(value)+")")
	return err
}

// change waits until the page is another one, or asks for something else, or complains, and reports whether it did.
func (v *visit) change(ctx context.Context, before form, most time.Duration) (bool, error) {
	deadline := time.Now().Add(most)
	for time.Now().Before(deadline) {
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return false, err
		}
		now, err := v.form(ctx)
		if err != nil {
			continue // between two pages there is none to ask
		}
		if now.Address != before.Address || now.Since != before.Since || now.Email != before.Email || now.Password != before.Password || now.Code != before.Code ||
			now.Wrong != before.Wrong && now.Wrong != "" {
			return true, nil
		}
	}
	return false, nil
}

// settle waits until the tab shows a page that stays, and reports whether it does: redirects and scripts may take it on.
// A page whose load does not end has to stay for longer.
func (v *visit) settle(ctx context.Context) (last form, rests bool, err error) {
	const ready, loading = 5, 20
	still := 0
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		now, err := v.form(ctx)
		switch {
		case ctx.Err() != nil:
			return form{}, false, ctx.Err()
		case err == nil && now.same(last):
			if still++; still >= ready && now.Ready || still >= loading {
				return now, true, nil
			}
		default:
			still = 0
		}
		if err == nil {
			last = now
		}
		if err := pause(ctx, 150*time.Millisecond); err != nil {
			return form{}, false, err
		}
	}
	return last, false, nil
}

// same reports whether the page asks for the same, at the same place.
func (f form) same(other form) bool {
	f.Wrong, other.Wrong, f.Ready, other.Ready = "", "", false, false
	return f == other
}

func (v *visit) form(ctx context.Context) (form, error) {
	return evaluate[form](ctx, readForm)
}

// mayType reports whether a password may be typed on a page: it is on WorkOS' own domains, or WorkOS' API has sent the
// browser there for the client that the team names. It is never the preview's, whose code is a pull request's; and a
// custom domain of just any client may be in anybody's hands.
func (v *visit) mayType(at *url.URL) bool {
	host := strings.ToLower(at.Hostname())
	if v.isOwn(at) || strings.HasSuffix(host, ".vercel.app") {
		return false
	}
	if at.Scheme == "https" && (strings.HasSuffix(host, ".authkit.app") || strings.HasSuffix(host, ".workos.com")) {
		return true
	}
	return v.ClientID != "" && v.recorder.sentBy(v.WorkOS, v.ClientID)[origin(at)]
}

// sentBy lists the origins that WorkOS' API has led a client's visitors to.
func (r *recorder) sentBy(api, client string) map[string]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	origins := make(map[string]bool)
	for _, e := range r.entries {
		from, err := url.Parse(e.url)
		if err != nil || origin(from) != api || from.Query().Get("client_id") != client || e.status < 300 || e.status > 399 {
			continue
		}
		if to, err := from.Parse(header(e.answered, "location")); err == nil {
			origins[origin(to)] = true
		}
	}
	return origins
}

// gave reports whether an answer of the deployment has set a cookie.
func (v *visit) gave(cookie string) bool {
	return v.recorder.some(func(e *entry, at *url.URL) bool {
		if !v.isOwn(at) {
			return false
		}
		for line := range strings.SplitSeq(header(e.answered, "set-cookie"), "\n") {
			pair, _, _ := strings.Cut(line, ";")
			if name, value, _ := strings.Cut(pair, "="); strings.TrimSpace(name) == cookie && strings.TrimSpace(value) != "" {
				return true
			}
		}
		return false
	}) > 0
}

// callbacks counts how many times the browser came back to the deployment with a code of WorkOS'.
func (v *visit) callbacks() int {
	return v.recorder.some(func(e *entry, at *url.URL) bool {
		return e.kind == document && v.isOwn(at) && at.Query().Has("code")
	})
}

// document is the kind of the requests for what the tab shows.
const document = "document"

// some counts the entries of which a test holds.
func (r *recorder) some(holds func(e *entry, at *url.URL) bool) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.entries {
		if at, err := url.Parse(e.url); err == nil && holds(e, at) {
			n++
		}
	}
	return n
}

// shows returns the last document that the tab asked for, and nothing before the first. Documents of frames are not told
// apart; where it matters, the tab shows an error.
func (r *recorder) shows() (e entry) {
	r.some(func(next *entry, _ *url.URL) bool {
		if next.kind == document {
			e = *next
		}
		return false
	})
	return e
}

// place is where the last document came from.
func (r *recorder) place() *url.URL {
	at, err := url.Parse(r.shows().url)
	if err != nil {
		return new(url.URL)
	}
	return at
}

// circled reports whether the browser, which shows an error, gave the last document up because redirects took it on without
// end: it does not always say so.
func (r *recorder) circled() bool {
	last := r.shows()
	return last.failure == "net::ERR_TOO_MANY_REDIRECTS" || last.status >= 300 && last.status < 400
}

// unanswered reports whether the last document was not answered.
func (r *recorder) unanswered() bool { return r.shows().status == 0 }

func origin(u *url.URL) string { return u.Scheme + "://" + strings.ToLower(u.Host) }

// literal writes a text as JavaScript does.
func literal(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}
