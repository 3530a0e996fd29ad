// Package redact takes secrets out of text: those it was told of, in every encoding they are likely to appear in, and
// those it recognises by their shape.
//
// It is the last thing a text passes before it leaves the program, so it prefers to take too much over too little, is
// linear in the length of the text, and never fails.
package redact

import (
	"slices"
	"strings"
	"sync"
)

// Mask stands where a secret was.
const Mask = "***"

// maxPasses bounds the repetition of String; a text that has not settled by then is masked whole.
const maxPasses = 8

// A Redactor knows the secrets of one run. The zero value knows none and still recognises shapes. It is safe for use by
// several goroutines at once.
type Redactor struct {
	mu    sync.RWMutex
	known []needle // longest first
}

// New returns a Redactor that knows the secrets given.
func New(secrets ...string) *Redactor {
	r := &Redactor{}
	r.Add(secrets...)
	return r
}

// Add makes further secrets known, each whole and line by line. Values shorter than six bytes are ignored: masking them
// would shred ordinary text, and nothing that short protects anything.
func (r *Redactor) Add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := slices.Clone(r.known) // whoever looks for the old ones does so without the lock
	seen := make(map[needle]bool, len(known))
	for _, n := range known {
		seen[n] = true
	}
	for _, secret := range secrets {
		for _, n := range needles(secret) {
			if !seen[n] {
				seen[n] = true
				known = append(known, n)
			}
		}
	}
	slices.SortStableFunc(known, func(a, b needle) int { return len(b.text) - len(a.text) })
	r.known = known
}

// Values returns every form in which a known secret is looked for, longest first and one line each, for places that
// mask by value themselves.
func (r *Redactor) Values() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var values []string
	for _, n := range r.known {
		if !strings.ContainsAny(n.text, "\r\n") && !slices.Contains(values, n.text) {
			values = append(values, n.text)
		}
	}
	return values
}

// String returns s with every secret replaced by Mask. What it returns it leaves alone when asked again.
func (r *Redactor) String(s string) string {
	r.mu.RLock()
	known := slices.Clip(r.known)
	r.mu.RUnlock()
	for range maxPasses {
		masked := mask(s, append(find(s, known), shapes(s)...))
		if masked == s {
			return s
		}
		// A mask next to what was left can itself look like a secret, so the result is looked at again.
		s = masked
	}
	return Mask
}

// A span is a stretch of text to be masked.
type span struct{ start, end int }

// mask replaces each span by Mask, and spans that overlap or touch by a single one.
func mask(s string, spans []span) string {
	if len(spans) == 0 {
		return s
	}
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	var b strings.Builder
	kept := 0
	for i := 0; i < len(spans); {
		start, end := spans[i].start, spans[i].end
		for i++; i < len(spans) && spans[i].start <= end; i++ {
			end = max(end, spans[i].end)
		}
		b.WriteString(s[kept:start])
		b.WriteString(Mask)
		kept = end
	}
	b.WriteString(s[kept:])
	return b.String()
}
