// Package seal writes and reads the seals that iron-session puts into cookies,
// and AuthKit with it: version 2 of the Fe26 format, as its JavaScript authors
// implement it.
//
// A seal is eight parts joined by asterisks and the suffix ~2:
//
//	Fe26.2 * 1 * salt * IV * ciphertext * expiry * MAC salt * MAC ~2
//
// The text is JSON under AES-256-CBC. The MAC, an HMAC-SHA256, covers all that
// stands before its salt. Both keys come from the password through one round
// of PBKDF2, each with the salt beside it, taken as the hex it is written in.
package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	prefix     = "Fe26.2"
	passwordID = "1"  // iron-session numbers its passwords; a lone one is the first
	suffix     = "~2" // the major version of iron-session's own layout
	separator  = "*"
	saltSize   = 32
	skew       = time.Minute // how long after its expiry a seal still opens
)

const (
	maxValue  = 32 << 10
	maxSealed = 48 << 10 // room for maxValue in base64, and for the other parts
)

// What keeps a seal from being opened, or from being made.
var (
	// ErrMalformed means that no password opens the text: it is no seal, or
	// its insides are not what its MAC was made for.
	ErrMalformed = errors.New("not a seal")
	// ErrPassword means that the seal was made with another password, or was
	// changed since: the two cannot be told apart.
	ErrPassword = errors.New("sealed with another password")
	// ErrExpired means that the password is right and the seal too old.
	ErrExpired = errors.New("the seal has expired")
	// ErrShortPassword means a password of fewer than 32 characters.
	ErrShortPassword = errors.New("the password has fewer than 32 characters")
)

// Seal encrypts a JSON text so that who holds the password can read it until
// the ttl is over; a ttl of zero never is.
func Seal(password string, value []byte, ttl time.Duration, now time.Time) (string, error) {
	switch {
	case isShort(password):
		return "", ErrShortPassword
	case len(value) > maxValue:
		return "", fmt.Errorf("sealing %d bytes: the limit is %d", len(value), maxValue)
	case !json.Valid(value):
		return "", errors.New("sealing: the value is not JSON")
	}
	salt, macSalt, iv := newSalt(), newSalt(), random(aes.BlockSize)
	encrypter, err := newCipher(password, salt)
	if err != nil {
		return "", fmt.Errorf("sealing: %w", err)
	}
	text := pad(value)
	cipher.NewCBCEncrypter(encrypter, iv).CryptBlocks(text, text)
	signed := strings.Join([]string{prefix, passwordID, salt, encode(iv), encode(text), expiry(ttl, now)}, separator)
	sum, err := mac(password, macSalt, signed)
	if err != nil {
		return "", fmt.Errorf("sealing: %w", err)
	}
	return strings.Join([]string{signed, macSalt, sum}, separator) + suffix, nil
}

// expiry is the part that says when a seal is over, in milliseconds.
func expiry(ttl time.Duration, now time.Time) string {
	if ttl == 0 {
		return ""
	}
	return strconv.FormatInt(now.Add(ttl).UnixMilli(), 10)
}

// pad fills a copy of the text up to whole blocks, as PKCS#7 has it.
func pad(text []byte) []byte {
	missing := aes.BlockSize - len(text)%aes.BlockSize
	return append(bytes.Clone(text), bytes.Repeat([]byte{byte(missing)}, missing)...)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func newSalt() string { return hex.EncodeToString(random(saltSize)) }

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return b
}
