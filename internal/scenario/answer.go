package scenario

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// An answer is a raw HTTP response, or the way in which there is none.
type answer struct {
	response string
	failure  string
}

func parseAnswer(text string) (answer, error) {
	if failure, fails := strings.CutPrefix(text, "error: "); fails {
		a := answer{failure: strings.TrimSpace(failure)}
		if fail(a.failure, "host") == nil {
			return answer{}, fmt.Errorf("there is no error %q", a.failure)
		}
		return a, nil
	}
	a := answer{response: strings.TrimSuffix(text, "\n")}
	if !strings.Contains(a.response, "\n\n") && !strings.Contains(a.response, "\r\n\r\n") {
		a.response = strings.TrimRight(a.response, "\r\n") + "\n\n" // headers alone
	}
	r, err := a.read(nil)
	if err != nil {
		return answer{}, fmt.Errorf("it is neither a raw HTTP response nor an error: %w", err)
	}
	_ = r.Body.Close() // fails for a body that breaks off on purpose
	return a, nil
}

// read returns the response. One that states a Content-Length beyond its body
// breaks off, as it would on the network.
func (a answer) read(r *http.Request) (*http.Response, error) {
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(a.response)), r)
	if err != nil {
		return nil, err
	}
	if resp.ContentLength < 0 {
		_, body, found := strings.Cut(a.response, "\n\n")
		if !found {
			_, body, _ = strings.Cut(a.response, "\r\n\r\n")
		}
		resp.ContentLength = int64(len(body))
		resp.Header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	return resp, nil
}

// fail returns the error by which Go's network says that there is no answer,
// nil for a name that is none.
func fail(name, host string) error {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	switch name {
	case "connection refused":
		return dial(os.NewSyscallError("connect", syscall.ECONNREFUSED))
	case "connection reset":
		return &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	case "timeout":
		return dial(os.ErrDeadlineExceeded)
	case "no such host":
		return dial(&net.DNSError{Err: "no such host", Name: host, IsNotFound: true})
	case "certificate":
		return &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
	case "malformed":
		return errors.New("net/http: HTTP/1.x transport connection broken: malformed HTTP response")
	}
	return nil
}
