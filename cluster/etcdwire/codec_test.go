package etcdwire

import (
	"errors"
	"maps"
	"slices"
	"testing"
)

// every is an empty message of each kind, in one order.
func every() (list []Message) {
	for _, name := range slices.Sorted(maps.Keys(methods)) {
		list = append(list, methods[name].Request(), methods[name].Response())
	}
	return append(list, &LeaseCheckpointRequest{}, &LeaseCheckpointResponse{}, &Member{})
}

// FuzzDecode reads any bytes as any message. What was understood is written, read and written again as the same.
func FuzzDecode(f *testing.F) {
	kv := &KeyValue{Key: []byte("k"), Value: make([]byte, 200), ModRevision: -1}
	for i, m := range []Message{
		&TxnRequest{Compare: []Compare{{Key: []byte("k"), Given: true, With: CompareLease}}, Success: []RequestOp{{
			Txn: &TxnRequest{Failure: []RequestOp{{Put: &PutRequest{Key: []byte("k"), PrevKV: true}}}}}}},
		&RangeResponse{Header: &ResponseHeader{ClusterID: 1 << 63}, KVs: []KeyValue{*kv, {}}, More: true},
		&WatchResponse{Events: []Event{{Type: EventDelete, KV: kv, PrevKV: kv}}, CancelReason: "why"},
		&WatchRequest{Create: &WatchCreateRequest{Filters: []FilterType{FilterNoDelete, FilterNoPut}}},
		&LeaseTimeToLiveResponse{Keys: [][]byte{{1}, {}}}, &StatusResponse{Errors: []string{"a", ""}},
		&AuthUserAddRequest{Options: &UserAddOptions{NoPassword: true}}, &MemberListResponse{Members: []Member{{ID: 3}}},
	} {
		for kind, like := range every() {
			if sameKind(like, m) {
				f.Add(kind, Append(nil, m))
			}
		}
		f.Add(i, []byte{0x0a, 0x80})
	}
	f.Fuzz(func(t *testing.T, kind int, b []byte) {
		all, again := every(), every()
		kind = int(uint(kind) % uint(len(all)))
		if err := Decode(b, all[kind]); err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		once := Append(nil, all[kind])
		if err := Decode(once, again[kind]); err != nil {
			t.Fatalf("%T %x: %v", all[kind], once, err)
		}
		if twice := Append(nil, again[kind]); string(twice) != string(once) {
			t.Fatalf("%T: %x came back as %x", all[kind], once, twice)
		}
	})
}

func sameKind(a, b Message) bool {
	switch a.(type) {
	case *TxnRequest:
		_, ok := b.(*TxnRequest)
		return ok
	case *RangeResponse:
		_, ok := b.(*RangeResponse)
		return ok
	case *WatchResponse:
		_, ok := b.(*WatchResponse)
		return ok
	case *WatchRequest:
		_, ok := b.(*WatchRequest)
		return ok
	}
	return false
}

func TestDecodeRefuses(t *testing.T) {
	deep := &TxnRequest{}
	for range depthMax {
		deep = &TxnRequest{Success: []RequestOp{{Txn: deep}}}
	}
	for what, b := range map[string][]byte{
		"a field without number":   {0},
		"a field without end":      {0x0a, 5, 1},
		"a number without end":     {0x18, 0x80},
		"a field of another kind":  {0x08, 1},
		"a message without end":    Append(nil, &TxnRequest{Compare: []Compare{{Key: []byte("key")}}})[:3],
		"messages nested too deep": Append(nil, deep),
	} {
		if err := Decode(b, &TxnRequest{}); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := Decode([]byte{0xf8, 0x7f, 1}, &TxnRequest{}); err != nil {
		t.Errorf("a field that is not known: %v", err)
	}
}
