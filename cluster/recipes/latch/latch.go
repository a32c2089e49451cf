// Package latch is leadership among instances of which one leads and the others follow, over all that may become of
// their connections: a link, which keeps a session and tells what becomes of it, and a latch over it, in which
// instances stand in line and whoever is first leads. It is written over groups (recipes.Group).
//
// Failpoint marks, which do nothing in a plain build:
//
//	bugReconnectedBeforeLost  another session is told of before it is told that the last one is lost
//	bugLostNeverTold          that a session is lost is not told
//	bugLeadsWhileSuspended    a leader goes on while no connection carries its session
//	bugOfficeOutlivesSession  an instance that has lost its session keeps its place in line
//	bugLeaderByName           the leader is whose data comes first, not who has waited longest
package latch

import (
	"errors"
	"time"

	"ordeal/cluster/recipes"
	"ordeal/host"
)

// Office is who leads: the session, its epoch, and what it says of itself.
type Office struct {
	Session, Epoch int64
	Data           []byte
}

// Latch is one instance's place in line for the leadership at a path.
//
// Guaranteed: epochs grow with each leader, and of the instances that live the first in line leads; a leader learns of
// its office from a state of the service of after it heard that it is connected, and by what it knows itself it leads
// no more as soon as it is suspended: so none acts on a new connection before it has heard that the old session is
// lost. Not guaranteed: that a leader knows at once that its session has ended (it may be paused): what leaders do must
// carry the epoch, for the reason that recipes.Lock gives for tokens. A change of who is in line wakes all of them.
type Latch struct {
	p    host.Process
	link *Link
	path string
	data []byte

	group  *recipes.Group // of the present session; nil for none
	number int64          // the place in line, 0 for none
	leader Office
	known  bool // leader is of a state of behind the last event
}

// New makes an instance's place in line, which it has to Join. Data is what it says of itself to those who follow.
func New(p host.Process, link *Link, path string, data []byte) *Latch {
	return &Latch{p: p, link: link, path: path, data: data}
}

// Listen tells heard of what has become of the connection, in order, and takes the consequences: behind Suspended it is
// not known who leads, and behind Lost the instance is out of the line. It waits for at most timeout for the first
// event.
func (l *Latch) Listen(timeout time.Duration, heard func(Event)) {
	for e, ok := l.link.Next(timeout); ok; e, ok = l.link.Next(0) {
		heard(e)
		if l.known = false; e.Kind == Lost {
			l.group, l.number = nil, bendPlace(l.number)
		}
	}
}

// Joined says whether the instance stands in line.
func (l *Latch) Joined() bool { return l.number != 0 }

// Epoch is the epoch with which the instance leads once it is first; 0 if it does not stand in line.
func (l *Latch) Epoch() int64 { return l.number }

// Join takes a place at the end of the line, and returns the epoch that the instance will lead with. Outcomes are those
// of recipes.Group's Join; recipes.ErrNotHeld says that there is no session.
func (l *Latch) Join(timeout time.Duration) (epoch int64, outcome recipes.Outcome, err error) {
	if !l.link.Up() {
		return 0, recipes.NoEffect, recipes.ErrNotHeld
	}
	g := recipes.NewGroup(l.p, l.link.Session(), l.path)
	epoch, outcome, err = g.Join(l.data, timeout)
	if err == nil {
		l.group, l.number, l.known = g, epoch, false
	}
	return epoch, outcome, err
}

// Follow waits for at most timeout for a change of who is in line, and asks in any case. The error says that no server
// could be asked, or that there is no session.
func (l *Latch) Follow(timeout time.Duration) (line recipes.View, err error) {
	if !l.link.Up() {
		return recipes.View{}, recipes.ErrNotHeld
	}
	if l.group == nil {
		l.group = recipes.NewGroup(l.p, l.link.Session(), l.path)
	}
	if err := l.group.Refresh(timeout); err != nil {
		return recipes.View{}, err
	}
	line, _ = l.group.Cached()
	l.leader = Office{}
	if len(line.Members) > 0 {
		first := bendFirst(line.Members)
		l.leader = Office{Session: first.Session, Epoch: first.Number, Data: first.Data}
	}
	l.known = true
	return line, nil
}

// Leads says whether the instance leads, by what it knows itself, and with which epoch.
func (l *Latch) Leads() (epoch int64, ok bool) {
	return l.number, l.number != 0 && bendUp(l.link.Up() && l.known) && l.leader.Epoch == l.number
}

// Leader is who leads, as far as the instance knows; ok is false if it does not, or none does.
func (l *Latch) Leader() (leader Office, ok bool) {
	return l.leader, l.link.Up() && l.known && l.leader.Epoch != 0
}

// Leave gives the place in line up, and the office with it. Outcomes are those of recipes.Group's Leave.
func (l *Latch) Leave(timeout time.Duration) (recipes.Outcome, error) {
	if l.group == nil {
		return recipes.NoEffect, recipes.ErrNotHeld
	}
	outcome, err := l.group.Leave(timeout)
	if outcome == recipes.Done || errors.Is(err, recipes.ErrLost) {
		l.number, l.known = 0, false
	}
	return outcome, err
}
