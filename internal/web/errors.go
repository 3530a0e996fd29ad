package web

import (
	"fmt"

	"github.com/previewgate/previewgate/internal/redact"
)

// A Kind says in which way a request came to nothing.
type Kind int

// The ways in which a request comes to nothing. Network is any that has no name of its own.
const (
	Network  Kind = iota
	Timeout       // no whole answer in time
	DNS           // there is no such host; a lookup that failed otherwise is Network
	TLS           // the certificate or the handshake
	Refused       // nothing listens there
	Blocked       // the rules on hosts, addresses, headers or secrets forbid it
	Protocol      // what came back is no HTTP answer, or too large a one
	Canceled      // the caller gave up
)

// String names the kind in one word.
func (k Kind) String() string {
	return [...]string{"network", "timeout", "dns", "tls", "refused", "blocked", "protocol", "canceled"}[k]
}

// An Error says why a request got no answer, in one line for people. It holds no secret and no query.
type Error struct {
	URL  string // without user, query and fragment; empty when it could not be read
	Kind Kind

	text    string
	cause   error
	passing bool // another attempt may fare better
}

// Error returns the line.
func (e *Error) Error() string { return e.text }

// Unwrap returns context.Canceled or context.DeadlineExceeded where that is the cause, and nothing else: the text of
// other causes is foreign.
func (e *Error) Unwrap() error { return e.cause }

// blocked returns the error of a request that is not made. Client.clean takes the known secrets out of it as well.
func blocked(url, format string, arguments ...any) *Error {
	return (&Error{URL: url, Kind: Blocked, text: fmt.Sprintf(format, arguments...)}).redacted(&redact.Redactor{})
}

func (e *Error) redacted(r *redact.Redactor) *Error {
	clean := *e
	clean.URL, clean.text = r.String(e.URL), r.String(e.text)
	return &clean
}

// NamesSubject marks the error as one whose text says by itself what it is about: its host.
func (e *Error) NamesSubject() {}
