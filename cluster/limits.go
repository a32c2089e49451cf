package cluster

// Limits are sizes beyond which a node does something in parts, or later. What happens there is rare where they are as
// large as suits a server, so trials make them small. The zero value of each means its default.
type Limits struct {
	// One message to the leader has at most so many requests, and no more once they have so many bytes; default 512, and
	// 1 MiB. The rest waits for the next message.
	ForwardRequests, ForwardBytes int
	// OutboxBytes is about how much of etcd's API may wait at this server to be applied; default 64 MiB. What exceeds it
	// is refused: a client that was told that its time is up asks again, and what it asked for before waits still.
	OutboxBytes int
	// AppendBytes is about how much of the log one message of raft's has, ApplyBytes how much is applied at once, and
	// UncommittedBytes how much a leader may have proposed that is not committed; default 1, 4 and 64 MiB. What exceeds
	// the last is not proposed, and asked for again.
	AppendBytes, ApplyBytes, UncommittedBytes uint64
	// AppendsInFlight is how many messages with entries one follower may have without an answer; default 256.
	AppendsInFlight int
	// Reaped is how many containers, and znodes whose time is over, are proposed to be removed in a tick; default 100.
	Reaped int
	// ReadBytes is how much of a snapshot is read at a time while booting; default 128 KiB.
	ReadBytes int
}

func (l *Limits) setDefaults() {
	setDefault(&l.ForwardRequests, 512)
	setDefault(&l.ForwardBytes, 1<<20)
	setDefault(&l.OutboxBytes, 64<<20)
	setDefault(&l.AppendBytes, 1<<20)
	setDefault(&l.ApplyBytes, 4<<20)
	setDefault(&l.UncommittedBytes, 64<<20)
	setDefault(&l.AppendsInFlight, 256)
	setDefault(&l.Reaped, 100)
}
