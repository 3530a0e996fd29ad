// Package layers holds no code: its test holds which package may import which,
// and what every package has to say of itself.
package layers
