package etcd

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"go.etcd.io/etcd/api/v3/authpb"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"

	"ordeal/cluster/etcdwire"
)

// published is a message of etcd's published types.
type published interface {
	Marshal() ([]byte, error)
	Unmarshal([]byte) error
}

// TestMessagesAreThoseOfEtcd fills every message by chance, and has etcd's own types read and write it: the bytes are
// the same.
func TestMessagesAreThoseOfEtcd(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 1))
	for ours, theirs := range map[etcdwire.Message]published{
		&etcdwire.RangeRequest{}: &pb.RangeRequest{}, &etcdwire.RangeResponse{}: &pb.RangeResponse{},
		&etcdwire.PutRequest{}: &pb.PutRequest{}, &etcdwire.PutResponse{}: &pb.PutResponse{},
		&etcdwire.DeleteRangeRequest{}: &pb.DeleteRangeRequest{}, &etcdwire.DeleteRangeResponse{}: &pb.DeleteRangeResponse{},
		&etcdwire.CompactionRequest{}: &pb.CompactionRequest{}, &etcdwire.CompactionResponse{}: &pb.CompactionResponse{},
		&etcdwire.KeyValue{}: &mvccpb.KeyValue{}, &etcdwire.Event{}: &mvccpb.Event{},
		&etcdwire.WatchCreateRequest{}: &pb.WatchCreateRequest{}, &etcdwire.WatchResponse{}: &pb.WatchResponse{},
		&etcdwire.LeaseGrantRequest{}: &pb.LeaseGrantRequest{}, &etcdwire.LeaseGrantResponse{}: &pb.LeaseGrantResponse{},
		&etcdwire.LeaseKeepAliveResponse{}:  &pb.LeaseKeepAliveResponse{},
		&etcdwire.LeaseTimeToLiveRequest{}:  &pb.LeaseTimeToLiveRequest{},
		&etcdwire.LeaseTimeToLiveResponse{}: &pb.LeaseTimeToLiveResponse{},
		&etcdwire.LeaseLeasesResponse{}:     &pb.LeaseLeasesResponse{},
		&etcdwire.LeaseCheckpointRequest{}:  &pb.LeaseCheckpointRequest{},
		&etcdwire.AlarmRequest{}:            &pb.AlarmRequest{}, &etcdwire.AlarmResponse{}: &pb.AlarmResponse{},
		&etcdwire.StatusResponse{}: &pb.StatusResponse{}, &etcdwire.HashKVResponse{}: &pb.HashKVResponse{},
		&etcdwire.HashResponse{}: &pb.HashResponse{}, &etcdwire.SnapshotResponse{}: &pb.SnapshotResponse{},
		&etcdwire.DowngradeRequest{}: &pb.DowngradeRequest{}, &etcdwire.MoveLeaderRequest{}: &pb.MoveLeaderRequest{},
		&etcdwire.MemberListResponse{}: &pb.MemberListResponse{}, &etcdwire.MemberAddRequest{}: &pb.MemberAddRequest{},
		&etcdwire.MemberAddResponse{}: &pb.MemberAddResponse{}, &etcdwire.MemberRequest{}: &pb.MemberUpdateRequest{},
		&etcdwire.AuthenticateResponse{}:          &pb.AuthenticateResponse{},
		&etcdwire.AuthStatusResponse{}:            &pb.AuthStatusResponse{},
		&etcdwire.AuthUserAddRequest{}:            &pb.AuthUserAddRequest{},
		&etcdwire.AuthUserGetResponse{}:           &pb.AuthUserGetResponse{},
		&etcdwire.AuthUserListResponse{}:          &pb.AuthUserListResponse{},
		&etcdwire.AuthUserChangePasswordRequest{}: &pb.AuthUserChangePasswordRequest{},
		&etcdwire.AuthUserGrantRoleRequest{}:      &pb.AuthUserGrantRoleRequest{},
		&etcdwire.AuthUserRevokeRoleRequest{}:     &pb.AuthUserRevokeRoleRequest{},
		&etcdwire.AuthRoleGetResponse{}:           &pb.AuthRoleGetResponse{}, &etcdwire.Permission{}: &authpb.Permission{},
		&etcdwire.AuthRoleGrantPermissionRequest{}:  &pb.AuthRoleGrantPermissionRequest{},
		&etcdwire.AuthRoleRevokePermissionRequest{}: &pb.AuthRoleRevokePermissionRequest{},
		&etcdwire.TxnRequest{}:                      &pb.TxnRequest{}, &etcdwire.TxnResponse{}: &pb.TxnResponse{},
		&etcdwire.WatchRequest{}: &pb.WatchRequest{},
	} {
		t.Run(fmt.Sprintf("%T", ours), func(t *testing.T) {
			for range 50 {
				into := reflect.ValueOf(ours).Elem()
				into.SetZero()
				draw(d, into, 4)
				b := etcdwire.Append(nil, ours)
				if err := theirs.Unmarshal(b); err != nil {
					t.Fatalf("%x: %v", b, err)
				}
				again, err := theirs.Marshal()
				if err != nil || !bytes.Equal(again, b) {
					t.Fatalf("%+v:\nours   %x\ntheirs %x %v", theirs, b, again, err)
				}
				reflect.ValueOf(theirs).Elem().SetZero()
			}
		})
	}
}

// draw fills a value by chance. Of a message that is one of several it fills one.
func draw(d *rand.Rand, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(d.IntN(2) == 0)
	case reflect.Int32:
		v.SetInt(int64(d.IntN(2)))
	case reflect.Int64:
		v.SetInt(d.Int64() >> d.IntN(64))
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(d.Uint64() >> (32 + d.IntN(32)))
	case reflect.String:
		v.SetString(fmt.Sprint(d.Int64()))
	case reflect.Slice:
		n := d.IntN(4)
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes(bytes.Repeat([]byte("k"), n*60))
			return
		}
		if depth > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				draw(d, v.Index(i), depth-1)
			}
		}
	case reflect.Pointer:
		if depth > 0 && d.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			draw(d, v.Elem(), depth-1)
		}
	case reflect.Struct:
		drawStruct(d, v, depth)
	}
}

func drawStruct(d *rand.Rand, v reflect.Value, depth int) {
	switch one := v.Addr().Interface().(type) {
	case *etcdwire.RequestOp, *etcdwire.ResponseOp, *etcdwire.WatchRequest:
		field := v.Field(d.IntN(v.NumField()))
		field.Set(reflect.New(field.Type().Elem()))
		draw(d, field.Elem(), depth-1)
	case *etcdwire.Compare:
		one.Key, one.Given, one.With = []byte("k"), true, etcdwire.CompareTarget(d.IntN(5))
		if one.With == etcdwire.CompareValue {
			one.Value = []byte("v")
		} else {
			one.Number = d.Int64()
		}
	default:
		for i := range v.NumField() {
			draw(d, v.Field(i), depth)
		}
	}
}
