package etcdwire

import (
	"encoding/binary"
	"strings"
)

// Preface is the first frame of a connection that carries calls. No handshake of ZooKeeper's begins like it.
const Preface = "PRI * etcd\r\n\r\n"

// FrameKind says what a frame is about.
type FrameKind byte

// The kinds. A client begins a call with its head and perhaps a message, sends more messages, and may give it up; the
// server sends messages and, in the end, the status.
const (
	FrameBegin   FrameKind = 1
	FrameMessage FrameKind = 2
	FrameCancel  FrameKind = 3
	FrameStatus  FrameKind = 4
)

// Frame is one frame of a connection behind its preface: what HTTP/2's frames and gRPC's say of a call, and nothing of
// what they need to say it. Which call it is about, the client's number tells.
type Frame struct {
	Kind FrameKind
	Call uint64
	// FrameBegin: the method, the client's token, and whether it wants a server that knows a leader.
	Method, Token string
	RequireLeader bool
	// FrameMessage, and FrameBegin unless HasMessage is false: the message.
	HasMessage bool
	Message    []byte
	// FrameStatus: how the call ended.
	Status Status
}

// AppendFrame appends a frame's bytes.
func AppendFrame(dst []byte, f Frame) []byte {
	dst = append(dst, byte(f.Kind))
	dst = binary.AppendUvarint(dst, f.Call)
	switch f.Kind {
	case FrameBegin:
		dst = appendText(dst, f.Method)
		dst = appendText(dst, f.Token)
		var flags byte
		if f.RequireLeader {
			flags |= 1
		}
		if f.HasMessage {
			flags |= 2
		}
		return append(append(dst, flags), f.Message...)
	case FrameMessage:
		return append(dst, f.Message...)
	case FrameStatus:
		dst = binary.AppendUvarint(dst, uint64(f.Status.Code))
		return append(dst, f.Status.Text...)
	}
	return dst
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// DecodeFrame reads what AppendFrame wrote. It takes any bytes, and keeps them; ok is false for those that are no
// frame.
func DecodeFrame(b []byte) (f Frame, ok bool) {
	if len(b) == 0 {
		return f, false
	}
	f.Kind = FrameKind(b[0])
	r := rest(b[1:])
	f.Call, ok = r.uvarint()
	switch f.Kind {
	case FrameBegin:
		var more bool
		if f.Method, more = r.text(); ok && more {
			f.Token, ok = r.text()
		}
		if !ok || !more || len(r) == 0 || r[0] > 3 {
			return f, false
		}
		f.RequireLeader, f.HasMessage = r[0]&1 != 0, r[0]&2 != 0
		f.Message = r[1:]
	case FrameMessage:
		f.HasMessage, f.Message = true, r
	case FrameCancel:
	case FrameStatus:
		code, more := r.uvarint()
		f.Status = Status{Code(code), strings.Clone(string(r))}
		ok = ok && more
	default:
		return f, false
	}
	return f, ok
}

// rest is what is left of a frame.
type rest []byte

func (r *rest) uvarint() (uint64, bool) {
	v, n := binary.Uvarint(*r)
	if n <= 0 {
		return 0, false
	}
	*r = (*r)[n:]
	return v, true
}

func (r *rest) text() (string, bool) {
	n, ok := r.uvarint()
	if !ok || n > uint64(len(*r)) {
		return "", false
	}
	s := string((*r)[:n])
	*r = (*r)[n:]
	return s, true
}
