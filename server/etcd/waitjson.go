package etcd

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"ordeal/cluster/etcdwire"
)

// The JSON of the services Lock and Election, in protobuf's form: bytes in base64, numbers of 64 bits as texts, and
// nothing that is zero.

type data []byte

// UnmarshalJSON takes both alphabets, with padding and without.
func (d *data) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	var err error
	*d, err = base64.RawStdEncoding.DecodeString(text)
	return err
}

type number int64

// UnmarshalJSON takes a number or a text with one.
func (n *number) UnmarshalJSON(b []byte) error {
	f, ok := new(big.Rat).SetString(strings.Trim(string(b), `"`))
	if !ok || !f.IsInt() || !f.Num().IsInt64() {
		return fmt.Errorf("%s is no number of 64 bits", b)
	}
	*n = number(f.Num().Int64())
	return nil
}

type (
	jsonHeader struct {
		ClusterID uint64 `json:"cluster_id,string,omitempty"`
		MemberID  uint64 `json:"member_id,string,omitempty"`
		Revision  int64  `json:"revision,string,omitempty"`
		RaftTerm  uint64 `json:"raft_term,string,omitempty"`
	}
	jsonLeader struct {
		Name  data   `json:"name,omitempty"`
		Key   data   `json:"key,omitempty"`
		Rev   number `json:"rev,string,omitempty"`
		Lease number `json:"lease,string,omitempty"`
	}
	jsonKV struct {
		Key            data  `json:"key,omitempty"`
		CreateRevision int64 `json:"create_revision,string,omitempty"`
		ModRevision    int64 `json:"mod_revision,string,omitempty"`
		Version        int64 `json:"version,string,omitempty"`
		Value          data  `json:"value,omitempty"`
		Lease          int64 `json:"lease,string,omitempty"`
	}
	jsonAnswer struct {
		Header *jsonHeader `json:"header,omitempty"`
		Key    data        `json:"key,omitempty"`
		Leader *jsonLeader `json:"leader,omitempty"`
		KV     *jsonKV     `json:"kv,omitempty"`
	}
	jsonAsked struct {
		Name, Key, Value data
		Lease            number
		Leader           *struct {
			Name, Key  data
			Rev, Lease number
		}
	}
)

// waitingMethod is the method of a path of the two services, and its request made of JSON.
func waitingMethod(path string, r *jsonAsked) (method string, request etcdwire.Message) {
	var held *etcdwire.LeaderKey
	if l := r.Leader; l != nil {
		held = &etcdwire.LeaderKey{Name: l.Name, Key: l.Key, Rev: int64(l.Rev), Lease: int64(l.Lease)}
	}
	switch path {
	case "/v3/lock/lock":
		return etcdwire.MethodLock, &etcdwire.LockRequest{Name: r.Name, Lease: int64(r.Lease)}
	case "/v3/lock/unlock":
		return etcdwire.MethodUnlock, &etcdwire.UnlockRequest{Key: r.Key}
	case "/v3/election/campaign":
		return etcdwire.MethodCampaign, &etcdwire.CampaignRequest{Name: r.Name, Lease: int64(r.Lease), Value: r.Value}
	case "/v3/election/proclaim":
		return etcdwire.MethodProclaim, &etcdwire.ProclaimRequest{Leader: held, Value: r.Value}
	case "/v3/election/leader":
		return etcdwire.MethodLeader, &etcdwire.LeaderRequest{Name: r.Name}
	case "/v3/election/observe":
		return etcdwire.MethodObserve, &etcdwire.LeaderRequest{Name: r.Name}
	case "/v3/election/resign":
		return etcdwire.MethodResign, &etcdwire.ResignRequest{Leader: held}
	}
	return "", nil
}

// serveWaiting serves a path of the two services; false says that it is none.
func (g *gateway) serveWaiting(w http.ResponseWriter, r *http.Request) bool {
	var asked jsonAsked
	if method, _ := waitingMethod(r.URL.Path, &asked); method == "" || r.Method != http.MethodPost {
		return false
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil && !errors.Is(err, io.EOF) {
		writeError(w, status.Error(3, err.Error()))
		return true
	}
	method, request := waitingMethod(r.URL.Path, &asked)
	ctx := r.Context()
	if token := r.Header.Get("Authorization"); token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, tokenHTTPKey, token)
	}
	stream, err := g.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, method, grpc.ForceCodec(raw{}))
	if err == nil {
		if err = stream.SendMsg(etcdwire.Append(nil, request)); err == nil {
			err = stream.CloseSend()
		}
	}
	for sent := false; err == nil; sent = true {
		var b []byte
		if err = stream.RecvMsg(&b); err != nil {
			if sent && errors.Is(err, io.EOF) || sent {
				return true
			}
			break
		}
		var answer jsonAnswer
		if answer, err = answerOf(method, b); err != nil {
			break
		}
		w.Header().Set("Content-Type", "application/json")
		if method == etcdwire.MethodObserve {
			writeJSON(w, map[string]any{"result": answer})
			_ = http.NewResponseController(w).Flush() // who does not read any more is found out by the next write
		} else {
			writeJSON(w, answer)
		}
	}
	writeError(w, err)
	return true
}

func answerOf(method string, b []byte) (answer jsonAnswer, err error) {
	m, _ := etcdwire.MethodOf(method)
	response := m.Response()
	if err = etcdwire.Decode(b, response); err != nil {
		return answer, err
	}
	var h *etcdwire.ResponseHeader
	switch r := response.(type) {
	case *etcdwire.LockResponse:
		h, answer.Key = r.Header, r.Key
	case *etcdwire.UnlockResponse:
		h = r.Header
	case *etcdwire.CampaignResponse:
		h = r.Header
		answer.Leader = &jsonLeader{r.Leader.Name, r.Leader.Key, number(r.Leader.Rev), number(r.Leader.Lease)}
	case *etcdwire.LeaderResponse:
		h = r.Header
		answer.KV = &jsonKV{r.KV.Key, r.KV.CreateRevision, r.KV.ModRevision, r.KV.Version, r.KV.Value, r.KV.Lease}
	case *etcdwire.ProclaimResponse:
		h = r.Header
	case *etcdwire.ResignResponse:
		h = r.Header
	}
	if h != nil {
		answer.Header = &jsonHeader{h.ClusterID, h.MemberID, h.Revision, h.RaftTerm}
	}
	return answer, nil
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
