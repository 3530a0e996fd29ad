package publish

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/previewgate/previewgate/gate"
)

// clockSkew is how far GitHub's servers may disagree about the time. A mark that lies further ahead is forged.
const clockSkew = 5 * time.Second

// maxOn is how many bytes the name of what was judged may have: a host at vercel.app has at most 74.
const maxOn = 100

// A stamp says which run something is of, and orders runs: by how much they had seen of the commit's deployments, by when
// they began, by their ids, by their attempts. Runs that overlap may see the deployments in another order than that in
// which they began. The zero stamp is older than any.
type stamp struct {
	seen         int64 // the highest id of a deployment's status that the run had seen; 0 is not known
	started      int64 // seconds since 1970 by GitHub's clock; 0 is not known
	run, attempt uint64
}

// compare returns 1 if s is newer than the other, -1 if it is older, and 0 if both are of the same attempt.
func (s stamp) compare(other stamp) int {
	return cmp.Or(
		cmp.Compare(s.seen, other.seen), cmp.Compare(s.started, other.started),
		cmp.Compare(s.run, other.run), cmp.Compare(s.attempt, other.attempt),
	)
}

// isForged reports whether the stamp cannot be right, as it says that its run begins after now.
func (s stamp) isForged(now time.Time) bool { return s.started > now.Add(clockSkew).Unix() }

// A mark is what the address of a status says beyond the page that it leads to. Its zero value is none.
type mark struct {
	stamp
	on       string // what was judged, see On
	reported bool   // the comment says it too, if there is one: it is no remark in passing
}

// address returns the run's page, with m in the fragment; "" outside of a workflow.
//
//	https://github.com/o/r/actions/runs/4711/attempts/1#previewgate-started=1764000000&seen=42&on=dpl_x&reported
func (r run) address(m mark) string {
	page := r.page(m.stamp)
	if page == "" {
		return ""
	}
	page += fmt.Sprintf("#previewgate-started=%d", m.started)
	if m.seen > 0 {
		page += fmt.Sprintf("&seen=%d", m.seen)
	}
	if m.on != "" {
		page += "&on=" + url.QueryEscape(m.on)
	}
	if m.reported {
		page += "&reported"
	}
	return page
}

var markForm = regexp.MustCompile(
	`^(\d+)/attempts/(\d+)#previewgate-started=(\d+)(?:&seen=(\d+))?(?:&on=([^&#\s]+))?(&reported)?$`)

// readMark reads the mark in the address of a status. Whoever may set statuses can write one, but none of the future.
func (r run) readMark(address string, now time.Time) mark {
	rest, ours := strings.CutPrefix(address, r.pages())
	if !ours || r.pages() == "" {
		return mark{}
	}
	parts := markForm.FindStringSubmatch(rest)
	if parts == nil {
		return mark{}
	}
	s, valid := parseStamp(cmp.Or(parts[4], "0"), parts[3], parts[1], parts[2])
	on, err := url.QueryUnescape(parts[5])
	if !valid || err != nil || len(on) > maxOn || s.isForged(now) {
		return mark{}
	}
	return mark{s, on, parts[6] != ""}
}

// parseStamp reads the numbers of a stamp, in the order of its fields.
func parseStamp(seen, started, run, attempt string) (s stamp, ok bool) {
	var errs [4]error
	number := func(i int, digits string, bits int) uint64 {
		var n uint64
		n, errs[i] = strconv.ParseUint(digits, 10, bits)
		return n
	}
	s = stamp{int64(number(0, seen, 62)), int64(number(1, started, 40)), number(2, run, 63), number(3, attempt, 31)}
	return s, errors.Join(errs[:]...) == nil
}

// On names what a run judges, by which a repeated event is known: the deployment or, where its id is not known, its
// host. It is "" when neither is.
func On(target gate.Target) string {
	on := target.Deployment
	if preview, err := url.Parse(target.URL); on == "" && err == nil {
		on = strings.ToLower(preview.Host)
	}
	if len(on) > maxOn {
		return digest(on)
	}
	return on
}

// digest stands for a text that is too long.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
