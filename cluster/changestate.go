package cluster

import (
	"encoding/binary"
	"fmt"
	"slices"

	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// appendEnsemble writes what the state knows of the ensemble's changes.
func (s *state) appendEnsemble(b []byte) []byte {
	b = binary.AppendUvarint(b, s.confIndex)
	var conf []byte
	if s.conf != nil {
		var err error
		if conf, err = proto.Marshal(s.conf); err != nil {
			panic(fmt.Sprintf("cluster: a configuration of raft's can't be encoded: %v", err))
		}
	}
	b = appendBytes(b, conf)
	if s.next == nil {
		return append(b, 0)
	}
	c := s.next
	b = append(b, 1)
	for _, v := range []uint64{c.server, c.incarnation, c.seq, uint64(c.session), uint64(uint32(c.xid))} {
		b = binary.AppendUvarint(b, v)
	}
	b = appendBytes(append(b, byte(c.stage)), c.servers)
	if c.session == 0 {
		b = appendBytes(b, c.member)
	}
	return b
}

// readEnsemble reads what appendEnsemble wrote.
func (s *state) readEnsemble(r *reader) {
	s.confIndex = r.uvarint()
	if conf := r.bytes(); len(conf) > 0 {
		s.conf = &raftpb.ConfState{}
		r.bad = proto.Unmarshal(conf, s.conf) != nil || r.bad
	}
	if r.byte() == 0 {
		return
	}
	s.next = &change{
		server: r.uvarint(), incarnation: r.uvarint(), seq: r.uvarint(),
		session: int64(r.uvarint()), xid: int32(uint32(r.uvarint())),
		stage: stage(r.byte()),
	}
	r.bad = r.bad || s.next.stage >= stages
	s.next.servers = slices.Clone(r.bytes()) // the reader's bytes are not the state's
	if s.next.session == 0 {
		s.next.member = slices.Clone(r.bytes())
	}
}

func appendBytes(b, v []byte) []byte { return append(binary.AppendUvarint(b, uint64(len(v))), v...) }
