package wire

// ReconfigRequest changes who is in the ensemble: by Joining and Leaving, or, with NewMembers, as a whole. Nil is what
// the client did not give, which differs from empty. The change is made only to the configuration that ConfigID names,
// if that is not -1. The reply is a GetDataResponse of the new configuration.
type ReconfigRequest struct {
	Joining, Leaving, NewMembers []byte
	ConfigID                     int64
}

// Op is OpReconfig.
func (r ReconfigRequest) Op() OpCode { return OpReconfig }

func (r ReconfigRequest) encodeRequest(e *Encoder) {
	e.Buffer(r.Joining)
	e.Buffer(r.Leaving)
	e.Buffer(r.NewMembers)
	e.Int64(r.ConfigID)
}
