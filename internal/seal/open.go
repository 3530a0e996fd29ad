package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// parts are what a seal is made of.
type parts struct {
	signed     string // everything the MAC is over
	passwordID string
	salt       string
	iv         []byte
	text       []byte // encrypted, whole blocks
	expires    int64  // milliseconds since 1970; 0: never
	macSalt    string
	mac        string
}

// Open returns the JSON text in a seal. The MAC is looked at before the
// expiry, unlike in iron-session, so that [ErrExpired] also tells that
// the password is right.
func Open(password, sealed string, now time.Time) ([]byte, error) {
	if isShort(password) {
		return nil, ErrShortPassword
	}
	p, ok := parse(sealed)
	if !ok {
		return nil, ErrMalformed
	}
	sum, err := mac(password, p.macSalt, p.signed)
	if err != nil {
		return nil, err
	}
	switch {
	case p.passwordID != passwordID || !isSame(sum, p.mac):
		return nil, ErrPassword
	case p.expires != 0 && p.expires <= now.Add(-skew).UnixMilli():
		return nil, ErrExpired
	}
	decrypter, err := newCipher(password, p.salt)
	if err != nil {
		return nil, err
	}
	cipher.NewCBCDecrypter(decrypter, p.iv).CryptBlocks(p.text, p.text)
	value, ok := unpad(p.text)
	if !ok || !json.Valid(value) {
		return nil, ErrMalformed
	}
	return value, nil
}

// parse takes a seal apart, as far as that goes without a password.
func parse(sealed string) (parts, bool) {
	whole, versioned := strings.CutSuffix(sealed, suffix)
	fields := strings.Split(whole, separator)
	if !versioned || len(sealed) > maxSealed || len(fields) != 8 || fields[0] != prefix {
		return parts{}, false
	}
	p := parts{
		signed:     strings.Join(fields[:6], separator),
		passwordID: fields[1], salt: fields[2], macSalt: fields[6], mac: fields[7],
	}
	var goodIV, goodText, goodExpiry bool
	p.iv, goodIV = decode(fields[3])
	p.text, goodText = decode(fields[4])
	p.expires, goodExpiry = parseExpiry(fields[5])
	isWhole := len(p.iv) == aes.BlockSize && len(p.text) > 0 && len(p.text)%aes.BlockSize == 0
	return p, goodIV && goodText && goodExpiry && isWhole
}

// decode reads base64url. The decoder would skip line breaks; a seal has none.
func decode(text string) ([]byte, bool) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	return b, err == nil && !strings.ContainsAny(text, "\r\n")
}

// parseExpiry reads the expiry, which may be empty and is digits otherwise.
func parseExpiry(text string) (int64, bool) {
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseUint(text, 10, 63)
	return int64(n), err == nil && n > 0
}

// unpad takes the padding off a decrypted text.
func unpad(text []byte) ([]byte, bool) {
	n := int(text[len(text)-1])
	if n == 0 || n > aes.BlockSize {
		return nil, false
	}
	value, padding := text[:len(text)-n], text[len(text)-n:]
	return value, bytes.Equal(padding, bytes.Repeat([]byte{byte(n)}, n))
}
