package etcd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	"ordeal/cluster/etcdwire"
)

// The JSON of the services Lock and Election. What is published for etcd's API has no types for them, so their messages
// are described here, and read and written as all others are.

// waitingMethod is one of their methods: its path, and its messages' names.
type waitingMethod struct{ method, asked, answer string }

var waitingMethods = map[string]waitingMethod{
	"/v3/lock/lock":         {etcdwire.MethodLock, "LockRequest", "LockResponse"},
	"/v3/lock/unlock":       {etcdwire.MethodUnlock, "UnlockRequest", "UnlockResponse"},
	"/v3/election/campaign": {etcdwire.MethodCampaign, "CampaignRequest", "CampaignResponse"},
	"/v3/election/proclaim": {etcdwire.MethodProclaim, "ProclaimRequest", "ProclaimResponse"},
	"/v3/election/leader":   {etcdwire.MethodLeader, "LeaderRequest", "LeaderResponse"},
	"/v3/election/observe":  {etcdwire.MethodObserve, "LeaderRequest", "LeaderResponse"},
	"/v3/election/resign":   {etcdwire.MethodResign, "ResignRequest", "ResignResponse"},
}

// field is one of a message's: its type is a scalar, or the name of a message.
type field struct {
	name    string
	scalar  descriptorpb.FieldDescriptorProto_Type
	message string
}

const (
	ofBytes  = descriptorpb.FieldDescriptorProto_TYPE_BYTES
	ofInt64  = descriptorpb.FieldDescriptorProto_TYPE_INT64
	ofUint64 = descriptorpb.FieldDescriptorProto_TYPE_UINT64
)

var headerField = field{name: "header", message: "ResponseHeader"}

// waitingFields are the fields of these messages, numbered from 1.
var waitingFields = map[string][]field{
	"ResponseHeader": {
		{"cluster_id", ofUint64, ""}, {"member_id", ofUint64, ""}, {"revision", ofInt64, ""}, {"raft_term", ofUint64, ""},
	},
	"KeyValue": {
		{"key", ofBytes, ""}, {"create_revision", ofInt64, ""}, {"mod_revision", ofInt64, ""}, {"version", ofInt64, ""},
		{"value", ofBytes, ""}, {"lease", ofInt64, ""},
	},
	"LeaderKey": {{"name", ofBytes, ""}, {"key", ofBytes, ""}, {"rev", ofInt64, ""}, {"lease", ofInt64, ""}},

	"LockRequest":      {{"name", ofBytes, ""}, {"lease", ofInt64, ""}},
	"LockResponse":     {headerField, {"key", ofBytes, ""}},
	"UnlockRequest":    {{"key", ofBytes, ""}},
	"UnlockResponse":   {headerField},
	"CampaignRequest":  {{"name", ofBytes, ""}, {"lease", ofInt64, ""}, {"value", ofBytes, ""}},
	"CampaignResponse": {headerField, {"leader", 0, "LeaderKey"}},
	"ProclaimRequest":  {{"leader", 0, "LeaderKey"}, {"value", ofBytes, ""}},
	"ProclaimResponse": {headerField},
	"LeaderRequest":    {{"name", ofBytes, ""}},
	"LeaderResponse":   {headerField, {"kv", 0, "KeyValue"}},
	"ResignRequest":    {{"leader", 0, "LeaderKey"}},
	"ResignResponse":   {headerField},
}

// waitingMessages describes them to the library.
func waitingMessages() protoreflect.MessageDescriptors {
	file := &descriptorpb.FileDescriptorProto{
		Name: proto.String("ordeal/waiting.proto"), Package: proto.String("waiting"), Syntax: proto.String("proto3"),
	}
	for name, fields := range waitingFields { //house:unordered messages are found by their names
		m := &descriptorpb.DescriptorProto{Name: proto.String(name)}
		for i, f := range fields {
			one := &descriptorpb.FieldDescriptorProto{
				Name: proto.String(f.name), Number: proto.Int32(int32(i + 1)), Type: f.scalar.Enum(),
				Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
			}
			if f.message != "" {
				one.Type = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum()
				one.TypeName = proto.String(".waiting." + f.message)
			}
			m.Field = append(m.Field, one)
		}
		file.MessageType = append(file.MessageType, m)
	}
	d, err := protodesc.NewFile(file, nil)
	if err != nil {
		panic("etcd: the messages of Lock and Election are described wrongly: " + err.Error())
	}
	return d.Messages()
}

// message is an empty one of a name.
func (g *gateway) message(name string) *dynamicpb.Message {
	return dynamicpb.NewMessage(g.waiting.ByName(protoreflect.Name(name)))
}

// serveWaiting serves a path of the two services; false says that it is none.
func (g *gateway) serveWaiting(w http.ResponseWriter, r *http.Request) bool {
	m, known := waitingMethods[r.URL.Path]
	if !known || r.Method != http.MethodPost {
		return false
	}
	asked := g.message(m.asked)
	if err := g.json.NewDecoder(r.Body).Decode(asked); err != nil && !errors.Is(err, io.EOF) {
		writeError(w, status.Error(3, err.Error()))
		return true
	}
	request, err := proto.Marshal(asked)
	if err != nil {
		writeError(w, err)
		return true
	}
	ctx := r.Context()
	if token := r.Header.Get("Authorization"); token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, tokenHTTPKey, token)
	}
	stream, err := g.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, m.method, grpc.ForceCodec(raw{}))
	if err == nil {
		if err = stream.SendMsg(request); err == nil {
			err = stream.CloseSend()
		}
	}
	for sent := false; err == nil; sent = true {
		var b []byte
		if err = stream.RecvMsg(&b); err != nil {
			if sent {
				return true
			}
			break
		}
		if b, err = g.answerOf(m, b); err != nil {
			break
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(append(b, '\n')) // who does not read it has gone
		if m.method == etcdwire.MethodObserve {
			_ = http.NewResponseController(w).Flush() // who does not read any more is found out by the next write
		}
	}
	writeError(w, err)
	return true
}

// answerOf is an answer as JSON.
func (g *gateway) answerOf(m waitingMethod, b []byte) ([]byte, error) {
	answer := g.message(m.answer)
	if err := proto.Unmarshal(b, answer); err != nil {
		return nil, err
	}
	b, err := g.json.Marshal(answer)
	if err == nil && m.method == etcdwire.MethodObserve {
		b = fmt.Appendf(nil, `{"result":%s}`, b)
	}
	return b, err
}

func writeError(w http.ResponseWriter, err error) {
	st := status.Convert(err)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(runtime.HTTPStatusFromCode(st.Code()))
	writeJSON(w, map[string]any{"code": int(st.Code()), "message": st.Message()})
}

func writeJSON(w io.Writer, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("etcd: %T is no JSON: %v", v, err))
	}
	_, _ = w.Write(append(b, '\n')) // who does not read it has gone
}
