package sandbox

import (
	"fmt"
	"strings"
)

// contentPage is a page that rendered.
func contentPage(buildID, path string) string {
	body := fmt.Sprintf(`<header><a href="/sign-in">Sign in</a></header><main><h1>Acme</h1><p>You are at %s.</p></main>`, path)
	return document(buildID, "", "Acme", body)
}

// notFoundPage is Next.js' own 404.
func notFoundPage(buildID string) string {
	return document(buildID, "", "404: This page could not be found.",
		`<div style="font-family:system-ui;height:100vh;text-align:center"><h1 class="next-error-h1">404</h1><h2>This page could not be found.</h2></div>`)
}

// errorPage is what Next.js sends in place of a page that threw.
func errorPage(buildID string) string {
	return document(buildID, ` id="__next_error__"`, "500: This page could not be loaded",
		`<div style="font-family:system-ui;height:100vh"><h2>This page could not be loaded</h2><p>Digest: 2358964273</p></div>`)
}

// document lists the client chunks and carries the flight data, as every
// document of a Next.js application does, error pages included.
func document(buildID, attributes, title, body string) string {
	var head strings.Builder
	for _, c := range chunks() {
		switch {
		case c.polyfill:
			fmt.Fprintf(&head, `<script src="%s" noModule=""></script>`, c.path())
		default:
			fmt.Fprintf(&head, `<script src="%s" async=""></script>`, c.path())
		}
	}
	flight := fmt.Sprintf(`0:{\"P\":null,\"b\":\"%s\",\"c\":[\"\",\"\"],\"q\":\"\",\"i\":false,\"f\":[[[\"\",{\"children\":[\"__PAGE__\",{}]},\"$undefined\",\"$undefined\",16]]],\"m\":\"$undefined\",\"S\":false}\n`, buildID)
	return `<!DOCTYPE html><html` + attributes + ` lang="en"><head><meta charSet="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>` +
		`<link rel="stylesheet" href="/_next/static/chunks/9d0c7b1f54e2a863.css" data-precedence="next"/>` + head.String() +
		`<title>` + title + `</title></head><body><div hidden=""><!--$--><!--/$--></div>` + body +
		`<script>(self.__next_f=self.__next_f||[]).push([0])</script><script>self.__next_f.push([1,"` + flight + `"])</script></body></html>`
}
