package etcd

import (
	"strings"

	"ordeal/cluster/etcdwire"
	"ordeal/workloads/clients"
)

// Clients raise alarms as members do that have found something wrong, and end them. Where the quota is small they
// fill the store, and whoever is refused for that makes room: what is old is compacted, keys go if that does not
// help, and the alarms are ended, as etcd's operators do it.

const methodAlarm = "/etcdserverpb.Maintenance/Alarm"

// alarmMembers is how many members alarms may be of.
const alarmMembers = 5

// alarm is a request that raises an alarm, or ends one.
func alarm(action etcdwire.AlarmAction, member uint64, kind etcdwire.AlarmType) drawn {
	return of(methodAlarm, &etcdwire.AlarmRequest{Action: action, MemberID: member, Alarm: kind}, false)
}

// alarmsOf asks for alarms of a kind, or for all.
func alarmsOf(kind etcdwire.AlarmType) drawn {
	return named("alarms", []any{alarmKinds[kind]}, methodAlarm, &etcdwire.AlarmRequest{Alarm: kind}, true)
}

func (w *worker) drawAlarm() drawn {
	rng := w.c.Rand()
	kind := etcdwire.AlarmNoSpace
	if w.c.Chance(20) {
		kind = etcdwire.AlarmCorrupt
	}
	member := uint64(1 + rng.IntN(alarmMembers))
	switch n := rng.IntN(100); {
	case n < 30:
		return alarmsOf(etcdwire.AlarmNone)
	case n < 50:
		return alarmsOf(kind)
	case n < 70:
		return alarm(etcdwire.AlarmActivate, member, kind)
	}
	return alarm(etcdwire.AlarmDeactivate, member, kind)
}

// alarmed notes that a call was refused for an alarm.
func (w *worker) alarmed(status etcdwire.Status) {
	corrupt := strings.HasSuffix(status.Text, "corrupt cluster")
	if status != etcdwire.ErrNoSpace && !corrupt {
		return
	}
	w.cramped = true
	if !corrupt {
		w.e.saw(sawNoSpace)
	}
}

// makesRoom has a client that was refused for an alarm make an end of it, sooner or later; those do at once that probe
// the service or look at everything for the last time.
func (w *worker) makesRoom() bool {
	running := w.c.Role() == clients.Running
	if !w.cramped || running && !w.c.Chance(25) || !w.ready() {
		return false
	}
	if !running {
		w.probing()
	}
	told, _ := w.one(alarmsOf(etcdwire.AlarmNone)).(*etcdwire.AlarmResponse)
	if told == nil {
		return false
	}
	for _, a := range told.Alarms {
		if a.Alarm == etcdwire.AlarmCorrupt { // there is no room to be made before
			w.one(alarm(etcdwire.AlarmDeactivate, a.MemberID, a.Alarm))
		}
	}
	w.one(of(etcdwire.MethodCompact, &etcdwire.CompactionRequest{Revision: w.e.revision}, false))
	if !running || w.c.Chance(30) {
		w.one(of(etcdwire.MethodDeleteRange, &etcdwire.DeleteRangeRequest{Key: []byte("a"), RangeEnd: []byte{0}}, false))
		w.one(of(etcdwire.MethodCompact, &etcdwire.CompactionRequest{Revision: w.e.revision}, false))
	}
	for _, a := range told.Alarms {
		if a.Alarm != etcdwire.AlarmCorrupt {
			w.one(alarm(etcdwire.AlarmDeactivate, a.MemberID, a.Alarm))
		}
	}
	w.cramped = false
	return true
}
