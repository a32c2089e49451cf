package etcdwire

import (
	"github.com/pingcap/failpoint"
	"google.golang.org/protobuf/encoding/protowire"
)

// ResponseHeader is what every answer says of the server.
type ResponseHeader struct {
	ClusterID, MemberID uint64
	Revision            int64
	RaftTerm            uint64
}

func (m *ResponseHeader) walk(c *codec) {
	c.uint64(1, &m.ClusterID)
	c.uint64(2, &m.MemberID)
	c.int64(3, &m.Revision)
	c.uint64(4, &m.RaftTerm)
}

// KeyValue is one version of a key.
type KeyValue struct {
	Key                                  []byte
	CreateRevision, ModRevision, Version int64
	Value                                []byte
	Lease                                int64
}

func (m *KeyValue) walk(c *codec) {
	c.data(1, &m.Key)
	c.int64(2, &m.CreateRevision)
	c.int64(3, &m.ModRevision)
	c.int64(4, &m.Version)
	c.data(5, &m.Value)
	c.int64(6, &m.Lease)
}

// EventType says what happened to a key.
type EventType int32

// The types of events.
const (
	EventPut    EventType = 0
	EventDelete EventType = 1
)

// Event is one change of a key.
type Event struct {
	Type       EventType
	KV, PrevKV *KeyValue
}

func (m *Event) walk(c *codec) {
	enum(c, 1, &m.Type)
	sub(c, 2, &m.KV)
	sub(c, 3, &m.PrevKV)
}

// SortOrder and SortTarget say how a range is sorted.
type (
	SortOrder  int32
	SortTarget int32
)

// The words of both.
const (
	SortNone    SortOrder = 0
	SortAscend  SortOrder = 1
	SortDescend SortOrder = 2

	SortByKey     SortTarget = 0
	SortByVersion SortTarget = 1
	SortByCreate  SortTarget = 2
	SortByMod     SortTarget = 3
	SortByValue   SortTarget = 4
)

// RangeRequest asks for the keys from Key up to, and without, RangeEnd: for the one key if that is empty, for all from
// Key on if it is a zero byte.
type RangeRequest struct {
	Key, RangeEnd                        []byte
	Limit, Revision                      int64
	SortOrder                            SortOrder
	SortTarget                           SortTarget
	Serializable, KeysOnly, CountOnly    bool
	MinModRevision, MaxModRevision       int64
	MinCreateRevision, MaxCreateRevision int64
}

func (m *RangeRequest) walk(c *codec) {
	c.data(1, &m.Key)
	c.data(2, &m.RangeEnd)
	failpoint.Inject("bugEndIsCString", func(_ failpoint.Value) {
		if c.decoding && len(m.RangeEnd) == 1 && m.RangeEnd[0] == 0 {
			m.RangeEnd = nil
		}
	})
	c.int64(3, &m.Limit)
	c.int64(4, &m.Revision)
	enum(c, 5, &m.SortOrder)
	enum(c, 6, &m.SortTarget)
	c.bool(7, &m.Serializable)
	c.bool(8, &m.KeysOnly)
	c.bool(9, &m.CountOnly)
	c.int64(10, &m.MinModRevision)
	c.int64(11, &m.MaxModRevision)
	c.int64(12, &m.MinCreateRevision)
	c.int64(13, &m.MaxCreateRevision)
}

// RangeResponse has the keys. Count is how many there are in the range, whatever Limit was.
type RangeResponse struct {
	Header *ResponseHeader
	KVs    []KeyValue
	More   bool
	Count  int64
}

func (m *RangeResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	subs(c, 2, &m.KVs)
	failpoint.Inject("bugMoreNotSent", func(_ failpoint.Value) { m.More = m.More && c.decoding })
	c.bool(3, &m.More)
	c.int64(4, &m.Count)
}

// RangeStreamResponse is one part of the answer to a range that comes in parts. Only the last has a header, More and
// Count.
type RangeStreamResponse struct {
	Part *RangeResponse
}

func (m *RangeStreamResponse) walk(c *codec) { sub(c, 1, &m.Part) }

// PutRequest sets a key.
type PutRequest struct {
	Key, Value                       []byte
	Lease                            int64
	PrevKV, IgnoreValue, IgnoreLease bool
}

func (m *PutRequest) walk(c *codec) {
	c.data(1, &m.Key)
	c.data(2, &m.Value)
	c.int64(3, &m.Lease)
	c.bool(4, &m.PrevKV)
	c.bool(5, &m.IgnoreValue)
	c.bool(6, &m.IgnoreLease)
}

// PutResponse is the answer.
type PutResponse struct {
	Header *ResponseHeader
	PrevKV *KeyValue
}

func (m *PutResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	sub(c, 2, &m.PrevKV)
}

// DeleteRangeRequest deletes the keys of a range, which is as in a RangeRequest.
type DeleteRangeRequest struct {
	Key, RangeEnd []byte
	PrevKV        bool
}

