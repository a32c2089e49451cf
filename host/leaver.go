package host

// Leaver is a Program that has something to put in order before it ends, such as a leadership to hand over. A host that
// ends a program in good order asks it first; one that ends it as a crash would does not.
type Leaver interface {
	// Leave asks the program to make ready for its end. It calls done, once, when it is ready; it is called as before
	// until then. The host waits for that, but not for ever. done may be called from within Leave.
	Leave(done func())
}
