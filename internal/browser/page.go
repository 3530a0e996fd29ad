package browser

import (
	"context"
	"strings"
	"time"
)

// debugID is the id of the element in which an app's own debug page hands over what it knows, as JSON.
const debugID = "previewgate"

// settling is how long the debug page may take to know.
const settling = 8 * time.Second

// debug keeps what the page holds for previewgate, if it holds anything. Convex takes a moment to take a token, so a
// page that says that it is still loading is asked again.
func (v *visit) debug(ctx context.Context) error {
	deadline := time.Now().Add(settling)
	for {
		text, err := evaluate[string](ctx, `String(document.getElementById("`+debugID+`")?.textContent ?? "").slice(0, 65536)`)
		if err != nil {
			return err
		}
		if text == "" {
			return nil
		}
		v.Debug = v.Redact(text)
		if !strings.Contains(text, `"loading"`) || time.Now().After(deadline) {
			return nil
		}
		if err := pause(ctx, 250*time.Millisecond); err != nil {
			return err
		}
	}
}

// hide takes out of the page what a picture must not show: the account's address, what was typed, and whatever looks
// like a token. A password is on no page but in its field.
func (v *visit) hide(ctx context.Context) error {
	const script = `((email) => {
		const mask = (text) => (email ? text.split(email).join("***") : text)
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
	_, err := evaluate[bool](ctx, script+literal(v.Email)+")")
	return err
}
