package etcd

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"go.etcd.io/etcd/api/v3/etcdserverpb/gw"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// gateway is HTTP and JSON before gRPC. It calls the server's own gRPC within the process, as a client would.
type gateway struct {
	mux     *runtime.ServeMux
	conn    *grpc.ClientConn
	end     context.CancelFunc
	json    *jsonCodec
	waiting protoreflect.MessageDescriptors // of the services Lock and Election
}

// gatewayBuffer is what is on its way within the process, in bytes.
const gatewayBuffer = 1 << 20

func newGateway(server *grpc.Server, c Config) (*gateway, error) {
	l := bufconn.Listen(gatewayBuffer)
	go func() { _ = server.Serve(l) }() // it ends with the server
	conn, err := grpc.NewClient("passthrough:///gateway",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(sendMax), grpc.MaxCallSendMsgSize(c.MaxRequestBytes+requestRoom)))
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(context.Background())
	g := &gateway{conn: conn, end: end, waiting: waitingMessages()}
	most := jsonPerByte * int64(c.MaxRequestBytes+requestRoom)
	g.json = &jsonCodec{lenient: c.UnknownWords, most: most, JSONPb: runtime.JSONPb{
		MarshalOptions:   protojson.MarshalOptions{UseProtoNames: true},
		UnmarshalOptions: protojson.UnmarshalOptions{DiscardUnknown: true},
	}}
	g.mux = runtime.NewServeMux(runtime.WithMarshalerOption(runtime.MIMEWildcard, &runtime.HTTPBodyMarshaler{
		Marshaler: g.json,
	}))
	for _, register := range []func(context.Context, *runtime.ServeMux, *grpc.ClientConn) error{
		gw.RegisterKVHandler, gw.RegisterWatchHandler, gw.RegisterLeaseHandler, gw.RegisterClusterHandler,
		gw.RegisterMaintenanceHandler, gw.RegisterAuthHandler,
	} {
		if err := register(ctx, g.mux, conn); err != nil {
			g.close()
			return nil, err
		}
	}
	return g, nil
}

func (g *gateway) close() {
	g.end()
	g.conn.Close()
}

// jsonCodec is protobuf's JSON, but that a word which an enumeration does not have is refused: etcd takes it for the
// first one, so that a comparison that is misspelt compares something else. A request that is too long is refused too.
type jsonCodec struct {
	runtime.JSONPb
	lenient bool
	most    int64 // bytes of a request
}

// NewDecoder implements runtime.Marshaler.
func (j *jsonCodec) NewDecoder(r io.Reader) runtime.Decoder {
	if j.lenient {
		return bounded(r, j.most, j.JSONPb.NewDecoder)
	}
	values := bounded(r, j.most, (&runtime.JSONBuiltin{}).NewDecoder)
	return runtime.DecoderFunc(func(v any) error {
		var one rawJSON
		if err := values.Decode(&one); err != nil {
			return err
		}
		return j.Unmarshal(one, v)
	})
}

// rawJSON is a value as it was written.
type rawJSON []byte

// UnmarshalJSON implements json.Unmarshaler.
func (r *rawJSON) UnmarshalJSON(b []byte) error {
	*r = append((*r)[:0], b...)
	return nil
}

// Unmarshal implements runtime.Marshaler.
func (j *jsonCodec) Unmarshal(b []byte, v any) error {
	if m, ok := v.(proto.Message); ok && !j.lenient {
		if err := strictWords(b, m); err != nil {
			return err
		}
	}
	return j.JSONPb.Unmarshal(b, v)
}

// strictWords says whether a value has a word that is none. Fields that are unknown are no matter.
func strictWords(b []byte, like proto.Message) error {
	err := protojson.UnmarshalOptions{}.Unmarshal(b, like.ProtoReflect().New().Interface())
	if err != nil && strings.Contains(err.Error(), "invalid value for enum") {
		return errors.New(strings.TrimPrefix(err.Error(), "proto: "))
	}
	return nil
}

// path is the beginning of every path of the gateway, and betaPath an older one.
const (
	path     = "/v3/"
	betaPath = "/v3beta/"
)

// ServeHTTP serves the gateway's paths. Those of the services Lock and Election are served apart: what is published for
// etcd's API has none.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rest, found := strings.CutPrefix(r.URL.Path, betaPath); found {
		r.URL.Path = path + rest
	}
	if g.serveWaiting(w, r) {
		return
	}
	g.mux.ServeHTTP(w, r)
}
