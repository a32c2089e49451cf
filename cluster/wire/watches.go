package wire

// SetWatchesRequest sets watches again after a reconnect; what changed since RelativeZxid fires at once. It serves
// OpSetWatches and OpSetWatches2.
type SetWatchesRequest struct {
	RelativeZxid       int64
	Data, Exist, Child []string
	// Second says that the client asked with OpSetWatches2, whose body has Persistent and PersistentRecursive as well.
	Second                          bool
	Persistent, PersistentRecursive []string
}

// AddWatchRequest sets a watch that stays when it fires. The reply is an ErrorResponse.
type AddWatchRequest struct {
	Path string
	Mode WatchMode
}

// CheckWatchesRequest asks whether the client has such a watch on a path: if not, the answer is NoWatcher.
type CheckWatchesRequest struct {
	Path string
	Type WatcherType
}

// RemoveWatchesRequest removes the client's watches of a type on a path: if there are none, the answer is NoWatcher.
type RemoveWatchesRequest struct {
	Path string
	Type WatcherType
}

// Op is OpSetWatches, or OpSetWatches2 with Second.
func (r SetWatchesRequest) Op() OpCode {
	if r.Second {
		return OpSetWatches2
	}
	return OpSetWatches
}

// Op is OpAddWatch.
func (r AddWatchRequest) Op() OpCode { return OpAddWatch }

// Op is OpCheckWatches.
func (r CheckWatchesRequest) Op() OpCode { return OpCheckWatches }

// Op is OpRemoveWatches.
func (r RemoveWatchesRequest) Op() OpCode { return OpRemoveWatches }

func (r SetWatchesRequest) encodeRequest(e *Encoder) {
	r = r.bent()
	e.Int64(r.RelativeZxid)
	e.strings(r.Data)
	e.strings(r.Exist)
	e.strings(r.Child)
	if r.Second {
		e.strings(r.Persistent)
		e.strings(r.PersistentRecursive)
	}
}

func (r AddWatchRequest) encodeRequest(e *Encoder) {
	e.String(r.Path)
	e.Int32(int32(r.Mode))
}

func (r CheckWatchesRequest) encodeRequest(e *Encoder) {
	e.String(r.Path)
	e.Int32(int32(r.Type))
}

func (r RemoveWatchesRequest) encodeRequest(e *Encoder) {
	e.String(r.Path)
	e.Int32(int32(r.Type))
}

func decodeWatchRequest(op OpCode, d *Decoder) Request {
	switch op {
	case OpAddWatch:
		return AddWatchRequest{Path: d.String(), Mode: WatchMode(d.Int32())}
	case OpCheckWatches:
		return CheckWatchesRequest{Path: d.String(), Type: WatcherType(d.Int32())}
	case OpRemoveWatches:
		return RemoveWatchesRequest{Path: d.String(), Type: WatcherType(d.Int32())}
	}
	r := SetWatchesRequest{RelativeZxid: d.Int64(), Data: d.strings(), Exist: d.strings(), Child: d.strings()}
	if op == OpSetWatches2 {
		r.Second, r.Persistent, r.PersistentRecursive = true, d.strings(), d.strings()
	}
	return r.bent()
}
