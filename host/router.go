package host

// Router is a Host that finds other machines by their socket addresses, and can be given more of them while its
// program runs. A simulated host knows every machine of its world and is none.
type Router interface {
	// Route says where a machine is found, as host:port. What is sent to it from now on goes there. To repeat it does
	// nothing.
	Route(to Addr, address string)
}
