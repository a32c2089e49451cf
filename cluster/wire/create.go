package wire

// CreateContainerRequest makes a znode that the service removes when the last of its children has gone. The reply is
// that of OpCreate2. Clients set Flags to FlagContainer; it can be sequential too.
type CreateContainerRequest struct {
	Path  string
	Data  []byte
	ACL   []ACL
	Flags int32
}

// CreateTTLRequest makes a znode that the service removes when it has had no children and no new data for TTLMs
// milliseconds. The reply is that of OpCreate2. Flags is FlagTTL or FlagSequentialTTL.
type CreateTTLRequest struct {
	Path  string
	Data  []byte
	ACL   []ACL
	Flags int32
	TTLMs int64
}

// Op is OpCreateContainer.
func (r CreateContainerRequest) Op() OpCode { return OpCreateContainer }

// Op is OpCreateTTL.
func (r CreateTTLRequest) Op() OpCode { return OpCreateTTL }

func (r CreateContainerRequest) encodeRequest(e *Encoder) {
	CreateRequest{Path: r.Path, Data: r.Data, ACL: r.ACL, Flags: r.Flags}.encodeRequest(e)
}

func (r CreateTTLRequest) encodeRequest(e *Encoder) {
	CreateRequest{Path: r.Path, Data: r.Data, ACL: r.ACL, Flags: r.Flags}.encodeRequest(e)
	e.Int64(r.TTLMs)
}
