package etcd

import (
	"errors"
	"fmt"
	"time"

	"ordeal/cluster/etcdwire"
	"ordeal/history"
	"ordeal/host"
)

// Operator is someone who changes the members, request by request, at one server after the other. What it asks for is
// part of the history, with the answers.
type Operator struct {
	e       *Env
	p       host.Process
	servers func() []host.Addr
	wake    host.Signal
	process int
	next    int // the server that is tried next

	// What is about the connection that is in use, which is number's.
	conn         host.Conn
	number       int
	open, closed bool
	token, user  string
	call         uint64
	message      []byte
	status       etcdwire.Status
	ended        bool
}

// NewOperator makes an operator that runs in a process. servers are those that clients may ask.
func (e *Env) NewOperator(p host.Process, servers func() []host.Addr) *Operator {
	return &Operator{e: e, p: p, servers: servers, wake: p.NewSignal(), process: e.NewProcess(), next: p.Rand().IntN(8)}
}

var _ host.ConnHandler = (*Operator)(nil)

// Opened implements host.ConnHandler.
func (o *Operator) Opened() {
	o.open = true
	o.wake.Set()
}

// Closed implements host.ConnHandler.
func (o *Operator) Closed() {
	o.closed = true
	o.wake.Set()
}

// Frame implements host.ConnHandler.
func (o *Operator) Frame(b []byte) {
	switch f, ok := etcdwire.DecodeFrame(b); {
	case !ok || f.Call != o.call:
	case f.Kind == etcdwire.FrameMessage:
		o.message = f.Message
	case f.Kind == etcdwire.FrameStatus:
		o.status, o.ended = f.Status, true
	}
	o.wake.Set()
}

// Leave closes the connection.
func (o *Operator) Leave() {
	if o.conn != nil {
		o.conn.Close()
		o.conn = nil
	}
}

// dial connects to the next server.
func (o *Operator) dial() bool {
	o.Leave()
	servers := o.servers()
	server := servers[o.next%len(servers)]
	o.next++
	o.e.conns++
	o.number, o.open, o.closed, o.call = o.e.conns, false, false, 0
	o.conn = o.p.Dial(server, o)
	o.e.cfg.Record.OK(history.Service, "dialled", "", []any{int64(o.number), string(server)})
	o.conn.Send([]byte(etcdwire.Preface))
	o.await(dialPatience, func() bool { return o.open })
	return o.open && !o.closed
}

func (o *Operator) await(patience time.Duration, done func() bool) {
	for until := o.p.Now() + patience; !done() && !o.closed && o.p.Now() < until; {
		o.wake.Wait(until - o.p.Now())
	}
}

// operatorPatience is how long an operator waits for an answer: a change takes until newcomers have caught up.
const operatorPatience = 4 * time.Second

// send makes a call, and says whether there was an answer to it.
func (o *Operator) send(method string, request etcdwire.Message) bool {
	o.call++
	o.message, o.ended, o.status = nil, false, etcdwire.Status{}
	o.conn.Send(etcdwire.AppendFrame(nil, etcdwire.Frame{
		Kind: etcdwire.FrameBegin, Call: o.call, Method: method, Token: o.token, HasMessage: true,
		Message: etcdwire.Append(nil, request),
	}))
	o.await(operatorPatience, func() bool { return o.ended })
	if !o.ended || o.status.Code == etcdwire.Unavailable {
		o.Leave()
		return false
	}
	return true
}

// authenticate has the operator be root, where users have to say who they are.
func (o *Operator) authenticate() {
	o.token, o.user = "", ""
	if !o.send(etcdwire.MethodAuthenticate, &etcdwire.AuthenticateRequest{Name: "root", Password: "root"}) {
		return
	}
	r := &etcdwire.AuthenticateResponse{}
	if o.status.Code == etcdwire.OK && etcdwire.Decode(o.message, r) == nil {
		o.token, o.user = r.Token, "root"
	}
}

var errNotAnswered = errors.New("there is no answer that says whether it was done")

// ask carries out an operation, and records it. answer is nil unless it was done; a status of OK says then that there
// was no answer.
func (o *Operator) ask(d drawn) (answer etcdwire.Message, refused etcdwire.Status) {
	if o.conn == nil && !o.dial() {
		o.Leave()
		return nil, refused
	}
	record := o.e.cfg.Record
	argument := append([]any{int64(o.number), o.user}, d.args...)
	record.Invoke(o.process, d.f, "", argument)
	known := o.send(d.method, d.request)
	if known && o.status.Code == etcdwire.OK {
		answer = d.answer()
		if etcdwire.Decode(o.message, answer) != nil {
			answer, known = nil, false
		}
	}
	switch {
	case !known && d.reads:
		record.Fail(o.process, d.f, "", argument, errNotAnswered.Error())
	case !known:
		record.Info(o.process, d.f, "", argument, errNotAnswered.Error())
		o.process = o.e.NewProcess()
	case answer != nil:
		record.OK(o.process, d.f, "", ResponseValue(answer))
	default:
		refused = o.status
		record.OK(o.process, d.f, "", refused.Text)
		if refused == etcdwire.ErrUserEmpty || refused == etcdwire.ErrInvalidAuthToken {
			o.authenticate()
		}
	}
	return answer, refused
}

// Add asks for a member that will have a number, and says whether it is there; or that there are too many learners.
func (o *Operator) Add(id uint64, learner bool) (there, tooMany bool) {
	_, refused := o.ask(memberAdd(learner, PeerURL(id)))
	if refused == etcdwire.ErrTooManyLearners {
		return false, true
	}
	listed, _ := o.ask(membersOf(true))
	list, _ := listed.(*etcdwire.MemberListResponse)
	if list == nil {
		return false, false
	}
	for _, m := range list.Members {
		there = there || m.ID == id
	}
	return there, false
}

// AddAnother asks for a learner of whatever number, which is refused if there is one.
func (o *Operator) AddAnother() { o.ask(memberAdd(true, fmt.Sprintf("http://o%d:2888", o.number))) }

// Remove asks for a member to go, and says whether that was answered for good.
func (o *Operator) Remove(id uint64) (over bool) {
	answer, refused := o.ask(memberRemove(id))
	return answer != nil || refused == etcdwire.ErrMemberNotFound
}

// Promote asks for a learner to vote, and says whether that was answered for good.
func (o *Operator) Promote(id uint64) (over bool) {
	answer, refused := o.ask(memberPromote(id))
	return answer != nil || refused == etcdwire.ErrMemberNotFound || refused == etcdwire.ErrMemberNotLearner
}
