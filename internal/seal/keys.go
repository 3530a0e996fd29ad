package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"unicode/utf16"
)

const (
	keySize     = 32
	minPassword = 32
	iterations  = 1 // the password is meant to be random, so stretching it adds nothing
)

// isShort counts as JavaScript does, in UTF-16 code units.
func isShort(password string) bool {
	return len(utf16.Encode([]rune(password))) < minPassword
}

func key(password, salt string) ([]byte, error) {
	return pbkdf2.Key(sha1.New, password, []byte(salt), iterations, keySize)
}

func newCipher(password, salt string) (cipher.Block, error) {
	k, err := key(password, salt)
	if err != nil {
		return nil, err
	}
	return aes.NewCipher(k)
}

// mac returns the MAC of a text, encoded as seals have it.
func mac(password, salt, text string) (string, error) {
	k, err := key(password, salt)
	if err != nil {
		return "", err
	}
	sum := hmac.New(sha256.New, k)
	sum.Write([]byte(text))
	return encode(sum.Sum(nil)), nil
}

// isSame compares two encoded MACs, taking as long whether or not they differ.
func isSame(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }
