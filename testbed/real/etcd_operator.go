package real

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/real/gateway"
)

// ofEtcd are the kinds of fault for which servers of etcd can be asked: a member that votes is made no learner.
var ofEtcd = []nemesis.Kind{nemesis.Add, nemesis.Promote, nemesis.Remove, nemesis.Replace, nemesis.Transfer}

// askFor is how long an operator waits for one answer.
const askFor = 2 * time.Second

// changeEtcd asks servers of etcd for a change, when those asked for before are done or given up. One that joins is a
// learner until it has caught up, as etcd advises, and one that is replaced goes when the other votes.
func (w *world) changeEtcd(c nemesis.Change) {
	w.ensemble.changing.Lock()
	defer w.ensemble.changing.Unlock()
	var err error
	if c.Join != "" {
		err = w.admit(c.Join)
	}
	if promoted := c.Join + c.Promote; err == nil && promoted != "" {
		err = w.askMember(promoted, "promote")
	}
	if err == nil && c.Leave != "" {
		// It may end as soon as it learns of that.
		w.cluster.server(c.Leave).excuse()
		err = w.askMember(c.Leave, "remove")
	}
	if err != nil {
		w.loop.Do(func() { w.refuse(fmt.Sprintf("%s: %v", changeText(c), err)) })
	}
}

// admit has a server join as a learner, and starts it.
func (w *world) admit(name host.Addr) error {
	s := w.cluster.server(name)
	if s == nil {
		return errors.New("there is no spare machine")
	}
	members, err := w.askAny(gateway.Members, nil)
	if err != nil {
		return err
	}
	peers := members[0].Elsewhere(s.place.Address)
	members, err = w.askAny("/v3/cluster/member/add", gateway.Fields{"peerURLs": peers, "isLearner": true})
	if err != nil {
		return err
	}
	var there []host.Addr
	for _, m := range members {
		if other := w.cluster.member(m); other != nil && other != s {
			there = append(there, other.name)
		}
	}
	if err := w.join(name, there); err != nil {
		return fmt.Errorf("a start of %s: %w", name, err)
	}
	w.loop.Do(func() { w.are(members) })
	return nil
}

// askMember asks for a change of one member.
func (w *world) askMember(name host.Addr, what string) error {
	known := false
	w.loop.Do(func() { known = w.ensemble.ids[name] != "" })
	if !known { // it was there from the beginning
		members, err := w.askAny(gateway.Members, nil)
		if err != nil {
			return err
		}
		w.loop.Do(func() { w.are(members) })
	}
	var id string
	w.loop.Do(func() { id = w.ensemble.ids[name] })
	members, err := w.askAny("/v3/cluster/member/"+what, gateway.Fields{"ID": id})
	if err == nil {
		w.loop.Do(func() { w.are(members) })
	}
	return err
}

// askAny asks one server after the other until one has carried out a request, and says who is in the cluster then.
func (w *world) askAny(path string, request gateway.Fields) (members []gateway.Member, err error) {
	ctx, cancel := context.WithTimeout(w.ctx, operatorPatience)
	defer cancel()
	var asked []host.Addr
	w.loop.Do(func() { // a learner refuses all
		asked = slices.DeleteFunc(w.Members(), func(m host.Addr) bool { return slices.Contains(w.ensemble.observers, m) })
	})
	err = errors.New("no server is up")
	for ; ctx.Err() == nil; sleep(ctx, operatorRest) {
		for _, name := range asked {
			s := w.cluster.server(name)
			if !s.up() || s.stands() {
				continue
			}
			one, cancel := context.WithTimeout(ctx, askFor)
			answer, refusal := w.cluster.post(one, s, path, request)
			if gateway.Settled(refusal) {
				answer, refusal = w.cluster.post(one, s, gateway.Members, nil)
			}
			cancel()
			if err = refusal; err == nil && len(answer.Members) > 0 {
				return answer.Members, nil
			}
		}
	}
	return nil, err
}

// member is the server that etcd knows as a member; nil if there is none.
func (c *cluster) member(m gateway.Member) *server {
	for _, s := range c.all() {
		if slices.Contains(m.Hosts(), s.place.Address) {
			return s
		}
	}
	return nil
}

// are notes who is in the cluster, as etcd tells it. Learners serve no clients.
func (w *world) are(list []gateway.Member) {
	var members, learners, voters []host.Addr
	if w.ensemble.ids == nil {
		w.ensemble.ids = map[host.Addr]string{}
	}
	for _, m := range list {
		s := w.cluster.member(m)
		if s == nil {
			continue
		}
		w.ensemble.ids[s.name] = m.ID
		members = append(members, s.name)
		if m.Learner {
			learners = append(learners, s.name)
		} else {
			voters = append(voters, s.name)
		}
	}
	w.became(members, learners, voters)
}

// Transfer asks the leader of etcd to hand over to a server.
func (w *world) Transfer(to host.Addr) {
	leader, led := w.leaders.leader()
	from, next := w.cluster.server(leader), w.cluster.server(to)
	if !led || from == nil || next == nil {
		w.refuse("a transfer of the lead, since none was known to lead")
		return
	}
	w.operators.Go(func() {
		ctx, cancel := context.WithTimeout(w.ctx, operatorPatience)
		defer cancel()
		answer, err := w.cluster.post(ctx, next, gateway.Status, nil)
		if err == nil {
			_, err = w.cluster.post(ctx, from, "/v3/maintenance/transfer-leadership",
				gateway.Fields{"targetID": answer.Header.Member})
		}
		if err != nil {
			w.loop.Do(func() { w.refuse(fmt.Sprintf("a transfer of the lead to %s: %v", to, err)) })
		}
	})
}
