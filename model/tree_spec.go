package model

import (
	"errors"
	"fmt"

	"ordeal/history"
)

// TreeAt is a state of the tree with the zxid of its newest transaction.
type TreeAt struct {
	Tree *Tree
	Zxid int64
	// Turn is that of the newest read of this state.
	Turn int
}

// TreeIn is what happens to a tree: a request of a session, with Op "" the end of one, with Op "reap" that
// of a container, or with Op "configure" a change of the ensemble.
type TreeIn struct {
	Session int64
	Request TreeRequest
	// Config is what comes into force by a configure.
	Config TreeConfig
}

// TreeOut is the result. After is the zxid of the newest transaction before it, and Zxid the transaction's own, for a
// read 0. Answered says whether the reply is known.
type TreeOut struct {
	After, Zxid int64
	Reply       TreeReply
	Answered    bool
	// Turn numbers the reads of one state, from 1. They could come in any order, so they come in this one: it saves the
	// search trying all others.
	Turn int
}

// TreeFrom is the tree as a sequential specification, from a state on, for a search that tries orders. Zxids leave it
// one order of the transactions, and to each read its place among them; what is left to find is whether every result is
// that of its place, and whether real time agrees.
//
// It reads no histories: its calls are made where the place of each transaction is known.
func TreeFrom(init TreeAt) Spec[TreeAt, TreeIn, TreeOut] {
	return Spec[TreeAt, TreeIn, TreeOut]{
		Name: "tree", Init: init, Step: stepTree,
		// An order is the order of zxids, so what has happened by a zxid is one thing only.
		Equal: func(a, b TreeAt) bool { return a.Zxid == b.Zxid && a.Turn == b.Turn },
		Hash:  func(s TreeAt) uint64 { return mix(mix(hashSeed, uint64(s.Zxid)), uint64(s.Turn)) },
		Parse: func(history.Operation) (in TreeIn, out TreeOut, err error) {
			return in, out, errors.New("the tree's calls are not read one by one")
		},
		Describe: func(in TreeIn, out TreeOut) string {
			return fmt.Sprintf("%s %s at 0x%x", in.Request.Op, in.Request.Path, out.Zxid)
		},
		DescribeState: func(s TreeAt) string { return fmt.Sprintf("0x%x", s.Zxid) },
	}
}

func stepTree(s TreeAt, in TreeIn, out TreeOut) (TreeAt, bool) {
	switch {
	case out.After != s.Zxid:
		return s, false
	case out.Zxid == 0:
		unknown := out.Reply.Code == CodeUnimplemented && !s.Tree.Settings.Whole
		ok := out.Turn == s.Turn+1 && (unknown || s.Tree.Read(in.Session, in.Request).Wrong(out.Reply) == "")
		return TreeAt{s.Tree, s.Zxid, out.Turn}, ok
	case out.Reply.Code == CodeSessionMoved:
		return TreeAt{Tree: s.Tree, Zxid: out.Zxid}, true
	}
	next := TreeAt{Tree: s.Tree.Clone(), Zxid: out.Zxid}
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
