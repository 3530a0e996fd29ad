// Package web asks the network, politely and carefully, and returns answers as plain values.
//
// Every request goes through one Client. It asks only hosts it may ask and, of those, only at public addresses; it never
// follows a redirect by itself; it sends a secret to the one origin the secret belongs to; it bounds headers, bodies,
// attempts and time; and no text of an error it returns holds a secret. Proxy environment variables are ignored: a proxy
// would look names up itself and so pass the rules on addresses.
package web

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"time"

	"github.com/previewgate/previewgate/internal/redact"
)

// Options say whom a Client may ask, and how long it tries.
type Options struct {
	Allow     []string         // HOST[:PORT]: lifts the rules (https, port 443, public address, known host) for that host; *.HOST is one label more
	Hosts     []string         // further hosts under the rules; *.HOST is any number of labels more
	Secrets   []Secret         // headers bound to origins
	Redactor  *redact.Redactor // learns the secrets; nil: one of the client's own
	UserAgent string           // "previewgate" when empty
	RootCAs   *x509.CertPool   // nil: the system's

	// Dial replaces the guarded dialer. The rules on addresses are then the caller's.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Transport replaces the network whole. Retry, limits, and the rules on hosts and secrets still hold.
	Transport http.RoundTripper

	Timeout  time.Duration // of one attempt, headers and body; 0: 10s
	Attempts int           // 0: 3
	WaitMax  time.Duration // between two attempts, also when the server asks for more; 0: 2s
	Budget   time.Duration // of all attempts and waits of one Do; 0: 20s
	MaxBody  int64         // bytes kept of a body, after decompression; 0: 2 MiB
}

// A Secret is a header that only one origin may see. It is added to every request to that origin, unless the request
// has a header of that name, or is Public.
type Secret struct {
	Origin string // "https://host" or "https://host:port"
	Header string // empty: it is added to nothing, and only kept from other origins
	Value  string
}

// A Request is one question. The zero method is GET.
type Request struct {
	Method  string
	URL     string
	Header  http.Header // a name with no values keeps a Secret of that name from being added
	Body    []byte
	Safe    bool  // changes nothing although it is no GET, and may be asked again
	Public  bool  // foreign text named the host: any public https host on port 443, and no secrets
	MaxBody int64 // 0: the client's
}

// A Client asks. It is safe for use by several goroutines at once.
type Client struct {
	options   Options
	rules     rules
	secrets   vault
	redactor  *redact.Redactor
	transport http.RoundTripper

	life context.Context // of what is open: it ends with Close
	end  context.CancelFunc
}

// New returns a Client, or says which of the options is malformed.
func New(o Options) (*Client, error) {
	o = o.withDefaults()
	r, err := newRules(o.Allow, o.Hosts)
	if err != nil {
		return nil, err
	}
	secrets, err := newVault(o.Secrets)
	if err != nil {
		return nil, err
	}
	for _, s := range secrets {
		o.Redactor.Add(s.Value, s.token)
	}
	c := &Client{options: o, rules: r, secrets: secrets, redactor: o.Redactor, transport: o.Transport}
	c.life, c.end = context.WithCancel(context.Background())
	if c.transport == nil {
		c.transport = newTransport(o, r)
	}
	return c, nil
}

// Close ends the streams that are still open and the connections that are kept for reuse.
func (c *Client) Close() {
	c.end()
	(&http.Client{Transport: c.transport}).CloseIdleConnections()
}

func (o Options) withDefaults() Options {
	if o.Redactor == nil {
		o.Redactor = redact.New()
	}
	if o.UserAgent == "" {
		o.UserAgent = "previewgate"
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Attempts <= 0 {
		o.Attempts = 3
	}
	if o.WaitMax <= 0 {
		o.WaitMax = 2 * time.Second
	}
	if o.Budget <= 0 {
		o.Budget = 20 * time.Second
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 2 << 20
	}
	return o
}
