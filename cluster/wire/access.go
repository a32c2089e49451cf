package wire

// GetACLRequest asks who may do what with a znode.
type GetACLRequest struct{ Path string }

// GetACLResponse answers a getACL.
type GetACLResponse struct {
	ACL  []ACL
	Stat Stat
}

// SetACLRequest replaces a znode's ACL. Version is that of the ACL, which a Stat has as Aversion.
type SetACLRequest struct {
	Path    string
	ACL     []ACL
	Version int32
}

// SetACLResponse answers a setACL.
type SetACLResponse struct{ Stat Stat }

// AuthRequest says who the client is: for the scheme "digest", Auth is "user:password". It goes under XidAuth, and its
// reply has no body. ZooKeeper gives Type no meaning.
type AuthRequest struct {
	Type   int32
	Scheme string
	Auth   []byte
}

// WhoAmIRequest asks who the service takes the client for.
type WhoAmIRequest struct{}

// WhoAmIResponse answers a whoAmI.
type WhoAmIResponse struct{ IDs []ID }

// Op is OpGetACL.
func (r GetACLRequest) Op() OpCode { return OpGetACL }

// Op is OpSetACL.
func (r SetACLRequest) Op() OpCode { return OpSetACL }

// Op is OpAuth.
func (r AuthRequest) Op() OpCode { return OpAuth }

// Op is OpWhoAmI.
func (r WhoAmIRequest) Op() OpCode { return OpWhoAmI }

func (r GetACLRequest) encodeRequest(e *Encoder) { e.String(r.Path) }

func (r SetACLRequest) encodeRequest(e *Encoder) {
	e.String(r.Path)
	e.ACLs(r.ACL)
	e.Int32(r.Version)
}

func (r AuthRequest) encodeRequest(e *Encoder) {
	e.Int32(r.Type)
	e.String(r.Scheme)
	e.Buffer(r.Auth)
}

func (r WhoAmIRequest) encodeRequest(*Encoder) {}

func (r GetACLResponse) encodeResponse(e *Encoder) {
	e.ACLs(r.ACL)
	e.Stat(r.Stat)
}

func (r SetACLResponse) encodeResponse(e *Encoder) { e.Stat(r.Stat) }

func (r WhoAmIResponse) encodeResponse(e *Encoder) { e.IDs(r.IDs) }
