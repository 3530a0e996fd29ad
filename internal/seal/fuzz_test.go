package seal

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// FuzzOpen looks for seals that make Open panic, and for values that do not
// come out as they went in.
func FuzzOpen(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.Sealed, v.Value, v.At)
	}
	f.Fuzz(func(t *testing.T, sealed, value string, at int64) {
		now := time.UnixMilli(at & (1<<42 - 1)) // 1970 to 2109
		if opened, err := Open(password, sealed, now); (err == nil) != json.Valid(opened) {
			t.Errorf("%q, %v", opened, err)
		}
		// Behind a good MAC, so that the decryption is reached as well.
		if signed, _, found := strings.Cut(sealed, "~"); found && strings.Count(signed, separator) == 7 {
			signed = strings.Join(strings.Split(signed, separator)[:6], separator)
			sum, err := mac(password, "salt", signed)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = Open(password, signed+separator+"salt"+separator+sum+suffix, now)
		}
		own, err := Seal(password, []byte(value), time.Hour, now)
		if err != nil {
			return
		}
		if opened, err := Open(password, own, now); err != nil || string(opened) != value {
			t.Errorf("%q came out as %q, %v", value, opened, err)
		}
	})
}
