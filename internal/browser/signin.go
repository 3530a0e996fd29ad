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
	Address  string `json:"address"`
	Email    bool   `json:"email"`    // a field for an e-mail address is to be filled in
	Password bool   `json:"password"` // a field for a password
	Code     bool   `json:"code"`     // a field for a code, or several for a digit each
	Wrong    bool   `json:"wrong"`    // the page says that a value is wrong
	Ready    bool   `json:"ready"`    // the document is loaded
}

// read looks at the page. WorkOS changes its sign-in page as it likes, so fields are told by what every sign-in page
// has: their types, and what browsers fill in by.
const readForm = `(() => {
	const visible = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden" && !e.disabled && !e.readOnly;
	const any = (s) => [...document.querySelectorAll(s)].some(visible);
	return {
		address: location.href,
		email: any('input[type="email"], input[name="email"], input[autocomplete~="username"], input[autocomplete~="email"]'),
		password: any('input[type="password"]'),
		code: any('input[autocomplete="one-time-code"], input[name="code"], input[inputmode="numeric"]'),
		wrong: any('[aria-invalid="true"], [role="alert"]'),
		ready: document.readyState === "complete",
	};
})()`

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

// submitForm sends the form of the field that has the focus.
const submitForm = `(() => {
	const form = document.activeElement?.form;
	if (!form) return false;
	const button = [...form.querySelectorAll('button, input[type="submit"]')]
		.find((b) => (b.type === "submit" || !b.type) && !b.disabled && b.getClientRects().length > 0);
	form.requestSubmit(button?.type === "submit" ? button : undefined);
	return true;
})()`

const (
	emailField    = `input[type="email"], input[name="email"], input[autocomplete~="username"], input[autocomplete~="email"]`
	passwordField = `input[type="password"]`
)

// maxSteps bounds how many forms are sent: one for the address and one for the password are usual.
const maxSteps = 4

// signIn goes through the sign-in page, if there is one, and reports how far it came.
func (v *visit) signIn(ctx context.Context) (SignIn, error) {
	for step := range maxSteps {
		f, err := v.settle(ctx)
		if err != nil {
			return "", err
		}
		at, err := url.Parse(f.Address)
		switch {
		case err != nil:
			return Strayed, nil
		case at.Host == v.Preview.Host:
			return v.returned(ctx, step > 0)
		case !v.mayType(at):
			return Strayed, nil
		case step > 0 && f.Wrong:
			return Refused, nil
		case f.Code:
			return WantsCode, nil
		case !f.Email && !f.Password:
			if strings.Contains(at.Path, "invalid") || strings.HasPrefix(at.Hostname(), "error.") {
				return NotPermitted, nil
			}
			if step > 0 {
				return WantsMore, nil
			}
			return NoForm, nil
		}
		if err := v.send(ctx, at, f); err != nil {
			return "", err
		}
	}
	return WantsMore, nil
}

// returned reports what it means to be at the preview.
func (v *visit) returned(ctx context.Context, sent bool) (SignIn, error) {
	has, err := v.hasSession(ctx)
	switch {
	case err != nil:
		return "", err
	case has, v.recorder.gave(v.Preview.Host, sessionCookie): // it may be gone again already
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
	before := f
	if _, err := evaluate[bool](ctx, submitForm); err != nil {
		return err
	}
	return v.change(ctx, before)
}

func fill(ctx context.Context, at *url.URL, field, value string) error {
	_, err := evaluate[bool](ctx, fillForm+"("+literal(origin(at))+", "+literal(field)+", "+literal(value)+")")
	return err
}

// change waits until the page is another one, or asks for something else, or complains.
func (v *visit) change(ctx context.Context, before form) error {
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
		now, err := v.form(ctx)
		if err != nil {
			continue // between two pages there is none to ask
		}
		if now.Address != before.Address || now.Password != before.Password || now.Code != before.Code || now.Wrong && !before.Wrong {
			return nil
		}
	}
	return nil
}

// settle waits until the tab shows a page that stays: redirects and scripts may take it on.
func (v *visit) settle(ctx context.Context) (form, error) {
	var last form
	still := 0
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		now, err := v.form(ctx)
		switch {
		case ctx.Err() != nil:
			return form{}, ctx.Err()
		case err == nil && now.Ready && now == last:
			if still++; still == 5 {
				return now, nil
			}
		default:
			still = 0
		}
		if err == nil {
			last = now
		}
		if err := pause(ctx, 150*time.Millisecond); err != nil {
			return form{}, err
		}
	}
	return last, nil
}

func (v *visit) form(ctx context.Context) (form, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return evaluate[form](ctx, readForm)
}

// mayType reports whether a password may be typed on a page: it is on WorkOS' own domains, or WorkOS' API has sent the
// browser there for the client that the team names. It is never the preview's, whose code is a pull request's; and a
// custom domain of just any client may be in anybody's hands.
func (v *visit) mayType(at *url.URL) bool {
	host := strings.ToLower(at.Hostname())
	if host == v.Preview.Hostname() || strings.HasSuffix(host, ".vercel.app") {
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

// gave reports whether an answer of a host has set a cookie.
func (r *recorder) gave(host, cookie string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.entries {
		if u, err := url.Parse(e.url); err != nil || u.Host != host {
			continue
		}
		for line := range strings.SplitSeq(header(e.answered, "set-cookie"), "\n") {
			pair, _, _ := strings.Cut(line, ";")
			if name, value, _ := strings.Cut(pair, "="); strings.TrimSpace(name) == cookie && strings.TrimSpace(value) != "" {
				return true
			}
		}
	}
	return false
}

func origin(u *url.URL) string { return u.Scheme + "://" + strings.ToLower(u.Host) }

// literal writes a text as JavaScript does.
func literal(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}
