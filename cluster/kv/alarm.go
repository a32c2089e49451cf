package kv

import (
	"cmp"
	"slices"

	"ordeal/cluster/etcdwire"
)

// errCorrupt is what everything is answered while a member says that its state is wrong.
var errCorrupt = etcdwire.Status{Code: 15, Text: "etcdserver: corrupt cluster"}

// alarmed says why a request is refused while there is an alarm.
func (s *Store) alarmed(request etcdwire.Message) etcdwire.Status {
	if len(s.alarms) == 0 {
		return etcdwire.Status{}
	}
	corrupt := s.Alarm(etcdwire.AlarmCorrupt)
	switch request.(type) {
	case *etcdwire.PutRequest, *etcdwire.LeaseGrantRequest, *etcdwire.TxnRequest, *etcdwire.DeleteRangeRequest,
		*etcdwire.CompactionRequest, *etcdwire.LeaseRevokeRequest:
		switch {
		case corrupt:
			return errCorrupt
		case bendRefused(request, Cost(request)) > 0:
			return etcdwire.ErrNoSpace
		}
	}
	return etcdwire.Status{}
}

// Alarm reports whether any member has an alarm of a kind.
func (s *Store) Alarm(kind etcdwire.AlarmType) bool {
	return slices.ContainsFunc(s.alarms, func(a etcdwire.AlarmMember) bool { return a.Alarm == kind })
}

// Alarms are those of a kind, or all with AlarmNone.
func (s *Store) Alarms(kind etcdwire.AlarmType) (list []etcdwire.AlarmMember) {
	for _, a := range s.alarms {
		if kind == etcdwire.AlarmNone || a.Alarm == kind {
			list = append(list, a)
		}
	}
	return list
}

// alarm raises an alarm, or ends it. The answer has it if that is so; an alarm that is there is raised again.
func (s *Store) alarm(r *etcdwire.AlarmRequest) (etcdwire.Message, etcdwire.Status) {
	response := &etcdwire.AlarmResponse{}
	one := etcdwire.AlarmMember{MemberID: r.MemberID, Alarm: r.Alarm}
	at, there := slices.BinarySearchFunc(s.alarms, one, alarmOrder)
	switch {
	case r.Action == etcdwire.AlarmActivate && r.Alarm != etcdwire.AlarmNone:
		if !there {
			s.alarms = slices.Insert(s.alarms, at, one)
		}
		response.Alarms = []etcdwire.AlarmMember{one}
	case r.Action == etcdwire.AlarmDeactivate && there:
		s.alarms = slices.Delete(s.alarms, at, at+1)
		if bendEnded() {
			s.alarms = nil
		}
		response.Alarms = []etcdwire.AlarmMember{one}
	case r.Action == etcdwire.AlarmGet:
		response.Alarms = s.Alarms(r.Alarm)
	}
	return response, etcdwire.Status{}
}

func alarmOrder(a, b etcdwire.AlarmMember) int {
	return cmp.Or(cmp.Compare(a.MemberID, b.MemberID), cmp.Compare(a.Alarm, b.Alarm))
}

// What a put and a lease cost at least, in bytes, as etcd counts them.
const (
	putCost   = 256
	leaseCost = 64
)

// Cost is how many bytes a request may add, at most.
func Cost(request etcdwire.Message) int64 {
	switch r := request.(type) {
	case *etcdwire.PutRequest:
		return int64(putCost + len(r.Key) + len(r.Value))
	case *etcdwire.TxnRequest:
		return max(costOf(r.Success), costOf(r.Failure))
	case *etcdwire.LeaseGrantRequest:
		return leaseCost
	}
	return 0
}

func costOf(ops []etcdwire.RequestOp) (sum int64) {
	for i := range ops {
		if p := ops[i].Put; p != nil {
			sum += Cost(p)
		}
		if t := ops[i].Txn; t != nil {
			sum += Cost(t)
		}
	}
	return sum
}
