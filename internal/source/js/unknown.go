package js

import (
	"errors"
	"slices"

	"github.com/grafana/sobek"
)

// Unknowns are the values that cannot be known: what comes from a package
// whose sources are not there. They can be called, constructed, read and
// written, and all that comes of it is unknown too. They are true, and a
// program that only tests one leaves no trace.
type Unknowns struct {
	Touched []string // what a program did with unknown values, in order, each once

	rt    *sobek.Runtime
	names map[*sobek.Object]string
}

// maxTouched bounds what is remembered of a program that does little else.
const maxTouched = 200

func newUnknowns(rt *sobek.Runtime) *Unknowns {
	return &Unknowns{rt: rt, names: make(map[*sobek.Object]string)}
}

// Name says how a program came to an unknown value, and nothing of others.
func (u *Unknowns) Name(v sobek.Value) string {
	object, ok := v.(*sobek.Object)
	if !ok {
		return ""
	}
	return u.names[object]
}

// Module returns an unknown module.
func (u *Unknowns) Module(name string) sobek.Value {
	shadow := &unknown{set: u, name: name}
	return u.make(&unknown{set: u, name: name, module: true, prototype: u.make(shadow)})
}

// Value returns any other unknown value.
func (u *Unknowns) Value(name string) sobek.Value {
	return u.make(&unknown{set: u, name: name})
}

func (u *Unknowns) touch(name string) {
	if len(u.Touched) < maxTouched && !slices.Contains(u.Touched, name) {
		u.Touched = append(u.Touched, name)
	}
}

// An unknown is one such value's behaviour.
type unknown struct {
	set       *Unknowns
	name      string
	module    bool
	prototype *sobek.Object            // null when nil
	wrapped   sobek.Callable           // the function that was handed to the call it came from
	members   map[string]*sobek.Object // by property, so that reading twice gives the same
}

func (u *Unknowns) make(v *unknown) *sobek.Object {
	if len(v.name) > 200 {
		v.name = v.name[:200]
	}
	v.members = make(map[string]*sobek.Object)
	target := u.rt.ToValue(func(sobek.ConstructorCall) *sobek.Object { return nil }).(*sobek.Object)
	proxy := u.rt.ToValue(u.rt.NewProxy(target, &sobek.ProxyTrapConfig{
		Get:            v.get,
		GetSym:         v.getSymbol,
		Set:            func(*sobek.Object, string, sobek.Value, sobek.Value) bool { return true },
		Has:            func(*sobek.Object, string) bool { return true },
		GetPrototypeOf: func(*sobek.Object) *sobek.Object { return v.prototype },
		Apply:          v.apply,
		Construct: func(*sobek.Object, []sobek.Value, *sobek.Object) *sobek.Object {
			return v.member("new " + v.name)
		},
	})).(*sobek.Object)
	u.names[proxy] = v.name
	return proxy
}

// member returns what is found behind the unknown value under a name.
func (v *unknown) member(name string) *sobek.Object {
	v.set.touch(name)
	if v.members[name] == nil {
		v.members[name] = v.set.make(&unknown{set: v.set, name: name})
	}
	return v.members[name]
}

func (v *unknown) get(target *sobek.Object, property string, _ sobek.Value) sobek.Value {
	switch property {
	case "then": // it is no promise: waiting for it would never end
		return sobek.Undefined()
	case "__esModule":
		return v.set.rt.ToValue(v.module)
	case "prototype":
		return target.Get(property)
	case "toString", "valueOf", "toJSON":
		return v.text()
	case "default":
		if v.module {
			return v.member(v.name)
		}
	}
	return v.member(v.name + "." + property)
}

// text is what a program reads that makes a string of the value.
func (v *unknown) text() sobek.Value {
	return v.set.rt.ToValue(func(sobek.FunctionCall) sobek.Value {
		v.set.touch(v.name)
		return v.set.rt.ToValue("[unknown " + v.name + "]")
	})
}

func (v *unknown) getSymbol(_ *sobek.Object, symbol *sobek.Symbol, _ sobek.Value) sobek.Value {
	switch symbol {
	case sobek.SymToPrimitive:
		return v.text()
	case sobek.SymIterator:
		return v.set.rt.ToValue(func(sobek.FunctionCall) sobek.Value {
			items := v.set.rt.NewArray(v.member(v.name+"[0]"), v.member(v.name+"[1]"))
			iterate, _ := sobek.AssertFunction(items.GetSymbol(sobek.SymIterator))
			iterator, err := iterate(items)
			if err != nil {
				panic(err)
			}
			return iterator
		})
	}
	return sobek.Undefined()
}

// apply is a call. A function that an unknown one was given and that is called
// in its stead, as with a wrapper around a request's handler, is taken to be
// called through.
func (v *unknown) apply(_ *sobek.Object, this sobek.Value, args []sobek.Value) sobek.Value {
	if v.wrapped != nil {
		v.set.touch(v.name + " is taken to call what it wraps")
		result, err := v.wrapped(this, args...)
		switch _, thrown := errors.AsType[*sobek.Exception](err); {
		case err == nil:
			return result
		case !thrown:
			panic(err) // the machine is stopped
		}
		return v.set.make(&unknown{set: v.set, name: v.name + "()"}) // the true wrapper may have called with more
	}
	result := v.set.make(&unknown{set: v.set, name: v.name + "()"})
	v.set.touch(v.name + "()")
	for _, arg := range args {
		if f, ok := sobek.AssertFunction(arg); ok && v.set.Name(arg) == "" {
			return v.set.make(&unknown{set: v.set, name: v.name + "()", wrapped: f})
		}
	}
	return result
}
