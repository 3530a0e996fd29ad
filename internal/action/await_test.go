package action

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// later changes what GitHub answers after a time.
func (f *fakeGitHub) later(after time.Duration, path, answer string) {
	time.AfterFunc(after, func() { f.answer(path, answer) })
}

func TestAwaitEndsWhenThePreviewDoes(t *testing.T) {
	building := list(reported(1, "pending", "Vercel is deploying your app"))
	for _, c := range []struct {
		name  string
		start []string // reports of each deployment
		then  func(*fakeGitHub)
		want  string
		lines []string
	}{
		{
			"up",
			[]string{building},
			func(f *fakeGitHub) {
				f.later(4*time.Second, "deployments/1/statuses", list(reported(9, "success", newerURL)))
			},
			"success " + newerURL,
			[]string{"waiting for Vercel: the preview is being built", "the preview is up (after 8s)"},
		},
		{
			"from nothing", nil,
			func(f *fakeGitHub) {
				f.later(time.Second, "deployments", list(deployment(1, "Preview")))
				f.later(time.Second, "deployments/1/statuses", building)
				f.later(6*time.Second, "deployments/1/statuses", list(reported(9, "failure", "Deployment has failed")))
			},
			"failure Deployment has failed",
			[]string{
				"waiting for Vercel: GitHub knows no deployment of this commit yet",
				"waiting for Vercel: the preview is being built (after 2s)",
				`there is no preview: Vercel says "Deployment has failed" (after 8s)`,
			},
		},
		{
			"refused", nil,
			func(f *fakeGitHub) {
				f.later(time.Second, statusesOf, list(commitStatus(1, "Vercel", "failure", "Authorization required to deploy.")))
			},
			"blocked Authorization required to deploy.",
			[]string{
				"waiting for Vercel: GitHub knows no deployment of this commit yet",
				`there is no preview: Vercel says "Authorization required to deploy." (after 2s)`,
			},
		},
		{
			"a long build, with GitHub out of order",
			[]string{building},
			func(f *fakeGitHub) {
				f.later(20*time.Second, "deployments", `500 {"message":"no"}`)
				f.later(50100*time.Millisecond, "deployments", list(deployment(1, "Preview")))
				f.later(50100*time.Millisecond, "deployments/1/statuses", list(reported(9, "inactive", "Skipped - Not affected")))
			},
			"skipped Skipped - Not affected",
			[]string{
				"waiting for Vercel: the preview is being built",
				"waiting for Vercel: the preview is being built (after 16s)",
				"waiting for Vercel: the preview is being built (after 39s): looking for Vercel's preview of " + testSHA + ": GitHub is out of order (500)",
				`there is no preview: Vercel says "Skipped - Not affected" (after 51s)`,
			},
		},
		{
			"already there",
			[]string{list(reported(9, "success", newerURL))},
			func(*fakeGitHub) {},
			"success " + newerURL,
			[]string{"the preview is up"},
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			fake, gh := serve(t, standing("Preview", c.start...))
			r, err := Resolve(t.Context(), gh, pullEvent())
			if err != nil {
				t.Fatal(err)
			}
			c.then(fake)
			var lines []string
			got, err := Await(t.Context(), gh, pullEvent(), r, func(line string) { lines = append(lines, line) })
			if result := got.State + " " + got.Target.URL + got.Detail; err != nil || result != c.want {
				t.Errorf("%s: %s, %v, want %s", c.name, result, err, c.want)
			}
			if diff := cmp.Diff(c.lines, lines); diff != "" {
				t.Errorf("%s: lines (-want +got):\n%s", c.name, diff)
			}
		})
	}
}

func TestAwaitFollowsOneProject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := standing("Preview – web", list(reported(1, "pending", "")))
		answers[comments] = list(commentBy("vercel[bot]", "Bot", vercelComment(`{"projects":[{"name":"web","previewUrl":"web-git-feat.vercel.app"},{"name":"docs"}]}`)))
		fake, gh := serve(t, answers)
		r, err := Resolve(t.Context(), gh, pullEvent())
		if err != nil || r.Scope != "web" || r.State != Building {
			t.Fatalf("%+v, %v", r, err)
		}
		fake.answer("deployments", list(deployment(1, "Preview – web"), deployment(2, "Preview – docs")))
		fake.answer("deployments/2/statuses", list(reported(3, "success", olderURL)))
		fake.later(time.Second, "deployments/1/statuses", list(reported(9, "success", newerURL)))
		var lines []string
		got, err := Await(t.Context(), gh, pullEvent(), r, func(line string) { lines = append(lines, line) })
		want := []string{
			"waiting for Vercel: the preview is being built",
			"several projects deploy this commit: this run judges web, then docs",
			"the preview is up (after 2s)",
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
		if err != nil || got.Target.URL != newerURL || got.Scope != "web" || !slices.Equal(got.Others, []string{"docs"}) {
			t.Errorf("%+v, %v", got, err)
		}
		if diff := cmp.Diff([]string{"web-git-feat.vercel.app"}, got.Hosts); diff != "" {
			t.Errorf("hosts (-want +got):\n%s", diff)
		}
	})
}

