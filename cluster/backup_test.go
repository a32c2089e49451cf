package cluster_test

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/host"
)

// FuzzDecodeBackup reads bytes that may be anything: no crash, and what is taken means the same when it is written
// again.
func FuzzDecodeBackup(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("ordealB1\x00\x00\x00\x00"))
	f.Add(cluster.Backup{Index: 1, Term: 1, Voters: []uint64{1, 2, 3}, Observers: []uint64{4}}.Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := cluster.DecodeBackup(data)
		if err != nil {
			return
		}
		if again, err := cluster.DecodeBackup(b.Encode()); err != nil || !reflect.DeepEqual(again, b) {
			t.Errorf("%+v was written and read as %+v, %v", b, again, err)
		}
	})
}

// TestBackupIsTheState takes backups of all servers of an ensemble at rest: they are of one state, and read back whole.
func TestBackupIsTheState(t *testing.T) {
	e := newWorded(t, 3, "*")
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		_, _, err := c.Create("/a", []byte("x"), 0)
		must(t, err)
	})
	e.agree()
	first := e.node("n1").Backup()
	if len(first.Voters) != 3 || first.Index != e.node("n1").Status().Applied {
		t.Errorf("the backup is %+v", first)
	}
	for _, s := range e.servers {
		b, err := cluster.DecodeBackup(e.node(s).Backup().Encode())
		if err != nil || !bytes.Equal(b.State, first.State) || b.Index != first.Index {
			t.Errorf("%s: the backup of entry %d is read as that of entry %d, %v", s, first.Index, b.Index, err)
		}
	}
}
