package etcdwire

// Code is a code of gRPC.
type Code uint32

// The codes that answers of etcd have.
const (
	OK                 Code = 0
	Canceled           Code = 1
	Unknown            Code = 2
	InvalidArgument    Code = 3
	NotFound           Code = 5
	PermissionDenied   Code = 7
	ResourceExhausted  Code = 8
	FailedPrecondition Code = 9
	OutOfRange         Code = 11
	Unimplemented      Code = 12
	Internal           Code = 13
	Unavailable        Code = 14
	Unauthenticated    Code = 16
)

// Status is how a call ended. The zero value says that all was well.
type Status struct {
	Code Code
	Text string
}

// The errors of etcd, in its words.
var (
	ErrEmptyKey          = server(InvalidArgument, "key is not provided")
	ErrKeyNotFound       = server(InvalidArgument, "key not found")
	ErrValueProvided     = server(InvalidArgument, "value is provided")
	ErrLeaseProvided     = server(InvalidArgument, "lease is provided")
	ErrTooManyOps        = server(InvalidArgument, "too many operations in txn request")
	ErrDuplicateKey      = server(InvalidArgument, "duplicate key given in txn request")
	ErrInvalidSortOption = server(InvalidArgument, "invalid sort option")
	ErrCompacted         = server(OutOfRange, "mvcc: required revision has been compacted")
	ErrFutureRev         = server(OutOfRange, "mvcc: required revision is a future revision")
	ErrNoSpace           = server(ResourceExhausted, "mvcc: database space exceeded")

	ErrLeaseNotFound    = server(NotFound, "requested lease not found")
	ErrLeaseExist       = server(FailedPrecondition, "lease already exists")
	ErrLeaseTTLTooLarge = server(OutOfRange, "too large lease TTL")

	ErrWatchCanceled = server(Canceled, "watch canceled")

	ErrMemberExist        = server(FailedPrecondition, "member ID already exist")
	ErrPeerURLExist       = server(FailedPrecondition, "Peer URLs already exists")
	ErrMemberBadURLs      = server(InvalidArgument, "given member URLs are invalid")
	ErrMemberNotStarted   = server(FailedPrecondition, "re-configuration failed due to not enough started members")
	ErrMemberNotLearner   = server(FailedPrecondition, "can only promote a learner member")
	ErrLearnerNotReady    = server(FailedPrecondition, "can only promote a learner member which is in sync with leader")
	ErrTooManyLearners    = server(FailedPrecondition, "too many learner members in cluster")
	ErrUnhealthy          = server(Unavailable, "unhealthy cluster")
	ErrMemberNotFound     = server(NotFound, "member not found")
	ErrRequestTooLarge    = server(InvalidArgument, "request is too large")
	ErrTooManyRequests    = server(ResourceExhausted, "too many requests")
	ErrRootUserNotExist   = server(FailedPrecondition, "root user does not exist")
	ErrRootRoleNotExist   = server(FailedPrecondition, "root user does not have root role")
	ErrUserAlreadyExist   = server(FailedPrecondition, "user name already exists")
	ErrUserEmpty          = server(InvalidArgument, "user name is empty")
	ErrUserNotFound       = server(FailedPrecondition, "user name not found")
	ErrRoleAlreadyExist   = server(FailedPrecondition, "role name already exists")
	ErrRoleNotFound       = server(FailedPrecondition, "role name not found")
	ErrRoleEmpty          = server(InvalidArgument, "role name is empty")
	ErrAuthFailed         = server(InvalidArgument, "authentication failed, invalid user ID or password")
	ErrPermissionNotGiven = server(InvalidArgument, "permission not given")
	ErrPermissionDenied   = server(PermissionDenied, "permission denied")
	ErrRoleNotGranted     = server(FailedPrecondition, "role is not granted to the user")
	ErrPermNotGranted     = server(FailedPrecondition, "permission is not granted to the role")
	ErrAuthNotEnabled     = server(FailedPrecondition, "authentication is not enabled")
	ErrInvalidAuthToken   = server(Unauthenticated, "invalid auth token")
	ErrInvalidAuthMgmt    = server(InvalidArgument, "invalid auth management")
	ErrAuthOldRevision    = server(InvalidArgument, "revision of auth store is old")
	ErrNoLeader           = server(Unavailable, "no leader")
	ErrNotLeader          = server(FailedPrecondition, "not leader")
	ErrLeaderChanged      = server(Unavailable, "leader changed")
	ErrStopped            = server(Unavailable, "server stopped")
	ErrTimeout            = server(Unavailable, "request timed out")
	ErrNotForLearner      = server(FailedPrecondition, "rpc not supported for learner")
	ErrBadTransferee      = server(FailedPrecondition, "bad leader transferee")
	ErrDowngradeFormat    = server(InvalidArgument, "wrong downgrade target version format")
	ErrDowngradeTarget    = server(InvalidArgument, "invalid downgrade target version")

	// ErrNoPasswordUser has no code of its own at etcd, nor its prefix.
	ErrNoPasswordUser = Status{Unknown, "auth: authentication failed, password was given for no password user"}
)

func server(code Code, text string) Status { return Status{code, "etcdserver: " + text} }

// names are those of the codes, as gRPC's errors have them.
var names = map[Code]string{
	Canceled: "Canceled", Unknown: "Unknown", InvalidArgument: "InvalidArgument", NotFound: "NotFound",
	PermissionDenied: "PermissionDenied", ResourceExhausted: "ResourceExhausted",
	FailedPrecondition: "FailedPrecondition", OutOfRange: "OutOfRange", Unimplemented: "Unimplemented",
	Internal: "Internal", Unavailable: "Unavailable", Unauthenticated: "Unauthenticated",
}

// Error is the text of gRPC's error.
func (s Status) Error() string { return "rpc error: code = " + names[s.Code] + " desc = " + s.Text }