func TestAwaitOfACanceledDispatch(t *testing.T) {
	for want, then := range map[string]string{
		"canceled": list(reported(2, "error", "Deployment was canceled")),
		"success":  list(reported(60, "success", newerURL)),
	} {
		synctest.Test(t, func(t *testing.T) {
			fake, gh := serve(t, standing("Preview", list(reported(1, "pending", ""))))
			e := dispatchOf(Canceled, "canceled")
			r, err := Resolve(t.Context(), gh, e)
			if err != nil || r.State != Building {
				t.Fatalf("%+v, %v", r, err)
			}
			fake.later(3*time.Second, "deployments/1/statuses", then)
			got, err := Await(t.Context(), gh, e, r, func(string) {})
			if err != nil || got.State != want || got.Target.Project != "web" || got.Scope != "" {
				t.Errorf("%+v, %v, want %s", got, err, want)
			}
		})
	}
}

func TestAwaitEndsWhenTheHeadMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, gh := serve(t, standing("Preview", list(reported(1, "pending", ""))))
		r, err := Resolve(t.Context(), gh, pullEvent())
		if err != nil {
			t.Fatal(err)
		}
		fake.later(12*time.Second, "pulls/7", pull(7, otherSHA, "here"))
		began := time.Now()
		var last string
		got, err := Await(t.Context(), gh, pullEvent(), r, func(line string) { last = line })
		if err != nil || !got.HeadMoved || got.State != Building || got.Target.SHA != testSHA {
			t.Errorf("%+v, %v", got, err)
		}
		if took := time.Since(began); took > 36*time.Second || !strings.HasPrefix(last, "the pull request has got other commits (after ") {
			t.Errorf("after %s: %q", took, last)
		}
		asked := len(fake.asked)
		if again, err := Await(t.Context(), gh, pullEvent(), got, func(string) {}); err != nil || !again.HeadMoved || len(fake.asked) != asked {
			t.Errorf("once more: %+v, %v", again, err)
		}
	})
}

func TestAwaitEndsWhenThePullRequestIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, gh := serve(t, standing("Preview", list(reported(1, "pending", ""))))
		r, err := Resolve(t.Context(), gh, pullEvent())
		if err != nil {
			t.Fatal(err)
		}
		fake.later(2*time.Minute, "pulls/7", closed(pull(7, testSHA, "here")))
		began := time.Now()
		var last string
		got, err := Await(t.Context(), gh, pullEvent(), r, func(line string) { last = line })
		took := time.Since(began)
		if err != nil || !got.Closed || got.State != Building || took > 4*time.Minute || !strings.HasPrefix(last, "the pull request was closed (after ") {
			t.Errorf("after %s: %+v, %v, %q", took, got, err, last)
		}
	})
}

func TestAwaitTellsWhenTheHeadCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, gh := serve(t, standing("Preview", list(reported(1, "pending", ""))))
		r, err := Resolve(t.Context(), gh, pullEvent())
		if err != nil {
			t.Fatal(err)
		}
		fake.answer("pulls/7", `403 {"message":"no"}`)
		fake.later(20*time.Second, "deployments/1/statuses", list(reported(9, "success", newerURL)))
		var lines []string
		got, err := Await(t.Context(), gh, pullEvent(), r, func(line string) { lines = append(lines, line) })
		want := []string{
			"waiting for Vercel: the preview is being built",
			"waiting for Vercel: the preview is being built (after 16s): looking up pull request 7: GitHub answers 403: no",
			"the preview is up (after 26s)",
		}
		if diff := cmp.Diff(want, lines); diff != "" || err != nil || got.State != Success || got.HeadMoved {
			t.Errorf("%+v, error %v, lines (-want +got):\n%s", got, err, diff)
		}
	})
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, gh := serve(t, standing("Preview"))
		r, err := Resolve(t.Context(), gh, pullEvent())
		if err != nil {
			t.Fatal(err)
		}
		fake.asked, fake.at = nil, nil
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		var at []time.Duration
		got, err := Await(ctx, gh, pullEvent(), r, func(string) { at = append(at, time.Since(began)) })
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 10*time.Minute {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		if diff := cmp.Diff(r, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("what was resolved (-want +got):\n%s", diff)
		}
		for i := range at[1:] {
			if at[i+1]-at[i] < lineEvery {
				t.Errorf("lines after %s and %s", at[i], at[i+1])
			}
		}
		holdToPauses(t, began, fake)
	})
}

// holdToPauses holds what is asked while nothing changes: soon at first, then every ten seconds, and after a minute every
// thirty; the head no more often.
func holdToPauses(t *testing.T, began time.Time, fake *fakeGitHub) {
	t.Helper()
	var looks, heads []time.Duration
	for i, path := range fake.asked {
		switch path {
		case "deployments":
			looks = append(looks, fake.at[i].Sub(began))
		case "pulls/7":
			heads = append(heads, fake.at[i].Sub(began))
		}
	}
	want := []time.Duration{
		250 * time.Millisecond, 750 * time.Millisecond, 1750 * time.Millisecond, 3750 * time.Millisecond,
		7750 * time.Millisecond, 15750 * time.Millisecond, 25750 * time.Millisecond,
	}
	if diff := cmp.Diff(want, looks[:len(want)]); diff != "" {
		t.Errorf("looks (-want +got):\n%s", diff)
	}
	if len(fake.asked) > 75 || len(heads) > 15 || heads[0] < 10*time.Second { // a look takes two requests
		t.Errorf("%d requests in ten minutes, %d readings of the head, the first after %s", len(fake.asked), len(heads), heads[0])
	}
	for i := range heads[1:] {
		if heads[i+1]-heads[i] < 10*time.Second {
			t.Errorf("the head was read after %s and %s", heads[i], heads[i+1])
		}
	}
}
