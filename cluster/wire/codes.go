package wire

// OpCode is a request's type, as it stands in the protocol.
type OpCode int32

// The operations of the protocol.
const (
	OpNotification  OpCode = 0
	OpCreate        OpCode = 1
	OpDelete        OpCode = 2
	OpExists        OpCode = 3
	OpGetData       OpCode = 4
	OpSetData       OpCode = 5
	OpGetChildren   OpCode = 8
	OpSync          OpCode = 9
	OpPing          OpCode = 11
	OpGetChildren2  OpCode = 12
	OpCheck         OpCode = 13
	OpMulti         OpCode = 14
	OpCreate2       OpCode = 15
	OpSetWatches    OpCode = 101
	OpCreateSession OpCode = -10
	OpCloseSession  OpCode = -11
	OpError         OpCode = -1
)

// The xids that no request of a client's own has.
const (
	XidNotification int32 = -1
	XidPing         int32 = -2
	XidSetWatches   int32 = -8
)

// Flags of a create.
const (
	FlagEphemeral  int32 = 1
	FlagSequential int32 = 2
)

// Code is a reply's error, as it stands in the protocol. OK is 0; every other code is an error.
type Code int32

// The codes of the protocol that this service gives.
const (
	OK                      Code = 0
	SystemError             Code = -1
	RuntimeInconsistency    Code = -2 // a later operation of a multi that failed
	ConnectionLoss          Code = -4 // the client's own: nobody knows whether the request took effect
	MarshallingError        Code = -5
	Unimplemented           Code = -6
	OperationTimeout        Code = -7
	BadArguments            Code = -8
	NoNode                  Code = -101
	NoAuth                  Code = -102
	BadVersion              Code = -103
	NoChildrenForEphemerals Code = -108
	NodeExists              Code = -110
	NotEmpty                Code = -111
	SessionExpired          Code = -112
	InvalidACL              Code = -114
	AuthFailed              Code = -115
	SessionMoved            Code = -118
)

// EventType is what happened to a watched znode.
type EventType int32

// The events of the protocol.
const (
	EventNone            EventType = -1
	EventCreated         EventType = 1
	EventDeleted         EventType = 2
	EventDataChanged     EventType = 3
	EventChildrenChanged EventType = 4
)

// StateSyncConnected is the connection state in every event that a server sends.
const StateSyncConnected int32 = 3
