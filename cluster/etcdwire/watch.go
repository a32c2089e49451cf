package etcdwire

// WatchRequest is one of a stream of watches: one of its fields is set, or none.
type WatchRequest struct {
	Create   *WatchCreateRequest
	Cancel   *WatchCancelRequest
	Progress *WatchProgressRequest
}

func (m *WatchRequest) walk(c *codec) {
	drop := func() { *m = WatchRequest{} }
	choice(c, 1, &m.Create, drop)
	choice(c, 2, &m.Cancel, drop)
	choice(c, 3, &m.Progress, drop)
}

// FilterType is a kind of event that a watch does not want.
type FilterType int32

// The kinds.
const (
	FilterNoPut    FilterType = 0
	FilterNoDelete FilterType = 1
)

// WatchCreateRequest begins a watch of a range, from StartRevision on or, if that is 0, from now on.
type WatchCreateRequest struct {
	Key, RangeEnd  []byte
	StartRevision  int64
	ProgressNotify bool
	Filters        []FilterType
	PrevKV         bool
	WatchID        int64
	Fragment       bool
}

func (m *WatchCreateRequest) walk(c *codec) {
	c.data(1, &m.Key)
	c.data(2, &m.RangeEnd)
	c.int64(3, &m.StartRevision)
	c.bool(4, &m.ProgressNotify)
	enums(c, 5, &m.Filters)
	c.bool(6, &m.PrevKV)
	c.int64(7, &m.WatchID)
	c.bool(8, &m.Fragment)
}

// WatchCancelRequest ends a watch.
type WatchCancelRequest struct{ WatchID int64 }

func (m *WatchCancelRequest) walk(c *codec) { c.int64(1, &m.WatchID) }

// WatchProgressRequest asks how far the watches of the stream are.
type WatchProgressRequest struct{}

func (m *WatchProgressRequest) walk(*codec) {}

// WatchResponse is an answer in a stream of watches.
type WatchResponse struct {
	Header            *ResponseHeader
	WatchID           int64
	Created, Canceled bool
	CompactRevision   int64
	CancelReason      string
	Fragment          bool
	Events            []Event
}

func (m *WatchResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.int64(2, &m.WatchID)
	c.bool(3, &m.Created)
	c.bool(4, &m.Canceled)
	c.int64(5, &m.CompactRevision)
	c.string(6, &m.CancelReason)
	c.bool(7, &m.Fragment)
	subs(c, 11, &m.Events)
}
