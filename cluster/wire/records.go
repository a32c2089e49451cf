package wire

// AnyVersion in a request matches every version.
const AnyVersion int32 = -1

// Stat is what a client sees of a znode besides its data. Times are milliseconds since 1970.
type Stat struct {
	Czxid, Mzxid                int64
	Ctime, Mtime                int64
	Version, Cversion, Aversion int32
	EphemeralOwner              int64
	DataLength, NumChildren     int32
	Pzxid                       int64
}

// ID is who an ACL entry is for.
type ID struct{ Scheme, ID string }

// ACL grants the permissions in Perms to ID.
type ACL struct {
	Perms int32
	ID    ID
}

// ConnectRequest opens every connection. SessionID 0 asks for a new session.
type ConnectRequest struct {
	ProtocolVersion int32
	LastZxidSeen    int64
	TimeoutMs       int32
	SessionID       int64
	Passwd          []byte
	ReadOnly        bool
	// HasReadOnly says whether the client sent the last byte (clients before 3.4 leave it out); the server answers
	// in the same form.
	HasReadOnly bool
}

// ConnectResponse answers a ConnectRequest. SessionID 0 and TimeoutMs 0 say that the session is gone for good.
type ConnectResponse struct {
	ProtocolVersion int32
	TimeoutMs       int32
	SessionID       int64
	Passwd          []byte
	ReadOnly        bool
	HasReadOnly     bool
}

// RequestHeader stands before every request but the first.
type RequestHeader struct {
	Xid int32
	Op  OpCode
}

// ReplyHeader stands before every reply and event. The body follows only when Err is OK.
type ReplyHeader struct {
	Xid  int32
	Zxid int64
	Err  Code
}

// WatcherEvent is the body of a notification.
type WatcherEvent struct {
	Type  EventType
	State int32
	Path  string
}

// CreateRequest makes a znode. It serves OpCreate and OpCreate2.
type CreateRequest struct {
	Path  string
	Data  []byte
	ACL   []ACL
	Flags int32
	// Stat says that the client asked with OpCreate2, whose reply has the Stat.
	Stat bool
}

// DeleteRequest removes a znode without children.
type DeleteRequest struct {
	Path    string
	Version int32
}

// SetDataRequest replaces a znode's data.
type SetDataRequest struct {
	Path    string
	Data    []byte
	Version int32
}

// CheckRequest, in a multi, demands a version.
type CheckRequest struct {
	Path    string
	Version int32
}

// Request is what a client sends behind a RequestHeader.
type Request interface {
	// Op is the code that the request goes under.
	Op() OpCode
}

// MultiRequest is several writes that take effect together or not at all.
type MultiRequest struct{ Ops []Request }

// ExistsRequest asks for a Stat.
type ExistsRequest struct {
	Path  string
	Watch bool
}

// GetDataRequest asks for data and Stat.
type GetDataRequest struct {
	Path  string
	Watch bool
}

// GetChildrenRequest asks for the names of children. It serves OpGetChildren and OpGetChildren2.
type GetChildrenRequest struct {
	Path  string
	Watch bool
	// Stat says that the client asked with OpGetChildren2, whose reply has the Stat.
	Stat bool
}

// SyncRequest asks that reads behind it see every write that was acknowledged before it.
type SyncRequest struct{ Path string }

// PingRequest keeps a session alive.
type PingRequest struct{}

// CloseSessionRequest ends a session.
type CloseSessionRequest struct{}
