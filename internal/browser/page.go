package browser

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// debugID is the id of the element in which an app's own debug page hands over what it knows, as JSON.
const debugID = "previewgate"

// watch looks at the page for as long as a page is watched, and keeps what it holds for previewgate, if it holds
// anything. Convex takes a moment to take a token, so the page is read until then; the last word counts.
func (v *visit) watch(ctx context.Context) error {
	const every = 250 * time.Millisecond
	for end := time.Now().Add(v.Watch); ; {
		if text, err := evaluate[string](ctx, readDebug); err == nil && text != "" {
			v.Debug = v.Redact(text)
		}
		left := time.Until(end)
		if left <= 0 {
			return ctx.Err()
		}
		if err := pause(ctx, min(left, every)); err != nil {
			return err
		}
	}
}

const readDebug = `String(document.getElementById("` + debugID + `")?.textContent ?? "").slice(0, 65536)`

// picture takes a picture without secrets. Where one is drawn that was not there before, there is none.
func (v *visit) picture(ctx context.Context) ([]byte, error) {
	shown, err := v.shown(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := evaluate[bool](ctx, maskPage+list(append(shown, v.Email))+")"); err != nil {
		return nil, err
	}
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return nil, err
	}
	if late, err := v.shown(ctx); err != nil || len(late) > 0 {
		return nil, errors.Join(err, errors.New("the page shows a secret"))
	}
	return picture, nil
}

// shown lists the secrets that the page shows. They are compared here, so that the page's process gets none that it
// does not have.
func (v *visit) shown(ctx context.Context) ([]string, error) {
	text, err := evaluate[string](ctx, readPage)
	if err != nil {
		return nil, err
	}
	text = strings.ToLower(text)
	var shown []string
	for _, s := range v.Secrets {
		if len(s) >= shortestSecret && strings.Contains(text, strings.ToLower(s)) {
			shown = append(shown, s)
		}
	}
	return shown, nil
}

// shortestSecret is how long a text must be to be masked: a shorter one stands in too many others.
const shortestSecret = 6

// readPage returns the texts of the page, also of its shadows.
const readPage = `((walk) => walk(document, walk).join("\n"))((root, walk) => {
	const all = [];
	const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
	for (let n = texts.nextNode(); n; n = texts.nextNode()) all.push(n.data);
	for (const e of root.querySelectorAll("*")) if (e.shadowRoot) all.push(...walk(e.shadowRoot, walk));
	return all;
})`

// maskPage takes out of the page what a picture must not show: the texts that it is given, in whatever case, what was
// typed, and whatever looks like a token.
const maskPage = `((secrets) => {
	const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
	const known = secrets.filter(Boolean).map((s) => new RegExp(literal(s), "gi"));
	const mask = (text) => known.reduce((t, s) => t.replace(s, "***"), text)
		.replace(/[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g, "***").replace(/Fe26\.2\S+/g, "***").replace(/\b(sk|user|session|org|client)_\w{8,}/g, "$1_***");
	const watched = new WeakSet();
	const again = new MutationObserver(() => walk(document)); // a page that writes it anew is masked before it is drawn
	const walk = (root) => {
		if (!watched.has(root)) {
			watched.add(root);
			again.observe(root, {subtree: true, childList: true, characterData: true});
		}
		const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
		for (let n = texts.nextNode(); n; n = texts.nextNode()) {
			const masked = mask(n.data);
			if (masked !== n.data) n.data = masked;
		}
		for (const e of root.querySelectorAll("*")) {
			if (e.shadowRoot) walk(e.shadowRoot);
			if (e.tagName === "INPUT" || e.tagName === "TEXTAREA") e.value = e.value && "***";
			if (e.tagName === "IFRAME" || e.tagName === "CANVAS") e.style.visibility = "hidden";
		}
	};
	walk(document);
	return true;
})(`

// list writes texts as JavaScript does.
func list(texts []string) string {
	quoted, _ := json.Marshal(texts)
	return string(quoted)
}
