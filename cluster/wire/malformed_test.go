package wire

import (
	"errors"
	"runtime"
	"testing"
)

func TestDecodeRequestUnknownOp(t *testing.T) {
	for name, frame := range map[string]string{
		"sasl":                `00000007 00000066 00000000`,
		"deleteContainer":     `00000007 00000014 00000001 '/`,
		"getACL in multi":     `00000007 0000000e 00000006 00 ffffffff 00000001 '/`,
		"getData in multi":    `00000007 0000000e 00000004 00 ffffffff 00000001 '/ 00 ffffffff 01 ffffffff`,
		"exists in multiRead": `00000007 00000016 00000003 00 ffffffff 00000001 '/ 00 ffffffff 01 ffffffff`,
		"delete in multiRead": `00000007 00000016 00000002 00 ffffffff 00000001 '/ 00000000 ffffffff 01 ffffffff`,
		"multi in multi":      `00000007 0000000e 0000000e 00 ffffffff ffffffff 01 ffffffff ffffffff 01 ffffffff`,
	} {
		b := unhex(t, frame)
		h, r, err := DecodeRequest(b)
		if !errors.Is(err, ErrUnknownOp) || errors.Is(err, ErrMalformed) || r != nil {
			t.Errorf("%s: %v %v", name, r, err)
		}
		if want := NewDecoder(b); h.Xid != want.Int32() || h.Op != OpCode(want.Int32()) {
			t.Errorf("%s: header %v", name, h)
		}
	}
}

func TestDecodeRequestMalformed(t *testing.T) {
	for name, frame := range map[string]string{
		"nothing":              ``,
		"half a header":        `00000001 0000`,
		"no body":              `00000001 00000002`,
		"path past the end":    `00000001 00000003 00000009 '/a 00`,
		"negative length":      `00000001 00000003 fffffffe '/a 00`,
		"huge buffer":          `00000001 00000005 00000002 '/a 7fffffff 'abc`,
		"huge ACL":             `00000001 00000001 00000002 '/a 00000000 7fffffff 00000000`,
		"huge watch list":      `fffffff8 00000065 0000000000000000 40000000 00000002 '/a`,
		"multi without an end": `00000001 0000000e 00000002 00 ffffffff 00000002 '/c 00000002`,
	} {
		if _, r, err := DecodeRequest(unhex(t, frame)); !errors.Is(err, ErrMalformed) || r != nil {
			t.Errorf("%s: %v %v", name, r, err)
		}
	}
}

// Every proper prefix of a good frame is malformed: no decoder reads past the end or stops early.
func TestDecodePrefixes(t *testing.T) {
	for _, c := range allGoldenRequests() {
		frame := unhex(t, c.bytes)
		for n := range frame {
			if _, _, err := DecodeRequest(frame[:n]); !errors.Is(err, ErrMalformed) {
				t.Errorf("%s: %d of %d bytes: %v", c.name, n, len(frame), err)
			}
		}
	}
	for _, c := range allGoldenReplies() {
		frame := unhex(t, c.bytes)
		for n := range frame {
			if _, _, err := DecodeReply(c.op, frame[:n]); !errors.Is(err, ErrMalformed) {
				t.Errorf("%s: %d of %d bytes: %v", c.name, n, len(frame), err)
			}
		}
	}
}

func TestDecodeRequestIgnoresWhatFollows(t *testing.T) {
	_, r, err := DecodeRequest(append(EncodeRequest(1, SyncRequest{Path: "/a"}), 1, 2, 3))
	if err != nil || r != (SyncRequest{Path: "/a"}) {
		t.Errorf("%v %v", r, err)
	}
}

func TestDecodeReplyOfUnknownOp(t *testing.T) {
	frame := EncodeReply(ReplyHeader{Xid: 1}, SyncResponse{Path: "/"})
	if _, _, err := DecodeReply(OpCreateSession, frame); !errors.Is(err, ErrUnknownOp) {
		t.Error(err)
	}
	multi := unhex(t, `00000003 0000000000000000 00000000 00000009 00 00000000 00000001 '/ ffffffff 01 ffffffff`)
	if _, _, err := DecodeReply(OpMulti, multi); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
}

// A decoded request keeps nothing of the frame: who owns the frame may use it again.
func TestDecodeCopies(t *testing.T) {
	frame := EncodeRequest(1, SetDataRequest{Path: "/a", Data: []byte("old")})
	_, r, err := DecodeRequest(frame)
	if err != nil {
		t.Fatal(err)
	}
	clear(frame)
	if got := r.(SetDataRequest); got.Path != "/a" || string(got.Data) != "old" {
		t.Errorf("%v", got)
	}
}

func TestLengthsDontAllocate(t *testing.T) {
	frame := unhex(t, `fffffff8 00000065 0000000000000000 7fffffff 00000002 '/a`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		_, _, _ = DecodeRequest(frame)
	}
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 1<<20 {
		t.Errorf("%d bytes for 100 frames of %d", allocated, len(frame))
	}
}

func TestCodeErr(t *testing.T) {
	if OK.Err() != nil {
		t.Error("OK is an error")
	}
	var code Code
	if err := NoNode.Err(); !errors.As(err, &code) || code != NoNode || !errors.Is(err, NoNode) {
		t.Errorf("%v", err)
	}
	if got := NoNode.Error(); got != "the service answered NoNode" {
		t.Error(got)
	}
}

func TestEncodeBodyOfAnotherPackage(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a request that isn't of the protocol was encoded")
		}
	}()
	EncodeBody(&Encoder{}, foreignRequest{})
}

type foreignRequest struct{}

func (foreignRequest) Op() OpCode { return OpCreateSession }
