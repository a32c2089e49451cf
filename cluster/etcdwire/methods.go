package etcdwire

// The services, as gRPC names them.
const (
	kvService          = "/etcdserverpb.KV/"
	watchService       = "/etcdserverpb.Watch/"
	leaseService       = "/etcdserverpb.Lease/"
	clusterService     = "/etcdserverpb.Cluster/"
	maintenanceService = "/etcdserverpb.Maintenance/"
	authService        = "/etcdserverpb.Auth/"
	lockService        = "/v3lockpb.Lock/"
	electionService    = "/v3electionpb.Election/"
)

// The methods that are streams, and those that more than their own service knows by name.
const (
	MethodRange         = kvService + "Range"
	MethodRangeStream   = kvService + "RangeStream"
	MethodPut           = kvService + "Put"
	MethodDeleteRange   = kvService + "DeleteRange"
	MethodTxn           = kvService + "Txn"
	MethodCompact       = kvService + "Compact"
	MethodWatch         = watchService + "Watch"
	MethodKeepAlive     = leaseService + "LeaseKeepAlive"
	MethodLeaseGrant    = leaseService + "LeaseGrant"
	MethodLeaseRevoke   = leaseService + "LeaseRevoke"
	MethodMemberAdd     = clusterService + "MemberAdd"
	MethodMemberRemove  = clusterService + "MemberRemove"
	MethodMemberUpdate  = clusterService + "MemberUpdate"
	MethodMemberPromote = clusterService + "MemberPromote"
	MethodSnapshot      = maintenanceService + "Snapshot"
	MethodAuthenticate  = authService + "Authenticate"
	MethodUserAdd       = authService + "UserAdd"
	MethodPassword      = authService + "UserChangePassword"
	MethodLock          = lockService + "Lock"
	MethodUnlock        = lockService + "Unlock"
	MethodCampaign      = electionService + "Campaign"
	MethodProclaim      = electionService + "Proclaim"
	MethodLeader        = electionService + "Leader"
	MethodObserve       = electionService + "Observe"
	MethodResign        = electionService + "Resign"
)

// Method is a method of a service: how its messages are made.
type Method struct {
	Request, Response func() Message
}

// message makes a zero message of a type.
func message[T any, P pointer[T]]() Message { return P(new(T)) }

// MethodOf finds a method by its full name, such as MethodRange.
func MethodOf(name string) (Method, bool) {
	m, ok := methods[name]
	return m, ok
}

var methods = map[string]Method{
	MethodRange:       {message[RangeRequest], message[RangeResponse]},
	MethodRangeStream: {message[RangeRequest], message[RangeStreamResponse]},
	MethodPut:         {message[PutRequest], message[PutResponse]},
	MethodDeleteRange: {message[DeleteRangeRequest], message[DeleteRangeResponse]},
	MethodTxn:         {message[TxnRequest], message[TxnResponse]},
	MethodCompact:     {message[CompactionRequest], message[CompactionResponse]},

	MethodWatch: {message[WatchRequest], message[WatchResponse]},

	MethodLeaseGrant:                  {message[LeaseGrantRequest], message[LeaseGrantResponse]},
	MethodLeaseRevoke:                 {message[LeaseRevokeRequest], message[LeaseRevokeResponse]},
	MethodKeepAlive:                   {message[LeaseKeepAliveRequest], message[LeaseKeepAliveResponse]},
	leaseService + "LeaseTimeToLive":  {message[LeaseTimeToLiveRequest], message[LeaseTimeToLiveResponse]},
	leaseService + "LeaseLeases":      {message[LeaseLeasesRequest], message[LeaseLeasesResponse]},
	clusterService + "MemberList":     {message[MemberListRequest], message[MemberListResponse]},
	MethodMemberAdd:                   {message[MemberAddRequest], message[MemberAddResponse]},
	MethodMemberRemove:                {message[MemberRequest], message[MemberListResponse]},
	MethodMemberUpdate:                {message[MemberRequest], message[MemberListResponse]},
	MethodMemberPromote:               {message[MemberRequest], message[MemberListResponse]},
	maintenanceService + "Alarm":      {message[AlarmRequest], message[AlarmResponse]},
	maintenanceService + "Status":     {message[StatusRequest], message[StatusResponse]},
	maintenanceService + "Defragment": {message[DefragmentRequest], message[DefragmentResponse]},
	maintenanceService + "Hash":       {message[HashRequest], message[HashResponse]},
	maintenanceService + "HashKV":     {message[HashKVRequest], message[HashKVResponse]},
	maintenanceService + "MoveLeader": {message[MoveLeaderRequest], message[MoveLeaderResponse]},
	maintenanceService + "Downgrade":  {message[DowngradeRequest], message[DowngradeResponse]},
	MethodSnapshot:                    {message[SnapshotRequest], message[SnapshotResponse]},

	MethodAuthenticate:          {message[AuthenticateRequest], message[AuthenticateResponse]},
	MethodUserAdd:               {message[AuthUserAddRequest], message[AuthHeaderResponse]},
	MethodPassword:              {message[AuthUserChangePasswordRequest], message[AuthHeaderResponse]},
	authService + "AuthEnable":  {message[AuthEnableRequest], message[AuthHeaderResponse]},
	authService + "AuthDisable": {message[AuthDisableRequest], message[AuthHeaderResponse]},
	authService + "AuthStatus":  {message[AuthStatusRequest], message[AuthStatusResponse]},
	authService + "UserGet":     {message[AuthUserGetRequest], message[AuthUserGetResponse]},
	authService + "UserList":    {message[AuthUserListRequest], message[AuthUserListResponse]},
	authService + "UserDelete":  {message[AuthUserDeleteRequest], message[AuthHeaderResponse]},

	authService + "UserGrantRole":        {message[AuthUserGrantRoleRequest], message[AuthHeaderResponse]},
	authService + "UserRevokeRole":       {message[AuthUserRevokeRoleRequest], message[AuthHeaderResponse]},
	authService + "RoleAdd":              {message[AuthRoleAddRequest], message[AuthHeaderResponse]},
	authService + "RoleGet":              {message[AuthRoleGetRequest], message[AuthRoleGetResponse]},
	authService + "RoleList":             {message[AuthRoleListRequest], message[AuthUserGetResponse]},
	authService + "RoleDelete":           {message[AuthRoleDeleteRequest], message[AuthHeaderResponse]},
	authService + "RoleGrantPermission":  {message[AuthRoleGrantPermissionRequest], message[AuthHeaderResponse]},
	authService + "RoleRevokePermission": {message[AuthRoleRevokePermissionRequest], message[AuthHeaderResponse]},

	MethodLock:     {message[LockRequest], message[LockResponse]},
	MethodUnlock:   {message[UnlockRequest], message[UnlockResponse]},
	MethodCampaign: {message[CampaignRequest], message[CampaignResponse]},
	MethodProclaim: {message[ProclaimRequest], message[ProclaimResponse]},
	MethodLeader:   {message[LeaderRequest], message[LeaderResponse]},
	MethodObserve:  {message[LeaderRequest], message[LeaderResponse]},
	MethodResign:   {message[ResignRequest], message[ResignResponse]},
}
