package znode

import (
	"errors"
	"fmt"

	"ordeal/history"
	"ordeal/model"
)

// At is a state of the tree with the zxid of its newest transaction.
type At struct {
	Tree *Tree
	Zxid int64
	// Turn is that of the newest read of this state.
	Turn int
}

// In is what happens to a tree: a request of a session, with Op "" the end of one, with Op "reap" that
// of a container, or with Op "configure" a change of the ensemble.
type In struct {
	Session int64
	Request Request
	// Config is what comes into force by a configure.
	Config Config
}

// Out is the result. After is the zxid of the newest transaction before it, and Zxid the transaction's own, for a
// read 0. Answered says whether the reply is known.
type Out struct {
	After, Zxid int64
	Reply       Reply
	Answered    bool
	// Turn numbers the reads of one state, from 1. They could come in any order, so they come in this one: it saves the
	// search trying all others.
	Turn int
}

// From is the tree as a sequential specification, from a state on, for a search that tries orders. Zxids leave it
// one order of the transactions, and to each read its place among them; what is left to find is whether every result is
// that of its place, and whether real time agrees.
//
// It reads no histories: its calls are made where the place of each transaction is known.
func From(init At) model.Spec[At, In, Out] {
	return model.Spec[At, In, Out]{
		Name: "tree", Init: init, Step: stepTree,
		// An order is the order of zxids, so what has happened by a zxid is one thing only.
		Equal: func(a, b At) bool { return a.Zxid == b.Zxid && a.Turn == b.Turn },
		Hash:  func(s At) uint64 { return uint64(s.Zxid)<<8 ^ uint64(s.Turn) },
		Parse: func(history.Operation) (in In, out Out, err error) {
			return in, out, errors.New("the tree's calls are not read one by one")
		},
		Describe: func(in In, out Out) string {
			return fmt.Sprintf("%s %s at 0x%x", in.Request.Op, in.Request.Path, out.Zxid)
		},
		DescribeState: func(s At) string { return fmt.Sprintf("0x%x", s.Zxid) },
	}
}

func stepTree(s At, in In, out Out) (At, bool) {
	switch {
	case out.After != s.Zxid:
		return s, false
	case out.Zxid == 0:
		unknown := out.Reply.Code == CodeUnimplemented && !s.Tree.Settings.Whole
		ok := out.Turn == s.Turn+1 && (unknown || s.Tree.Read(in.Session, in.Request).Wrong(out.Reply) == "")
		return At{s.Tree, s.Zxid, out.Turn}, ok
	case out.Reply.Code == CodeSessionMoved:
		return At{Tree: s.Tree, Zxid: out.Zxid}, true
	}
	next := At{Tree: s.Tree.Clone(), Zxid: out.Zxid}
	switch in.Request.Op {
	case "reap":
		_, wrong := next.Tree.Reap(out.Zxid, in.Request.Path)
		return next, wrong == ""
	case "configure":
		_, wrong := next.Tree.Configure(out.Zxid, in.Config)
		return next, wrong == ""
	case "":
		next.Tree.End(out.Zxid, in.Session)
		return next, true
	}
	reply, _ := next.Tree.Apply(out.Zxid, in.Session, in.Request)
	if !out.Answered {
		return next, reply.Code != CodeSessionExpired
	}
	return next, reply.Wrong(out.Reply) == ""
}