func (m *DeleteRangeRequest) walk(c *codec) {
	c.data(1, &m.Key)
	c.data(2, &m.RangeEnd)
	c.bool(3, &m.PrevKV)
}

// DeleteRangeResponse is the answer.
type DeleteRangeResponse struct {
	Header  *ResponseHeader
	Deleted int64
	PrevKVs []KeyValue
}

func (m *DeleteRangeResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.int64(2, &m.Deleted)
	subs(c, 3, &m.PrevKVs)
}

// RequestOp is one operation of a transaction: one of its fields is set, or none.
type RequestOp struct {
	Range       *RangeRequest
	Put         *PutRequest
	DeleteRange *DeleteRangeRequest
	Txn         *TxnRequest
}

func (m *RequestOp) walk(c *codec) {
	drop := func() { *m = RequestOp{} }
	choice(c, 1, &m.Range, drop)
	choice(c, 2, &m.Put, drop)
	choice(c, 3, &m.DeleteRange, drop)
	choice(c, 4, &m.Txn, drop)
}

// ResponseOp is what one operation of a transaction did.
type ResponseOp struct {
	Range       *RangeResponse
	Put         *PutResponse
	DeleteRange *DeleteRangeResponse
	Txn         *TxnResponse
}

func (m *ResponseOp) walk(c *codec) {
	drop := func() { *m = ResponseOp{} }
	choice(c, 1, &m.Range, drop)
	choice(c, 2, &m.Put, drop)
	choice(c, 3, &m.DeleteRange, drop)
	choice(c, 4, &m.Txn, drop)
}

// CompareResult and CompareTarget say what a comparison compares, and how.
type (
	CompareResult int32
	CompareTarget int32
)

// The words of both.
const (
	CompareEqual    CompareResult = 0
	CompareGreater  CompareResult = 1
	CompareLess     CompareResult = 2
	CompareNotEqual CompareResult = 3

	CompareVersion CompareTarget = 0
	CompareCreate  CompareTarget = 1
	CompareMod     CompareTarget = 2
	CompareValue   CompareTarget = 3
	CompareLease   CompareTarget = 4
)

// Compare is one condition of a transaction. With tells which of the values was given, by its target: Number for all
// but CompareValue, which has Value. It is what the request says, and need not be Target.
type Compare struct {
	Result        CompareResult
	Target        CompareTarget
	Key, RangeEnd []byte
	Given         bool // whether any value was
	With          CompareTarget
	Number        int64
	Value         []byte
}

// The number of the field that holds the first kind of value; the others follow in the order of CompareTarget.
const compareValues = 4

func (m *Compare) walk(c *codec) {
	enum(c, 1, &m.Result)
	enum(c, 2, &m.Target)
	c.data(3, &m.Key)
	if c.decoding {
		m.readValue(c)
	} else if m.Given {
		m.writeValue(c)
	}
	c.data(64, &m.RangeEnd)
}

func (m *Compare) readValue(c *codec) {
	with := CompareTarget(c.number - compareValues)
	if with < CompareVersion || with > CompareLease {
		return
	}
	kind := protowire.VarintType
	if with == CompareValue {
		kind = protowire.BytesType
	}
	if c.has(c.number, kind) {
		m.Given, m.With, m.Number, m.Value = true, with, 0, nil
		if with == CompareValue {
			m.Value = c.bytes
		} else {
			m.Number = int64(c.value)
		}
	}
}

func (m *Compare) writeValue(c *codec) {
	number := protowire.Number(m.With) + compareValues
	if m.With == CompareValue {
		c.tag(number, protowire.BytesType)
		c.out = protowire.AppendBytes(c.out, m.Value)
		return
	}
	c.tag(number, protowire.VarintType)
	c.out = protowire.AppendVarint(c.out, uint64(m.Number))
}

// TxnRequest does Success if all comparisons hold, and Failure if not.
type TxnRequest struct {
	Compare          []Compare
	Success, Failure []RequestOp
}

func (m *TxnRequest) walk(c *codec) {
	subs(c, 1, &m.Compare)
	subs(c, 2, &m.Success)
	subs(c, 3, &m.Failure)
}

// TxnResponse is the answer.
type TxnResponse struct {
	Header    *ResponseHeader
	Succeeded bool
	Responses []ResponseOp
}

func (m *TxnResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.bool(2, &m.Succeeded)
	subs(c, 3, &m.Responses)
}

// CompactionRequest forgets what was before a revision.
type CompactionRequest struct {
	Revision int64
	Physical bool
}

func (m *CompactionRequest) walk(c *codec) {
	c.int64(1, &m.Revision)
	c.bool(2, &m.Physical)
}

// CompactionResponse is the answer.
type CompactionResponse struct{ Header *ResponseHeader }

func (m *CompactionResponse) walk(c *codec) { sub(c, 1, &m.Header) }
