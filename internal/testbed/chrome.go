package testbed

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/previewgate/previewgate/internal/browser"
)

// chrome writes a program that is the installed browser in the stand-ins'
// network: their names lead to their port, no other name leads anywhere, and
// their authority is trusted.
func (b *Bed) chrome() (string, error) {
	program, err := browser.Find("")
	if err != nil {
		return "", err
	}
	pin, err := pinned(b.Sandbox.Authority())
	if err != nil {
		return "", err
	}
	var rules []string
	for _, name := range b.Sandbox.AllowHosts() {
		rules = append(rules, "MAP "+name+":443 "+b.Sandbox.Place())
	}
	rules = append(rules, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1")
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' '--host-resolver-rules=%s' --ignore-certificate-errors-spki-list=%s \"$@\"\n",
		program, strings.Join(rules, ","), pin)
	file := filepath.Join(filepath.Dir(b.ca), "chrome")
	return file, os.WriteFile(file, []byte(script), 0o700)
}

// pinned is the hash of a certificate's key, as Chrome takes it.
func pinned(certificate []byte) (string, error) {
	block, _ := pem.Decode(certificate)
	if block == nil {
		return "", errors.New("the authority's certificate is no PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:]), nil
}
