package har

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/previewgate/previewgate/internal/facts"
	"github.com/previewgate/previewgate/internal/redact"
)

// returned reads what a server action returned. Its answer is rows of React's
// flight format. The root names the one that is the result; when the action
// sets a cookie, the others are the page anew, which holds texts of all kinds.
// cut says that there was more of it.
func returned(body string, cut bool) facts.ActionResult {
	if body == "" {
		return facts.ResultUnseen
	}
	rows := flightRows(body)
	id := resultOf(rows["0"])
	result, found := rows[id]
	if !found {
		result = strayResult(body, id)
	}
	if name, isReference := strings.CutPrefix(strings.Trim(result, `"`), "$"); isReference {
		if text, isText := strings.CutPrefix(rows[name], textTag); isText {
			result = `"` + text
		}
	}
	switch {
	case result == "" && cut:
		return facts.ResultUnseen
	case strings.HasPrefix(result, `"eyJ`), result == `"`+redact.Mask+`"`:
		return facts.ResultToken
	}
	return refreshed(result)
}

// refreshed tells an object that AuthKit returns a refreshed token in from
// anything else.
func refreshed(row string) facts.ActionResult {
	if !strings.HasPrefix(row, `{"accessToken":`) {
		return facts.ResultOther
	}
	var object struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal([]byte(row), &object) // one that was cut off holds a token
	if object.Error == "" || object.Error == undefined {
		return facts.ResultRefreshed
	}
	return facts.ResultFailed
}

// undefined is how React writes a value that is none.
const undefined = "$undefined"

// textTag is what a row begins with that is a text of a stated length.
const textTag = "T"

var (
	flightRow = regexp.MustCompile(`^([0-9a-f]*):`)
	longText  = regexp.MustCompile(`^T([0-9a-f]{1,8}),`)
	rootRow   = regexp.MustCompile(`^(?:\{"a":|\[)"\$@([0-9a-f]+)"`)
)

// flightRows takes an answer apart. A long text has a length in place of an
// end, so that the next row stands right behind it.
func flightRows(body string) map[string]string {
	rows := make(map[string]string)
	for body != "" {
		head := flightRow.FindStringSubmatch(body)
		if head != nil {
			body = body[len(head[0]):]
			if size := longText.FindStringSubmatch(body); size != nil {
				body = body[len(size[0]):]
				length, err := strconv.ParseInt(size[1], 16, 64)
				end := int(min(length, int64(len(body))))
				if err == nil {
					rows[head[1]], body = textTag+body[:end], body[end:]
					continue
				}
			}
		}
		row, rest, _ := strings.Cut(body, "\n")
		if head != nil {
			rows[head[1]] = row
		}
		body = rest
	}
	return rows
}

// resultOf returns the ID of the row that the root names as the result. It is
// the first that React gives out.
func resultOf(root string) string {
	if m := rootRow.FindStringSubmatch(root); m != nil {
		return m[1]
	}
	return "1"
}

// strayResult finds the result where lengths are no longer right: tools that
// take secrets out of a recording change them.
func strayResult(body, id string) string {
	for _, start := range []string{":{\"accessToken\":", ":\"eyJ"} {
		if at := strings.Index(body, id+start); at >= 0 {
			row, _, _ := strings.Cut(body[at+len(id)+1:], "\n")
			return row
		}
	}
	return ""
}

// CanonicalAnswer returns the shortest answer of a server action that is read
// as this one is, without what it holds.
func CanonicalAnswer(body string) string {
	result := map[facts.ActionResult]string{
		facts.ResultToken:     `"` + redact.Mask + `"`,
		facts.ResultRefreshed: `{"accessToken":"` + redact.Mask + `"}`,
		facts.ResultFailed:    `{"accessToken":"` + undefined + `","error":"` + redact.Mask + `"}`,
		facts.ResultOther:     "null",
	}[returned(body, false)]
	if result == "" {
		return ""
	}
	return `0:{"a":"$@1"}` + "\n1:" + result + "\n"
}
