package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

const password = "a-password-of-this-test-and-no-other-0"

func at() time.Time { return time.Date(2026, time.January, 2, 15, 4, 5, 0, time.UTC) }

// vector is a seal, and what the original implementation makes of it.
type vector struct {
	Name     string
	Password string
	Sealed   string
	At       int64
	Value    string
	Error    string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// meaning is this package's word for an error of the original.
func meaning(message string) error {
	kinds := map[string]error{
		"Incorrect number of sealed components": ErrMalformed,
		"Wrong mac prefix":                      ErrMalformed,
		"Bad hmac value":                        ErrPassword,
		"Expired seal":                          ErrExpired,
	}
	switch {
	case strings.HasPrefix(message, "Cannot find password"):
		return ErrPassword
	case strings.HasPrefix(message, "Password string too short"):
		return ErrShortPassword
	}
	return kinds[message]
}

func TestSealsOfTheOriginalOpen(t *testing.T) {
	differs := map[string]error{
		"another password, and expired": ErrPassword,  // the MAC comes first here
		"iron-session's first layout":   ErrMalformed, // nothing writes it any more
	}
	for _, v := range vectors(t) {
		want := meaning(v.Error)
		if v.Error != "" && want == nil {
			t.Errorf("%s: what is %q?", v.Name, v.Error)
		}
		if own := differs[v.Name]; own != nil {
			want = own
		}
		got, err := Open(v.Password, v.Sealed, time.UnixMilli(v.At))
		if !errors.Is(err, want) || (err == nil && string(got) != v.Value) {
			t.Errorf("%s: %q, %v; want %q, %v", v.Name, got, err, v.Value, want)
		}
	}
}

func TestWhatIsSealedOpens(t *testing.T) {
	for _, value := range []string{`{}`, `"fifteen bytes"`, `"sixteen  bytes"`, `[1, 2]`, `{"ü":"\u2028 🙂"}`, `"` + strings.Repeat("x", maxValue-2) + `"`} {
		sealed, err := Seal(password, []byte(value), 0, at())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Open(password, sealed, at().AddDate(100, 0, 0)); err != nil || string(got) != value {
			t.Errorf("%.40s: %.40s, %v", value, got, err)
		}
	}
}

func TestSealsOpenUntilAMinuteAfterTheirLifetime(t *testing.T) {
	sealed, err := Seal(password, []byte(`{}`), 10*time.Minute, at())
	if err != nil {
		t.Fatal(err)
	}
	last := at().Add(10*time.Minute + skew - time.Millisecond)
	if _, err := Open(password, sealed, last); err != nil {
		t.Errorf("in time: %v", err)
	}
	if _, err := Open(password, sealed, last.Add(time.Millisecond)); !errors.Is(err, ErrExpired) {
		t.Errorf("too late: %v", err)
	}
}

func TestNothingIsSealedTwiceAlike(t *testing.T) {
	first, _ := Seal(password, []byte(`{}`), 0, at())
	second, _ := Seal(password, []byte(`{}`), 0, at())
	for i, part := range strings.Split(first, separator) {
		if other := strings.Split(second, separator)[i]; len(part) > 20 && part == other {
			t.Errorf("part %d is %s both times", i, part)
		}
	}
}

func TestWhatCannotBeSealed(t *testing.T) {
	cases := map[string]struct {
		password, value string
		want            string
	}{
		"a short password":          {password[:31], `{}`, "the password has fewer than 32 characters"},
		"no password":               {"", `{}`, "the password has fewer than 32 characters"},
		"31 letters of three bytes": {strings.Repeat("あ", 31), `{}`, "the password has fewer than 32 characters"},
		"no JSON":                   {password, `{`, "sealing: the value is not JSON"},
		"nothing":                   {password, ``, "sealing: the value is not JSON"},
		"too much":                  {password, `"` + strings.Repeat("x", maxValue) + `"`, "sealing 32770 bytes: the limit is 32768"},
	}
	for name, c := range cases {
		if sealed, err := Seal(c.password, []byte(c.value), 0, at()); err == nil || err.Error() != c.want || sealed != "" {
			t.Errorf("%s: %q, %v", name, sealed, err)
		}
	}
	if _, err := Seal(strings.Repeat("🙂", 16), []byte(`{}`), 0, at()); err != nil {
		t.Errorf("16 letters that JavaScript counts twice: %v", err)
	}
}

func TestWhatIsNoSeal(t *testing.T) {
	good, err := Seal(password, []byte(`{}`), 0, at())
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Split(good, separator)
	replaced := func(i int, by string) string {
		changed := bytes.Clone([]byte(good))
		return strings.Replace(string(changed), separator+fields[i]+separator, separator+by+separator, 1)
	}
	cases := map[string]string{
		"nothing":            "",
		"a word":             "garbage",
		"the suffix alone":   "~2",
		"no suffix":          strings.TrimSuffix(good, "~2"),
		"another layout":     strings.TrimSuffix(good, "~2") + "~3",
		"a part more":        good[:len(good)-2] + "*x~2",
		"a short IV":         replaced(3, "AAAA"),
		"no IV":              replaced(3, "!"),
		"no text":            replaced(4, ""),
		"half a block":       replaced(4, "AAAA"),
		"text of two lines":  replaced(4, fields[4][:4]+"\n"+fields[4][4:]),
		"an expiry in words": strings.Replace(good, "**", "*tomorrow*", 1),
		"a negative expiry":  strings.Replace(good, "**", "*-1*", 1),
		"an endless expiry":  strings.Replace(good, "**", "*99999999999999999999*", 1),
		"far too long":       good[:len(good)-2] + strings.Repeat("A", maxSealed) + "~2",
	}
	for name, sealed := range cases {
		if value, err := Open(password, sealed, at()); !errors.Is(err, ErrMalformed) || value != nil {
			t.Errorf("%s: %q, %v", name, value, err)
		}
	}
}

// TestTheMACDoesNotVouchForTheInside seals what the original never would.
func TestTheMACDoesNotVouchForTheInside(t *testing.T) {
	for _, text := range []string{"0123456789abcde\x00", "0123456789abcde\x11", "0123456789abc\x01\x02\x03", "no JSON........\x01"} {
		signed := strings.Join([]string{prefix, passwordID, newSalt(), encode(random(16)), encode(random(len(text))), ""}, separator)
		fields := strings.Split(signed, separator)
		fields[4] = encode(encrypted(t, fields[2], fields[3], []byte(text)))
		signed, macSalt := strings.Join(fields, separator), newSalt()
		sum, err := mac(password, macSalt, signed)
		if err != nil {
			t.Fatal(err)
		}
		if value, err := Open(password, signed+separator+macSalt+separator+sum+suffix, at()); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %q, %v", text, value, err)
		}
	}
}
