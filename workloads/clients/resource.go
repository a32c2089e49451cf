package clients

// Resource is what a lock protects: a thing outside the service, with no memory but the largest token that it has
// seen. It refuses smaller ones, which is the only defence against a holder who does not know that its time is over.
type Resource struct{ highest int64 }

// Write is accepted unless a larger token was here before.
func (r *Resource) Write(token int64) (accepted bool) {
	if token < r.highest {
		return false
	}
	r.highest = token
	return true
}
