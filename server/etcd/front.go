package etcd

import (
	"context"
	"errors"
	"io"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/proto"

	"ordeal/cluster"
	"ordeal/cluster/etcdwire"
	"ordeal/host"
	"ordeal/host/oshost"
)

// front carries calls to the node.
type front struct {
	machine    *oshost.Machine
	clientCert bool // whether a client's certificate says who it is
	bcryptCost int
	verify     func(token string) signed // nil for tokens that are not signed
}

// raw is a codec that leaves messages as they are. Those of gRPC's own services are protobuf's.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(v any) ([]byte, error) {
	switch m := v.(type) {
	case []byte:
		return m, nil
	case proto.Message:
		return proto.Marshal(m)
	}
	return nil, errors.New("not a message")
}

func (raw) Unmarshal(b []byte, v any) error {
	switch m := v.(type) {
	case *[]byte:
		*m = append([]byte{}, b...) // the node keeps it, and gRPC uses b again
		return nil
	case proto.Message:
		return proto.Unmarshal(b, m)
	}
	return errors.New("not a message")
}

// handle takes every call.
func (f *front) handle(_ any, stream grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(stream)
	head := f.headOf(stream.Context(), method)
	if do := recipes[method]; do != nil {
		return f.serve(stream, head, do)
	}
	switch method {
	case etcdwire.MethodAuthenticate:
		return f.authenticate(stream, head)
	case etcdwire.MethodWatch, etcdwire.MethodKeepAlive:
		return f.relay(stream, head)
	}
	b, err := receive(stream)
	if err == nil {
		b, err = f.hashed(method, b)
	}
	if err != nil {
		return err
	}
	return f.send(stream, f.begin(head, b))
}

func receive(stream grpc.ServerStream) (b []byte, err error) {
	err = stream.RecvMsg(&b)
	return b, err
}

// The names that clients give their tokens, and the wish for a leader.
const (
	tokenKey      = "token"
	tokenHTTPKey  = "authorization"
	leaderKey     = "hasleader"
	gatewayHeader = "grpcgateway-accept"
)

// headOf is what the call's headers and its connection say.
func (f *front) headOf(ctx context.Context, method string) cluster.EtcdHead {
	head := cluster.EtcdHead{Method: method}
	md, _ := metadata.FromIncomingContext(ctx)
	if t := md.Get(tokenKey); len(t) > 0 {
		head.Token = t[0]
	} else if t := md.Get(tokenHTTPKey); len(t) > 0 {
		head.Token = t[0]
	}
	if f.verify != nil && head.Token != "" {
		// Here, and not by the machine: a signature takes as long to check as many requests to serve.
		head.Signed = f.verify(strings.TrimPrefix(head.Token, "Bearer "))
	}
	head.RequireLeader = len(md.Get(leaderKey)) > 0 && md.Get(leaderKey)[0] == "true"
	if p, ok := peer.FromContext(ctx); ok && f.clientCert && len(md.Get(gatewayHeader)) == 0 {
		if info, ok := p.AuthInfo.(credentials.TLSInfo); ok && len(info.State.VerifiedChains) > 0 {
			head.User = info.State.VerifiedChains[0][0].Subject.CommonName
		}
	}
	return head
}

// underway is a call that the node has.
type underway struct {
	f    *front
	sink *sink
	call *cluster.EtcdCall // the machine's own
}

// do has the machine do something with the call.
func (u *underway) do(size int, run func(n *cluster.Node)) {
	posted := u.f.machine.Post(func(p host.Program) { run(p.(*cluster.Node)) }, size)
	if !posted {
		u.sink.End(etcdwire.ErrStopped)
	}
}

// begin hands a call and its first message to the node; nil for none yet.
func (f *front) begin(head cluster.EtcdHead, first []byte) *underway {
	u := &underway{f: f, sink: newSink(f.machine.Done())}
	u.do(len(first), func(n *cluster.Node) {
		u.call = n.BeginEtcd(head, u.sink)
		if first != nil {
			u.call.Message(first)
		}
	})
	return u
}

// cancel ends a call that is given up.
func (u *underway) cancel() { u.do(0, func(*cluster.Node) { u.call.Cancel() }) }

// send sends what the node answers until the call ends.
func (f *front) send(stream grpc.ServerStream, u *underway) error {
	for {
		b, ended, st := u.sink.next(stream.Context())
		if ended {
			if stream.Context().Err() != nil {
				u.cancel()
			}
			return errorOf(st)
		}
		if err := stream.SendMsg(b); err != nil {
			u.cancel()
			return err
		}
		u.sink.sent(b)
	}
}

// relay carries a stream both ways. When the client has sent its last, what it began goes on.
func (f *front) relay(stream grpc.ServerStream, head cluster.EtcdHead) error {
	u := f.begin(head, nil)
	go func() {
		for {
			b, err := receive(stream)
			if err != nil {
				if errors.Is(err, io.EOF) {
					u.do(0, func(*cluster.Node) { u.call.CloseSend() })
				}
				return
			}
			u.do(len(b), func(*cluster.Node) { u.call.Message(b) })
		}
	}()
	err := f.send(stream, u)
	if head.Method == etcdwire.MethodWatch && stream.Context().Err() != nil {
		return errorOf(etcdwire.ErrWatchCanceled)
	}
	return err
}

// ask makes a call of its own, and waits for its one answer.
func (f *front) ask(
	ctx context.Context, head cluster.EtcdHead, method string, request, response etcdwire.Message,
) error {
	head.Method = method
	u := f.begin(head, etcdwire.Append([]byte{}, request)) // a request without fields is one still
	b, ended, st := u.sink.next(ctx)
	if ended {
		u.cancel()
		return failure{st}
	}
	return etcdwire.Decode(b, response)
}

// failure is an error of the node's.
type failure struct{ status etcdwire.Status }

func (f failure) Error() string { return f.status.Text }
