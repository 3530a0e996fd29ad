package sandbox

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

const sealKeySize = 32

var errSeal = errors.New("not a seal of this password")

// seal encrypts a value as iron-session does: Fe26.2, with one round of
// PBKDF2, AES-256-CBC and an HMAC over the first six parts. A ttl of zero
// never expires.
func seal(value any, password string, ttl time.Duration) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic("sandbox: sealing: " + err.Error())
	}
	salt, iv, expires := randomHex(sealKeySize), randomBytes(aes.BlockSize), ""
	if ttl > 0 {
		expires = strconv.FormatInt(time.Now().Add(ttl).UnixMilli(), 10)
	}
	padding := aes.BlockSize - len(text)%aes.BlockSize
	text = append(text, bytes.Repeat([]byte{byte(padding)}, padding)...)
	cipher.NewCBCEncrypter(sealCipher(password, salt), iv).CryptBlocks(text, text)
	encode := base64.RawURLEncoding.EncodeToString
	base := strings.Join([]string{"Fe26.2", "1", salt, encode(iv), encode(text), expires}, "*")
	macSalt := randomHex(sealKeySize)
	return base + "*" + macSalt + "*" + encode(sealMAC(password, macSalt, base)) + "~2"
}

// unseal opens what seal made, into value.
func unseal(sealed, password string, value any) error {
	parts := strings.Split(strings.TrimSuffix(sealed, "~2"), "*")
	if len(parts) != 8 || parts[0] != "Fe26.2" {
		return errSeal
	}
	mac, err := base64.RawURLEncoding.DecodeString(parts[7])
	if err != nil || !hmac.Equal(mac, sealMAC(password, parts[6], strings.Join(parts[:6], "*"))) {
		return errSeal
	}
	if expires, err := strconv.ParseInt(parts[5], 10, 64); err == nil && time.UnixMilli(expires).Before(time.Now()) {
		return errSeal
	}
	iv, err := base64.RawURLEncoding.DecodeString(parts[3])
	if err != nil || len(iv) != aes.BlockSize {
		return errSeal
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[4])
	if err != nil || len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return errSeal
	}
	cipher.NewCBCDecrypter(sealCipher(password, parts[2]), iv).CryptBlocks(text, text)
	padding := int(text[len(text)-1])
	if padding > len(text) {
		return errSeal
	}
	if json.Unmarshal(text[:len(text)-padding], value) != nil {
		return errSeal
	}
	return nil
}

func sealCipher(password, salt string) cipher.Block {
	block, err := aes.NewCipher(sealKey(password, salt))
	if err != nil {
		panic("sandbox: sealing: " + err.Error())
	}
	return block
}

func sealMAC(password, salt, base string) []byte {
	mac := hmac.New(sha256.New, sealKey(password, salt))
	mac.Write([]byte(base))
	return mac.Sum(nil)
}

func sealKey(password, salt string) []byte {
	key, err := pbkdf2.Key(sha1.New, password, []byte(salt), 1, sealKeySize)
	if err != nil {
		panic("sandbox: sealing: " + err.Error())
	}
	return key
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return b
}

func randomHex(n int) string { return hex.EncodeToString(randomBytes(n)) }
