package etcd

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/crypto/bcrypt"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"ordeal/cluster"
	"ordeal/cluster/etcdwire"
)

// hashed puts the hash of a password in its place, in the requests that have one: in the log there is none in the
// clear.
func (f *front) hashed(method string, b []byte) ([]byte, error) {
	var request etcdwire.Message
	var password *string
	var hash *string
	switch method {
	case etcdwire.MethodUserAdd:
		r := &etcdwire.AuthUserAddRequest{}
		request, password, hash = r, &r.Password, &r.HashedPassword
	case etcdwire.MethodPassword:
		r := &etcdwire.AuthUserChangePasswordRequest{}
		request, password, hash = r, &r.Password, &r.HashedPassword
	default:
		return b, nil
	}
	if err := etcdwire.Decode(b, request); err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	if add, ok := request.(*etcdwire.AuthUserAddRequest); ok && add.Options != nil && add.Options.NoPassword {
		*password, *hash = "", ""
		return etcdwire.Append(nil, request), nil
	}
	if *password != "" || method == etcdwire.MethodUserAdd {
		sum, err := bcrypt.GenerateFromPassword([]byte(*password), f.bcryptCost)
		if err != nil {
			return nil, status.Error(codes.Unknown, err.Error())
		}
		*password, *hash = "", base64.StdEncoding.EncodeToString(sum)
	}
	return etcdwire.Append(nil, request), nil
}

// authenticate compares a password here, since that takes long, and has the node give out a token.
func (f *front) authenticate(stream grpc.ServerStream, head cluster.EtcdHead) error {
	b, err := receive(stream)
	if err != nil {
		return err
	}
	r := &etcdwire.AuthenticateRequest{}
	if err := etcdwire.Decode(b, r); err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	u := f.begin(head, nil)
	f.prove(u, r)
	return f.send(stream, u)
}

// prove goes on with a call when its user's password is known.
func (f *front) prove(u *underway, r *etcdwire.AuthenticateRequest) {
	u.do(0, func(*cluster.Node) {
		u.call.EtcdPassword(r.Name, func(hash []byte, revision uint64, st etcdwire.Status) {
			if st.Code != etcdwire.OK {
				u.call.Refuse(st)
				return
			}
			go func() {
				right := bcrypt.CompareHashAndPassword(hash, []byte(r.Password)) == nil
				u.do(0, func(*cluster.Node) {
					switch {
					case !right:
						u.call.Refuse(etcdwire.ErrAuthFailed)
					case !u.call.Authenticated(r.Name, revision):
						go f.prove(u, r)
					}
				})
			}()
		})
	})
}

// claims are what a signed token says.
type claims struct {
	Username string `json:"username"`
	Revision uint64 `json:"revision"`
	jwt.RegisteredClaims
}

// signed tells whose a signed token is, as long as its time is not over.
type signed = func() (user string, revision uint64, ok bool)

// tokens has the node give out what AuthToken says: jwt, and then pub-key, priv-key, sign-method and ttl. verify is nil
// for tokens that are not signed, and else returns nil for what is no good token.
func (c Config) tokens(node *cluster.Etcd) (verify func(token string) signed, err error) {
	kind, text, _ := strings.Cut(c.AuthToken, ",")
	switch kind {
	case "simple", "":
		return nil, nil
	case "jwt":
	default:
		return nil, fmt.Errorf("auth-token: %q is neither simple nor jwt", kind)
	}
	options := map[string]string{"ttl": "5m"}
	for _, one := range strings.Split(text, ",") {
		name, value, ok := strings.Cut(one, "=")
		if !ok {
			return nil, fmt.Errorf("auth-token: %q is not option=value", one)
		}
		options[name] = value
	}
	ttl, err := time.ParseDuration(options["ttl"])
	if err != nil {
		return nil, fmt.Errorf("auth-token: ttl: %w", err)
	}
	method := jwt.GetSigningMethod(options["sign-method"])
	if method == nil {
		return nil, fmt.Errorf("auth-token: sign-method %q is not known", options["sign-method"])
	}
	private, public, err := keys(method, options["priv-key"], options["pub-key"])
	if err != nil {
		return nil, fmt.Errorf("auth-token: %w", err)
	}
	node.Assign = func(user string, revision uint64) (string, error) {
		if private == nil {
			return "", errors.New("there is no key to sign tokens with")
		}
		return jwt.NewWithClaims(method, claims{user, revision, jwt.RegisteredClaims{
			ExpiresAt: jwt.NewNumericDate(time.Now().Add(ttl)),
		}}).SignedString(private)
	}
	return func(token string) signed {
		var said claims
		t, err := jwt.ParseWithClaims(token, &said, func(*jwt.Token) (any, error) { return public, nil },
			jwt.WithValidMethods([]string{method.Alg()}), jwt.WithExpirationRequired())
		if err != nil || !t.Valid {
			return nil
		}
		return func() (string, uint64, bool) {
			return said.Username, said.Revision, time.Now().Before(said.ExpiresAt.Time)
		}
	}, nil
}

// keys reads the keys of a signing method; the private one may be missing on a server that only checks.
func keys(method jwt.SigningMethod, privateFile, publicFile string) (private, public any, err error) {
	read := func(file string, parse func([]byte) (any, error)) (any, error) {
		if file == "" {
			return nil, nil
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		return parse(b)
	}
	var parsePrivate, parsePublic func([]byte) (any, error)
	switch method.(type) {
	case *jwt.SigningMethodRSA, *jwt.SigningMethodRSAPSS:
		parsePrivate = func(b []byte) (any, error) { return jwt.ParseRSAPrivateKeyFromPEM(b) }
		parsePublic = func(b []byte) (any, error) { return jwt.ParseRSAPublicKeyFromPEM(b) }
	case *jwt.SigningMethodECDSA:
		parsePrivate = func(b []byte) (any, error) { return jwt.ParseECPrivateKeyFromPEM(b) }
		parsePublic = func(b []byte) (any, error) { return jwt.ParseECPublicKeyFromPEM(b) }
	case *jwt.SigningMethodEd25519:
		parsePrivate = func(b []byte) (any, error) { return jwt.ParseEdPrivateKeyFromPEM(b) }
		parsePublic = func(b []byte) (any, error) { return jwt.ParseEdPublicKeyFromPEM(b) }
	case *jwt.SigningMethodHMAC:
		same := func(b []byte) (any, error) { return b, nil }
		if private, err = read(privateFile, same); err == nil && private == nil {
			err = errors.New("there is no priv-key")
		}
		return private, private, err
	default:
		return nil, nil, fmt.Errorf("sign-method %s can't be used", method.Alg())
	}
	if private, err = read(privateFile, parsePrivate); err == nil {
		public, err = read(publicFile, parsePublic)
	}
	if err == nil && public == nil {
		err = errors.New("there is no pub-key")
	}
	return private, public, err
}
