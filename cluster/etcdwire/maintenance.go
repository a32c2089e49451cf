package etcdwire

import "fmt"

// AlarmType is a kind of alarm.
type AlarmType int32

// The kinds.
const (
	AlarmNone    AlarmType = 0
	AlarmNoSpace AlarmType = 1
	AlarmCorrupt AlarmType = 2
)

// String is etcd's word.
func (a AlarmType) String() string {
	switch a {
	case AlarmNone:
		return "NONE"
	case AlarmNoSpace:
		return "NOSPACE"
	}
	return "CORRUPT"
}

// AlarmAction is what is done with alarms.
type AlarmAction int32

// The actions.
const (
	AlarmGet        AlarmAction = 0
	AlarmActivate   AlarmAction = 1
	AlarmDeactivate AlarmAction = 2
)

// AlarmRequest asks for alarms, raises or ends one.
type AlarmRequest struct {
	Action   AlarmAction
	MemberID uint64
	Alarm    AlarmType
}

func (m *AlarmRequest) walk(c *codec) {
	enum(c, 1, &m.Action)
	c.uint64(2, &m.MemberID)
	enum(c, 3, &m.Alarm)
}

// AlarmMember is an alarm of a member.
type AlarmMember struct {
	MemberID uint64
	Alarm    AlarmType
}

func (m *AlarmMember) walk(c *codec) {
	c.uint64(1, &m.MemberID)
	enum(c, 2, &m.Alarm)
}

// AlarmResponse is the answer.
type AlarmResponse struct {
	Header *ResponseHeader
	Alarms []AlarmMember
}

func (m *AlarmResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	subs(c, 2, &m.Alarms)
}

// StatusRequest asks how a server is.
type StatusRequest struct{}

func (m *StatusRequest) walk(*codec) {}

// StatusResponse is the answer.
type StatusResponse struct {
	Header                      *ResponseHeader
	Version                     string
	DBSize                      int64
	Leader, RaftIndex, RaftTerm uint64
	RaftAppliedIndex            uint64
	Errors                      []string
	DBSizeInUse                 int64
	IsLearner                   bool
	StorageVersion              string
	DBSizeQuota                 int64
	DowngradeInfo               *DowngradeInfo
}

func (m *StatusResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.string(2, &m.Version)
	c.int64(3, &m.DBSize)
	c.uint64(4, &m.Leader)
	c.uint64(5, &m.RaftIndex)
	c.uint64(6, &m.RaftTerm)
	c.uint64(7, &m.RaftAppliedIndex)
	c.strings(8, &m.Errors)
	c.int64(9, &m.DBSizeInUse)
	c.bool(10, &m.IsLearner)
	c.string(11, &m.StorageVersion)
	c.int64(12, &m.DBSizeQuota)
	sub(c, 13, &m.DowngradeInfo)
}

// DowngradeInfo says whether the cluster is being downgraded.
type DowngradeInfo struct {
	Enabled       bool
	TargetVersion string
}

func (m *DowngradeInfo) walk(c *codec) {
	c.bool(1, &m.Enabled)
	c.string(2, &m.TargetVersion)
}

// DowngradeRequest is about that.
type DowngradeRequest struct {
	Action  int32
	Version string
}

func (m *DowngradeRequest) walk(c *codec) {
	enum(c, 1, &m.Action)
	c.string(2, &m.Version)
}

// DefragmentRequest asks to give memory back.
type DefragmentRequest struct{}

func (m *DefragmentRequest) walk(*codec) {}

// DefragmentResponse is the answer, which has no header.
type DefragmentResponse struct{ Header *ResponseHeader }

func (m *DefragmentResponse) walk(c *codec) { sub(c, 1, &m.Header) }

// HashRequest asks for a hash of everything.
type HashRequest struct{}

func (m *HashRequest) walk(*codec) {}

// HashResponse is the answer.
type HashResponse struct {
	Header *ResponseHeader
	Hash   uint32
}

func (m *HashResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.uint32(2, &m.Hash)
}

// HashKVRequest asks for a hash of the keys up to a revision; 0 is the current one.
type HashKVRequest struct{ Revision int64 }

func (m *HashKVRequest) walk(c *codec) { c.int64(1, &m.Revision) }

// HashKVResponse is the answer.
type HashKVResponse struct {
	Header                        *ResponseHeader
	Hash                          uint32
	CompactRevision, HashRevision int64
}

func (m *HashKVResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.uint32(2, &m.Hash)
	c.int64(3, &m.CompactRevision)
	c.int64(4, &m.HashRevision)
}

