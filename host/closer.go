package host

// Closer is a Program that holds what outlives it unless it is given back, such as the memory of another program that
// it runs. A host calls Close once the program's life is over, in whatever way; Close uses nothing of the host.
type Closer interface {
	Close()
}
