package host

// Identified is a Conn whose other end has proved who it is: on the real machine, by a certificate over TLS. A Conn
// that is not Identified, as every simulated one, has proved nothing.
type Identified interface {
	// Identities are the names that the other end has proved, as RFC 2253 writes a certificate's subject
	// ("CN=ann,O=Example"); none if it showed no certificate. They do not change while the connection lives.
	Identities() []string
}
