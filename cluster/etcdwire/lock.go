package etcdwire

// LockRequest asks for the lock of a name, for as long as a lease lives.
type LockRequest struct {
	Name  []byte
	Lease int64
}

func (m *LockRequest) walk(c *codec) {
	c.data(1, &m.Name)
	c.int64(2, &m.Lease)
}

// LockResponse has the key by which the lock is held.
type LockResponse struct {
	Header *ResponseHeader
	Key    []byte
}

func (m *LockResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.data(2, &m.Key)
}

// UnlockRequest gives it back.
type UnlockRequest struct{ Key []byte }

func (m *UnlockRequest) walk(c *codec) { c.data(1, &m.Key) }

// UnlockResponse is the answer.
type UnlockResponse struct{ Header *ResponseHeader }

func (m *UnlockResponse) walk(c *codec) { sub(c, 1, &m.Header) }

// CampaignRequest asks to be elected.
type CampaignRequest struct {
	Name  []byte
	Lease int64
	Value []byte
}

func (m *CampaignRequest) walk(c *codec) {
	c.data(1, &m.Name)
	c.int64(2, &m.Lease)
	c.data(3, &m.Value)
}

// LeaderKey is what a leader holds.
type LeaderKey struct {
	Name, Key  []byte
	Rev, Lease int64
}

func (m *LeaderKey) walk(c *codec) {
	c.data(1, &m.Name)
	c.data(2, &m.Key)
	c.int64(3, &m.Rev)
	c.int64(4, &m.Lease)
}

// CampaignResponse is the answer, when it was.
type CampaignResponse struct {
	Header *ResponseHeader
	Leader *LeaderKey
}

func (m *CampaignResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	sub(c, 2, &m.Leader)
}

// LeaderRequest asks who leads.
type LeaderRequest struct{ Name []byte }

func (m *LeaderRequest) walk(c *codec) { c.data(1, &m.Name) }

// LeaderResponse is the answer.
type LeaderResponse struct {
	Header *ResponseHeader
	KV     *KeyValue
}

func (m *LeaderResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	sub(c, 2, &m.KV)
}

// ResignRequest gives the leadership up.
type ResignRequest struct{ Leader *LeaderKey }

func (m *ResignRequest) walk(c *codec) { sub(c, 1, &m.Leader) }

// ResignResponse is the answer.
type ResignResponse struct{ Header *ResponseHeader }

func (m *ResignResponse) walk(c *codec) { sub(c, 1, &m.Header) }

// ProclaimRequest gives a leader another value.
type ProclaimRequest struct {
	Leader *LeaderKey
	Value  []byte
}

func (m *ProclaimRequest) walk(c *codec) {
	sub(c, 1, &m.Leader)
	c.data(2, &m.Value)
}

// ProclaimResponse is the answer.
type ProclaimResponse struct{ Header *ResponseHeader }

func (m *ProclaimResponse) walk(c *codec) { sub(c, 1, &m.Header) }
