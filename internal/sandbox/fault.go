package sandbox

// A Fault is one way to break a healthy World.
type Fault struct {
	ID    string
	Title string       // what is broken, one clause
	Check string       // the check whose failure must be the first diagnosis
	With  []string     // environment variables of Env the gate is given
	Break func(*World) // makes it so
}

// A Variant is one way to differ from the usual and still be healthy.
type Variant struct {
	ID    string
	Title string
	With  []string // environment variables of Env the gate is given
	Apply func(*World)
}
