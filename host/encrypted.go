package host

// Encrypted is a Conn that knows whether what goes over it is encrypted. One that is not Encrypted, as every simulated
// one, has nothing encrypted.
type Encrypted interface {
	Encrypted() bool
}
