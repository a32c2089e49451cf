package wire

import (
	"errors"
	"reflect"
	"testing"
)

// What decodes must come back the same when it is encoded and decoded again.
func FuzzDecodeRequest(f *testing.F) {
	for _, c := range allGoldenRequests() {
		f.Add(unhex(f, c.bytes))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		h, r, err := DecodeRequest(frame)
		if err != nil {
			mustBeDecodeError(t, err)
			return
		}
		h2, r2, err := DecodeRequest(EncodeRequest(h.Xid, r))
		if err != nil || h2 != h || !reflect.DeepEqual(r2, r) {
			t.Fatalf("%v %#v came back as %v %#v %v", h, r, h2, r2, err)
		}
	})
}

func FuzzDecodeReply(f *testing.F) {
	for _, c := range allGoldenReplies() {
		f.Add(int32(c.op), unhex(f, c.bytes))
	}
	f.Fuzz(func(t *testing.T, op int32, frame []byte) {
		h, r, err := DecodeReply(OpCode(op), frame)
		if err != nil {
			mustBeDecodeError(t, err)
			return
		}
		h2, r2, err := DecodeReply(OpCode(op), EncodeReply(h, r))
		if err != nil || h2 != h || !reflect.DeepEqual(r2, r) {
			t.Fatalf("%v %#v came back as %v %#v %v", h, r, h2, r2, err)
		}
	})
}

func FuzzDecodeEvent(f *testing.F) {
	f.Add(EncodeEvent(WatcherEvent{Type: EventCreated, State: StateSyncConnected, Path: "/a"}, 7))
	f.Fuzz(func(t *testing.T, frame []byte) {
		h, ev, err := DecodeEvent(frame)
		if err != nil {
			mustBeDecodeError(t, err)
			return
		}
		if _, again, err := DecodeEvent(EncodeEvent(ev, h.Zxid)); err != nil || again != ev {
			t.Fatalf("%v came back as %v %v", ev, again, err)
		}
	})
}

func FuzzDecodeConnect(f *testing.F) {
	f.Add(ConnectRequest{TimeoutMs: 1, Passwd: make([]byte, 16)}.Encode())
	f.Add(ConnectRequest{TimeoutMs: 1, HasReadOnly: true}.Encode())
	f.Add(ConnectResponse{TimeoutMs: 1, SessionID: 2, Passwd: make([]byte, 16), HasReadOnly: true}.Encode())
	f.Fuzz(func(t *testing.T, frame []byte) {
		if r, err := DecodeConnectRequest(frame); err != nil {
			mustBeDecodeError(t, err)
		} else if again, err := DecodeConnectRequest(r.Encode()); err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("%v came back as %v %v", r, again, err)
		}
		if r, err := DecodeConnectResponse(frame); err != nil {
			mustBeDecodeError(t, err)
		} else if again, err := DecodeConnectResponse(r.Encode()); err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("%v came back as %v %v", r, again, err)
		}
	})
}

func mustBeDecodeError(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrUnknownOp) {
		t.Fatalf("an error of no kind: %v", err)
	}
}