// SnapshotRequest asks for a copy of the state.
type SnapshotRequest struct{}

func (m *SnapshotRequest) walk(*codec) {}

// SnapshotResponse is a piece of it. The last piece is the SHA-256 of those before.
type SnapshotResponse struct {
	Header         *ResponseHeader
	RemainingBytes uint64
	Blob           []byte
	Version        string
}

func (m *SnapshotResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.uint64(2, &m.RemainingBytes)
	c.data(3, &m.Blob)
	c.string(4, &m.Version)
}

// MoveLeaderRequest asks the leader to let another lead.
type MoveLeaderRequest struct{ TargetID uint64 }

func (m *MoveLeaderRequest) walk(c *codec) { c.uint64(1, &m.TargetID) }

// MoveLeaderResponse is the answer, which has no header.
type MoveLeaderResponse struct{ Header *ResponseHeader }

func (m *MoveLeaderResponse) walk(c *codec) { sub(c, 1, &m.Header) }

// Member is a server of the cluster.
type Member struct {
	ID                   uint64
	Name                 string
	PeerURLs, ClientURLs []string
	IsLearner            bool
	// Standing is how a server came by its place, as the service notes it; in answers it is left out.
	Standing MemberStanding
	// ClusterID is told to a server that was added, which has none of its own; in answers it is left out.
	ClusterID uint64
}

// MemberStanding is how a server stands to the cluster.
type MemberStanding int32

// The standings: of the founders, and of whoever is what the ensemble says; added by a request, and not yet what it is
// to be; removed by one, for good.
const (
	MemberFounded MemberStanding = 0
	MemberAdded   MemberStanding = 1
	MemberRemoved MemberStanding = 2
)

func (m *Member) walk(c *codec) {
	c.uint64(1, &m.ID)
	c.string(2, &m.Name)
	c.strings(3, &m.PeerURLs)
	c.strings(4, &m.ClientURLs)
	c.bool(5, &m.IsLearner)
	enum(c, 15, &m.Standing)
	c.uint64(16, &m.ClusterID)
}

// MemberListRequest asks for the members.
type MemberListRequest struct{ Linearizable bool }

func (m *MemberListRequest) walk(c *codec) { c.bool(1, &m.Linearizable) }

// MemberListResponse is the answer.
type MemberListResponse struct {
	Header  *ResponseHeader
	Members []Member
}

func (m *MemberListResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	subs(c, 2, &m.Members)
}

// DowngradeResponse is the answer to a DowngradeRequest.
type DowngradeResponse struct {
	Header  *ResponseHeader
	Version string
}

func (m *DowngradeResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.string(2, &m.Version)
}

// MemberAddRequest asks for a new member.
type MemberAddRequest struct {
	PeerURLs  []string
	IsLearner bool
}

func (m *MemberAddRequest) walk(c *codec) {
	c.strings(1, &m.PeerURLs)
	c.bool(2, &m.IsLearner)
}

// MemberAddResponse is the answer.
type MemberAddResponse struct {
	Header  *ResponseHeader
	Member  *Member
	Members []Member
}

func (m *MemberAddResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	sub(c, 2, &m.Member)
	subs(c, 3, &m.Members)
}

// MemberRequest asks to remove, update or promote a member; only an update has PeerURLs.
type MemberRequest struct {
	ID       uint64
	PeerURLs []string
}

func (m *MemberRequest) walk(c *codec) {
	c.uint64(1, &m.ID)
	c.strings(2, &m.PeerURLs)
}

// MemberAction is what is done with a member.
type MemberAction int32

// The actions.
const (
	MemberAdd     MemberAction = 1
	MemberRemove  MemberAction = 2
	MemberUpdate  MemberAction = 3
	MemberPromote MemberAction = 4
)

// MemberChange is a request about members as the log has it. No client sends such.
type MemberChange struct {
	Action    MemberAction
	ID        uint64
	PeerURLs  []string
	IsLearner bool
	ClusterID uint64
}

func (m *MemberChange) walk(c *codec) {
	enum(c, 1, &m.Action)
	c.uint64(2, &m.ID)
	c.strings(3, &m.PeerURLs)
	c.bool(4, &m.IsLearner)
	c.uint64(5, &m.ClusterID)
}

// String is etcd's text for an alarm, as a Status has it.
func (m *AlarmMember) String() string {
	return fmt.Sprintf("memberID:%d alarm:%s ", m.MemberID, m.Alarm)
}
