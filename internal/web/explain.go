package web

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// clean takes the known secrets out of an error of this package.
func (c *Client) clean(err error) error {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.redacted(c.redactor)
	}
	return err
}

// explain turns whatever the network failed with into an Error.
func (c *Client) explain(r *http.Request, err error) error {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e
	}
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	e := &Error{URL: shown(r.URL)}
	host := r.URL.Host
	for _, read := range []func(*Error, string, error) bool{
		func(e *Error, _ string, err error) bool { return readEnd(e, r, err) },
		readBlocked, readDNS, readTLS, readConnection, readProtocol,
	} {
		if read(e, host, err) {
			return e.redacted(c.redactor)
		}
	}
	e.text, e.passing = "asking "+host+" failed: "+oneLine(err), true
	return e.redacted(c.redactor)
}

// A limit is the cause of a context that ended because its time was up.
type limit time.Duration

func (l limit) Error() string { return "not within " + time.Duration(l).String() }

func (l limit) Unwrap() error { return context.DeadlineExceeded }

func within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d, limit(d))
}

// readEnd recognises that time was up or that the caller gave up.
func readEnd(e *Error, r *http.Request, err error) bool {
	var timeout net.Error
	var l limit
	switch ctx := r.Context(); {
	case errors.As(context.Cause(ctx), &l):
		e.text = r.URL.Host + " did not answer within " + time.Duration(l).String()
	case errors.Is(ctx.Err(), context.Canceled):
		e.Kind, e.cause = Canceled, context.Canceled
		e.text = "the request to " + r.URL.Host + " was given up"
		return true
	case ctx.Err() != nil:
		e.text = r.URL.Host + " did not answer before the time for the whole was up"
	case errors.As(err, &timeout) && timeout.Timeout():
		e.text, e.passing = r.URL.Host+" took too long to connect", true
	default:
		return false
	}
	e.Kind, e.cause = Timeout, context.DeadlineExceeded
	return true
}

func readBlocked(e *Error, host string, err error) bool {
	refused := addressError{}
	if !errors.As(err, &refused) {
		return false
	}
	e.Kind = Blocked
	e.text = host + " was not asked: " + refused.Error() + "; allow it with --allow-host " + host
	return true
}

func readDNS(e *Error, host string, err error) bool {
	lookup := (*net.DNSError)(nil)
	if !errors.As(err, &lookup) {
		return false
	}
	if e.passing = !lookup.IsNotFound; !e.passing {
		e.Kind = DNS
	}
	e.text = "no such host " + host
	if !lookup.IsNotFound {
		e.text = "looking up " + host + " failed: " + lookup.Err
	}
	return true
}

func readTLS(e *Error, host string, err error) bool {
	certificate, record, alert := (*tls.CertificateVerificationError)(nil), tls.RecordHeaderError{}, tls.AlertError(0)
	switch {
	case errors.As(err, &certificate):
		e.text = "the certificate of " + host + " is not valid: " + oneLine(certificate.Err)
	case errors.As(err, &record):
		e.text = host + " does not speak TLS"
	case errors.As(err, &alert):
		e.text = host + " refused the TLS handshake: " + alert.Error()
	case strings.HasPrefix(err.Error(), "remote error: tls:"), strings.HasPrefix(err.Error(), "tls: "):
		e.text = "the TLS handshake with " + host + " failed: " + oneLine(err)
	default:
		return false
	}
	e.Kind = TLS
	return true
}

func readConnection(e *Error, host string, err error) bool {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Kind, e.text = Refused, host+" refused the connection"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF):
		e.Kind, e.text = Network, host+" broke the connection off"
	default:
		return false
	}
	e.passing = true
	return true
}

func readProtocol(e *Error, host string, err error) bool {
	corrupt, line := flate.CorruptInputError(0), err.Error()
	switch {
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		e.text = "the answer of " + host + " is not compressed as it says"
	case strings.Contains(line, "headers exceeded"), strings.Contains(line, "header list"):
		e.text = "the headers of the answer of " + host + " are too large"
	case strings.Contains(line, "malformed"), strings.Contains(line, "HTTP response"), strings.Contains(line, "unsupported transfer"):
		e.text = host + " did not answer in HTTP: " + oneLine(err)
	default:
		return false
	}
	e.Kind = Protocol
	return true
}

// oneLine returns the text of a foreign error, short and without line breaks.
func oneLine(err error) string {
	const longest = 200
	text := strings.Join(strings.Fields(err.Error()), " ")
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}
