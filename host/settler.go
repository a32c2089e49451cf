package host

// Settler is a Program that does the costly part of its work once for many frames. After one or more calls of Frame the
// host calls Settle, before it makes any other call and before it waits.
type Settler interface {
	Settle()
}
