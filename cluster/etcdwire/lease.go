package etcdwire

// LeaseGrantRequest makes a lease; ID 0 lets the server choose. TTL is in seconds, here and everywhere.
type LeaseGrantRequest struct{ TTL, ID int64 }

func (m *LeaseGrantRequest) walk(c *codec) {
	c.int64(1, &m.TTL)
	c.int64(2, &m.ID)
}

// LeaseGrantResponse is the answer.
type LeaseGrantResponse struct {
	Header  *ResponseHeader
	ID, TTL int64
	Error   string
}

func (m *LeaseGrantResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.int64(2, &m.ID)
	c.int64(3, &m.TTL)
	c.string(4, &m.Error)
}

// LeaseRevokeRequest ends a lease, and deletes its keys.
type LeaseRevokeRequest struct{ ID int64 }

func (m *LeaseRevokeRequest) walk(c *codec) { c.int64(1, &m.ID) }

// LeaseRevokeResponse is the answer.
type LeaseRevokeResponse struct{ Header *ResponseHeader }

func (m *LeaseRevokeResponse) walk(c *codec) { sub(c, 1, &m.Header) }

// LeaseCheckpoint says how many seconds a lease has left.
type LeaseCheckpoint struct{ ID, RemainingTTL int64 }

func (m *LeaseCheckpoint) walk(c *codec) {
	c.int64(1, &m.ID)
	c.int64(2, &m.RemainingTTL)
}

// LeaseCheckpointRequest says it of some. Only servers send it, in the log.
type LeaseCheckpointRequest struct{ Checkpoints []LeaseCheckpoint }

func (m *LeaseCheckpointRequest) walk(c *codec) { subs(c, 1, &m.Checkpoints) }

// LeaseCheckpointResponse is the answer.
type LeaseCheckpointResponse struct{ Header *ResponseHeader }

func (m *LeaseCheckpointResponse) walk(c *codec) { sub(c, 1, &m.Header) }

// LeaseKeepAliveRequest gives a lease its whole time again.
type LeaseKeepAliveRequest struct{ ID int64 }

func (m *LeaseKeepAliveRequest) walk(c *codec) { c.int64(1, &m.ID) }

// LeaseKeepAliveResponse is the answer. TTL 0 says that there is no such lease.
type LeaseKeepAliveResponse struct {
	Header  *ResponseHeader
	ID, TTL int64
}

func (m *LeaseKeepAliveResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.int64(2, &m.ID)
	c.int64(3, &m.TTL)
}

// LeaseTimeToLiveRequest asks what a lease has left.
type LeaseTimeToLiveRequest struct {
	ID   int64
	Keys bool
}

func (m *LeaseTimeToLiveRequest) walk(c *codec) {
	c.int64(1, &m.ID)
	c.bool(2, &m.Keys)
}

// LeaseTimeToLiveResponse is the answer. TTL −1 says that there is no such lease.
type LeaseTimeToLiveResponse struct {
	Header              *ResponseHeader
	ID, TTL, GrantedTTL int64
	Keys                [][]byte
}

func (m *LeaseTimeToLiveResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.int64(2, &m.ID)
	c.int64(3, &m.TTL)
	c.int64(4, &m.GrantedTTL)
	c.datas(5, &m.Keys)
}

// LeaseLeasesRequest asks for all leases.
type LeaseLeasesRequest struct{}

func (m *LeaseLeasesRequest) walk(*codec) {}

// LeaseStatus is one of them.
type LeaseStatus struct{ ID int64 }

func (m *LeaseStatus) walk(c *codec) { c.int64(1, &m.ID) }

// LeaseLeasesResponse is the answer.
type LeaseLeasesResponse struct {
	Header *ResponseHeader
	Leases []LeaseStatus
}

func (m *LeaseLeasesResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	subs(c, 2, &m.Leases)
}
