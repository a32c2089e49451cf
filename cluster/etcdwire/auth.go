package etcdwire

// AuthHeaderResponse is the answer to whatever of the service Auth has nothing to say but that it was done.
type AuthHeaderResponse struct{ Header *ResponseHeader }

func (m *AuthHeaderResponse) walk(c *codec) { sub(c, 1, &m.Header) }

// AuthEnableRequest, AuthDisableRequest, AuthStatusRequest, AuthUserListRequest and AuthRoleListRequest say all by what
// they are.
type (
	AuthEnableRequest   struct{}
	AuthDisableRequest  struct{}
	AuthStatusRequest   struct{}
	AuthUserListRequest struct{}
	AuthRoleListRequest struct{}
)

func (m *AuthEnableRequest) walk(*codec)   {}
func (m *AuthDisableRequest) walk(*codec)  {}
func (m *AuthStatusRequest) walk(*codec)   {}
func (m *AuthUserListRequest) walk(*codec) {}
func (m *AuthRoleListRequest) walk(*codec) {}

// AuthStatusResponse says whether authentication is on.
type AuthStatusResponse struct {
	Header       *ResponseHeader
	Enabled      bool
	AuthRevision uint64
}

func (m *AuthStatusResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.bool(2, &m.Enabled)
	c.uint64(3, &m.AuthRevision)
}

// AuthenticateRequest asks for a token. In the log it has no password, which was checked before, but the beginning of
// the token that is to be given.
type AuthenticateRequest struct{ Name, Password, SimpleToken string }

func (m *AuthenticateRequest) walk(c *codec) {
	c.string(1, &m.Name)
	c.string(2, &m.Password)
	c.string(3, &m.SimpleToken)
}

// AuthenticateResponse is the answer.
type AuthenticateResponse struct {
	Header *ResponseHeader
	Token  string
}

func (m *AuthenticateResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.string(2, &m.Token)
}

// UserAddOptions are what a user may be besides.
type UserAddOptions struct{ NoPassword bool }

func (m *UserAddOptions) walk(c *codec) { c.bool(1, &m.NoPassword) }

// AuthUserAddRequest makes a user. HashedPassword is base64.
type AuthUserAddRequest struct {
	Name, Password string
	Options        *UserAddOptions
	HashedPassword string
}

func (m *AuthUserAddRequest) walk(c *codec) {
	c.string(1, &m.Name)
	c.string(2, &m.Password)
	sub(c, 3, &m.Options)
	c.string(4, &m.HashedPassword)
}

// AuthUserGetRequest asks which roles a user has.
type AuthUserGetRequest struct{ Name string }

func (m *AuthUserGetRequest) walk(c *codec) { c.string(1, &m.Name) }

// AuthUserGetResponse is the answer, and that to AuthRoleListRequest.
type AuthUserGetResponse struct {
	Header *ResponseHeader
	Roles  []string
}

func (m *AuthUserGetResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.strings(2, &m.Roles)
}

// AuthUserListResponse has the users.
type AuthUserListResponse struct {
	Header *ResponseHeader
	Users  []string
}

func (m *AuthUserListResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	c.strings(2, &m.Users)
}

// AuthUserDeleteRequest removes a user.
type AuthUserDeleteRequest struct{ Name string }

func (m *AuthUserDeleteRequest) walk(c *codec) { c.string(1, &m.Name) }

// AuthUserChangePasswordRequest gives a user another password. HashedPassword is base64.
type AuthUserChangePasswordRequest struct{ Name, Password, HashedPassword string }

func (m *AuthUserChangePasswordRequest) walk(c *codec) {
	c.string(1, &m.Name)
	c.string(2, &m.Password)
	c.string(3, &m.HashedPassword)
}

// AuthUserGrantRoleRequest gives a user a role.
type AuthUserGrantRoleRequest struct{ User, Role string }

func (m *AuthUserGrantRoleRequest) walk(c *codec) {
	c.string(1, &m.User)
	c.string(2, &m.Role)
}

// AuthUserRevokeRoleRequest takes a role from a user.
type AuthUserRevokeRoleRequest struct{ Name, Role string }

func (m *AuthUserRevokeRoleRequest) walk(c *codec) {
	c.string(1, &m.Name)
	c.string(2, &m.Role)
}

// AuthRoleAddRequest makes a role.
type AuthRoleAddRequest struct{ Name string }

func (m *AuthRoleAddRequest) walk(c *codec) { c.string(1, &m.Name) }

// AuthRoleGetRequest asks what a role may do.
type AuthRoleGetRequest struct{ Role string }

func (m *AuthRoleGetRequest) walk(c *codec) { c.string(1, &m.Role) }

// AuthRoleGetResponse is the answer.
type AuthRoleGetResponse struct {
	Header *ResponseHeader
	Perm   []Permission
}

func (m *AuthRoleGetResponse) walk(c *codec) {
	sub(c, 1, &m.Header)
	subs(c, 2, &m.Perm)
}

// AuthRoleDeleteRequest removes a role.
type AuthRoleDeleteRequest struct{ Role string }

func (m *AuthRoleDeleteRequest) walk(c *codec) { c.string(1, &m.Role) }

// PermissionType is what a permission permits.
type PermissionType int32

// The types.
const (
	PermRead      PermissionType = 0
	PermWrite     PermissionType = 1
	PermReadWrite PermissionType = 2
)

// Permission permits something in a range of keys.
type Permission struct {
	Type          PermissionType
	Key, RangeEnd []byte
}

func (m *Permission) walk(c *codec) {
	enum(c, 1, &m.Type)
	c.data(2, &m.Key)
	c.data(3, &m.RangeEnd)
}

// AuthRoleGrantPermissionRequest gives a role a permission.
type AuthRoleGrantPermissionRequest struct {
	Name string
	Perm *Permission
}

func (m *AuthRoleGrantPermissionRequest) walk(c *codec) {
	c.string(1, &m.Name)
	sub(c, 2, &m.Perm)
}

// AuthRoleRevokePermissionRequest takes one from it.
type AuthRoleRevokePermissionRequest struct {
	Role          string
	Key, RangeEnd []byte
}

func (m *AuthRoleRevokePermissionRequest) walk(c *codec) {
	c.string(1, &m.Role)
	c.data(2, &m.Key)
	c.data(3, &m.RangeEnd)
}
