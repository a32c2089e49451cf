package main

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"ordeal/cluster/etcdwire"
)

// raw is a codec that hands over what is encoded already.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (raw) Unmarshal(b []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), b...)
	return nil
}
func (raw) Name() string { return "proto" }

// server is a server that is asked.
type server struct {
	name   string
	conn   *grpc.ClientConn
	tokens map[string]string // by user
}

func dial(name, addr string) (*server, error) {
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(raw{}), grpc.MaxCallRecvMsgSize(1<<30)))
	if err != nil {
		return nil, err
	}
	return &server{name, conn, map[string]string{}}, nil
}

// patience is how long an answer may take.
const patience = 20 * time.Second

// ask sends a request, and says what came: one message, or those of a watch up to a revision.
func (s *server) ask(r request, revision int64) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	m, _ := etcdwire.MethodOf(r.method)
	ctx, err := s.as(ctx, r)
	if err != nil {
		return answer{}, err
	}
	switch r.method {
	case etcdwire.MethodWatch:
		return s.watch(ctx, r, revision)
	case etcdwire.MethodKeepAlive:
		stream, err := s.open(ctx, r)
		if err != nil {
			return answer{}, err
		}
		reply := m.Response()
		return answerOf(reply, receive(stream, reply))
	}
	var out []byte
	in := etcdwire.Append(nil, r.message)
	err = s.conn.Invoke(ctx, r.method, &in, &out)
	reply := m.Response()
	if err == nil {
		if err := etcdwire.Decode(out, reply); err != nil {
			return answer{}, fmt.Errorf("%s answers %s with %x: %w", s.name, r.method, out, err)
		}
	}
	return answerOf(reply, err)
}

// as has a request come from its user, with a token that the server gave out. When users begin to count, or count no
// more, the tokens of before are forgotten.
func (s *server) as(ctx context.Context, r request) (context.Context, error) {
	switch r.message.(type) {
	case *etcdwire.AuthEnableRequest, *etcdwire.AuthDisableRequest:
		defer clear(s.tokens)
	}
	token, known := s.tokens[r.user]
	switch {
	case r.user == "":
		return ctx, nil
	case r.user == badUser:
		token = "no token"
	case !known:
		var out []byte
		in := etcdwire.Append(nil, &etcdwire.AuthenticateRequest{Name: r.user, Password: r.user})
		if err := s.conn.Invoke(ctx, etcdwire.MethodAuthenticate, &in, &out); err != nil {
			return nil, fmt.Errorf("%s gives %s no token: %w", s.name, r.user, err)
		}
		given := &etcdwire.AuthenticateResponse{}
		if err := etcdwire.Decode(out, given); err != nil {
			return nil, err
		}
		token = given.Token
		s.tokens[r.user] = token
	}
	return metadata.AppendToOutgoingContext(ctx, "token", token), nil
}

func answerOf(reply etcdwire.Message, err error) (answer, error) {
	if err == nil {
		return answer{messages: []etcdwire.Message{reply}}, nil
	}
	st := status.Convert(err)
	if st.Code() == 4 || st.Code() == 14 {
		return answer{}, err // it is gone, or too slow to compare
	}
	return answer{status: etcdwire.Status{Code: etcdwire.Code(st.Code()), Text: st.Message()}}, nil
}

func (s *server) open(ctx context.Context, r request) (grpc.ClientStream, error) {
	stream, err := s.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, r.method)
	if err != nil {
		return nil, err
	}
	return stream, send(stream, r.message)
}

func send(stream grpc.ClientStream, m etcdwire.Message) error {
	b := etcdwire.Append(nil, m)
	return stream.SendMsg(&b)
}

func receive(stream grpc.ClientStream, m etcdwire.Message) error {
	var b []byte
	if err := stream.RecvMsg(&b); err != nil {
		return err
	}
	return etcdwire.Decode(b, m)
}

// watch opens a watch, asks for progress until all up to a revision was told, and cancels it.
func (s *server) watch(ctx context.Context, r request, revision int64) (a answer, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := s.open(ctx, r)
	if err != nil {
		return a, err
	}
	came := make(chan *etcdwire.WatchResponse)
	failed := make(chan error, 1)
	go func() {
		for {
			m := &etcdwire.WatchResponse{}
			if err := receive(stream, m); err != nil {
				failed <- err
				return
			}
			select {
			case came <- m:
			case <-ctx.Done():
				return
			}
		}
	}()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-failed:
			return a, err
		case m := <-came:
			if m.WatchID == -1 && !m.Created {
				if m.Header.Revision >= revision {
					return a.merged(), nil
				}
				continue
			}
			a.messages = append(a.messages, m)
			if m.Canceled {
				return a.merged(), nil
			}
		case <-tick.C:
			if err := send(stream, &etcdwire.WatchRequest{Progress: &etcdwire.WatchProgressRequest{}}); err != nil {
				return a, err
			}
		}
	}
}
