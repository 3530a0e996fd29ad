package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
)

// chunk is one client chunk of an application, under the name it has in
// every build.
type chunk struct {
	name     string
	size     int // at least; the rest is filler
	polyfill bool
	content  func(Bundle) string // what is told apart; nil: filler only
}

func (c chunk) path() string { return "/_next/static/chunks/" + c.name + ".js" }

// chunks lists an application's client chunks in the order documents do. The
// one that tells most is neither first nor smallest.
func chunks() []chunk {
	return []chunk{
		{name: "a6dad97d9634a72d", size: 38_000, polyfill: true},
		{name: "3f1b0c6de2a94875", size: 24_000},
		{name: "0c2d4e6f8a1b3c5d", size: 900},
		{name: "b71e93c05a2f48d6", size: 14_000},
		{name: "5e8a7d3c9b1f0246", size: 9_000, content: navigation},
		{name: "e4d90b25c7f8613a", size: 33_000, content: providers},
		{name: "7a2c5b8e1d4f9036", size: 5_000},
		{name: "f0e1d2c3b4a59687", size: 2_100, content: leaked},
		{name: "18c47a6fd05b92e3", size: 600},
		{name: "turbopack-2b9e6f1a7c3d8540", size: 4_200},
	}
}

// text builds the chunk of one application.
func (c chunk) text(b Bundle) string {
	content := ""
	if c.content != nil {
		content = c.content(b)
	}
	seed := uint32(len(c.name))
	for _, letter := range c.name {
		seed = seed*31 + uint32(letter)
	}
	before := filler(seed, (c.size-len(content))/4)
	after := filler(seed+1, c.size-len(content)-len(before))
	return `(globalThis.TURBOPACK||(globalThis.TURBOPACK=[])).push(["object"==typeof document?document.currentScript:void 0,` +
		fmt.Sprint(seed%90_000) + `,(e,t,r)=>{"use strict";` + before + content + after + `}]);`
}

// filler is minified code that says nothing, about as long as asked.
func filler(seed uint32, size int) string {
	forms := []string{
		"function a(b,c){return null==b?c:b.d(c)}",
		"let a=e=>{if(!e)return;for(let b of e)c(b,void 0!==e.d)};",
		"r.s([\"a\",0,c=>({...c,d:!0})]);",
		"var a=b(0),c=Object.assign(a.d,{displayName:\"b\"});",
		"try{a.b(0)}catch(c){console.error(c.d)}",
		"class a extends b{constructor(c){super(c),this.d=c,this._a=new Map}get size(){return this._a.size}}",
	}
	var text strings.Builder
	for text.Len() < size {
		seed = seed*1664525 + 1013904223
		text.WriteString(forms[(seed>>16)%uint32(len(forms))])
	}
	return text.String()
}

// navigation is the component with the way out.
func navigation(b Bundle) string {
	text := `function N({user:e}){return(0,t.jsxs)("nav",{children:[(0,t.jsx)(r.default,{href:"/sign-in",prefetch:!1,children:"Sign in"}),`
	if b.SignOutLink != "" {
		prefetch := ",prefetch:!1"
		if b.SignOutPrefetch {
			prefetch = ""
		}
		text += `(0,t.jsx)(r.default,{href:` + quote(b.SignOutLink) + prefetch + `,children:"Sign out"}),`
	}
	if b.SignOutForm != "" {
		text += `(0,t.jsx)("form",{action:` + quote(b.SignOutForm) + `,method:"post",children:(0,t.jsx)("button",{type:"submit",children:"Sign out"})}),`
	}
	return text + `e?.email]})}`
}

// providers is the component that joins AuthKit and Convex, with both of
// their clients.
func providers(b Bundle) string {
	var text strings.Builder
	for i, a := range actions() {
		fmt.Fprintf(&text, `let q%d=(0,o.createServerReference)("%s",o.callServer,void 0,o.findSourceMapURL,"%s");`, i, a.id, a.name)
	}
	text.WriteString(filler(482, 7_000))
	text.WriteString(`class M{constructor(e,t){if(void 0===e)throw Error("No address provided to ConvexReactClient.\nIf trying to deploy to production, make sure to follow all the instructions found at https://docs.convex.dev/production/hosting/\nIf running locally, make sure to run ` + "`convex dev`" + ` and ensure the .env.local file is populated.");` +
		`if("string"!=typeof e)throw Error(` + "`ConvexReactClient requires a URL like 'https://happy-otter-123.convex.cloud', received something of type ${typeof e} instead.`" + `);` +
		`if(!e.includes("://"))throw Error("Provided address was not an absolute URL.");this.address=e}}`)
	text.WriteString(`function C({children:e}){let[r]=(0,s.useState)(()=>new n.M(` + quote(b.ConvexURL) + `,{expectAuth:!0}));return(0,t.jsx)(a.AuthKitProvider,{children:(0,t.jsx)(n.ConvexProviderWithAuth,{client:r,useAuth:A,children:e})})}`)
	token := `forceRefreshToken:e}={})=>e?await l()??null:await i()??null`
	if b.RefreshesByForce {
		token = `})=>await l()??null`
	}
	text.WriteString(`function A(){let{user:e,loading:t}=(0,a.useAuth)(),{getAccessToken:i,refresh:l}=(0,a.useAccessToken)(),d=(0,s.useCallback)(async({` + token + `,[i,l]);return{isLoading:t,isAuthenticated:!!e,fetchAccessToken:d}}`)
	return text.String()
}

// leaked is what server code left behind in a client chunk.
func leaked(b Bundle) string {
	var text strings.Builder
	for i, literal := range b.Literals {
		fmt.Fprintf(&text, "let k%d=%s;", i, quote(literal))
	}
	return text.String()
}

// action is one of AuthKit's server actions.
type action struct{ id, name string }

// actions lists AuthKit's server actions under the IDs the build gave them.
func actions() []action {
	return []action{
		{"006c95cc475393d7d8b8983cd2bee3201c6302f023", "checkSessionAction"},
		{"00fcef3ccae16cf75ce3a2637adbfaafeb266713bf", "getAccessTokenAction"},
		{"406534ac0913e5f336d237646be3927f572c5bd36f", "getAuthAction"},
		{"4003f141b67155def8da443517e6fe478d49ce67e7", "handleSignOutAction"},
		{"00ab4d77ade8ac3995360f8a017ea5b238b01c4079", "refreshAccessTokenAction"},
		{"4053fe417f24390baedd15eccadc50acdf878a588b", "refreshAuthAction"},
		{"003e0cbd4a9047718ad51d58a5d869d1e84d19ac62", "switchToOrganizationAction"},
	}
}

// quote makes a JavaScript string.
func quote(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}
