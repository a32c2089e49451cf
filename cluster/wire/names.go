package wire

import "fmt"

// String is the code's name: "NoNode".
func (c Code) String() string {
	switch c {
	case OK:
		return "OK"
	case SystemError:
		return "SystemError"
	case RuntimeInconsistency:
		return "RuntimeInconsistency"
	case ConnectionLoss:
		return "ConnectionLoss"
	case MarshallingError:
		return "MarshallingError"
	case Unimplemented:
		return "Unimplemented"
	case OperationTimeout:
		return "OperationTimeout"
	case BadArguments:
		return "BadArguments"
	case NoNode:
		return "NoNode"
	case NoAuth:
		return "NoAuth"
	case BadVersion:
		return "BadVersion"
	case NoChildrenForEphemerals:
		return "NoChildrenForEphemerals"
	case NodeExists:
		return "NodeExists"
	case NotEmpty:
		return "NotEmpty"
	case SessionExpired:
		return "SessionExpired"
	case InvalidACL:
		return "InvalidACL"
	case AuthFailed:
		return "AuthFailed"
	case SessionMoved:
		return "SessionMoved"
	}
	return fmt.Sprintf("Code(%d)", int32(c))
}

// Error makes a Code an error. OK is no error: get one from Err, which knows that.
func (c Code) Error() string { return fmt.Sprintf("the service answered %v", c.String()) }

// Err is the code as an error: nil for OK.
func (c Code) Err() error {
	if c == OK {
		return nil
	}
	return c
}

// String is the operation's name: "getChildren2".
func (o OpCode) String() string {
	switch o {
	case OpNotification:
		return "notification"
	case OpCreate:
		return "create"
	case OpDelete:
		return "delete"
	case OpExists:
		return "exists"
	case OpGetData:
		return "getData"
	case OpSetData:
		return "setData"
	case OpGetChildren:
		return "getChildren"
	case OpSync:
		return "sync"
	case OpPing:
		return "ping"
	case OpGetChildren2:
		return "getChildren2"
	case OpCheck:
		return "check"
	case OpMulti:
		return "multi"
	case OpCreate2:
		return "create2"
	case OpSetWatches:
		return "setWatches"
	case OpCreateSession:
		return "createSession"
	case OpCloseSession:
		return "closeSession"
	case OpError:
		return "error"
	}
	return fmt.Sprintf("OpCode(%d)", int32(o))
}

// String is the event's name: "NodeCreated".
func (t EventType) String() string {
	switch t {
	case EventNone:
		return "None"
	case EventCreated:
		return "NodeCreated"
	case EventDeleted:
		return "NodeDeleted"
	case EventDataChanged:
		return "NodeDataChanged"
	case EventChildrenChanged:
		return "NodeChildrenChanged"
	}
	return fmt.Sprintf("EventType(%d)", int32(t))
}
