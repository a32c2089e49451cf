package datadir_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wal"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/server/datadir"
)

const patience = time.Minute

var quiet = slog.New(slog.DiscardHandler)

// server is a real server that stands alone on dir, taking a snapshot every few transactions.
func server(t *testing.T, dir string) *oshost.Machine {
	t.Helper()
	m, err := oshost.Run(oshost.Config{Self: "n1", DataDir: dir, ClientListen: "127.0.0.1:0", Logger: quiet},
		cluster.Boot(cluster.Config{ID: 1, Members: []cluster.Member{{ID: 1, Addr: "n1"}},
			TickTime:      200 * time.Millisecond,
			SnapshotEvery: 40, KeepEntries: 5, SegmentBytes: 2 << 10}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Kill)
	return m
}

// talk runs a client's program against a server.
func talk(t *testing.T, m *oshost.Machine, f func(c *client.Client)) {
	t.Helper()
	cfg := oshost.ProcessConfig{Self: "c1", Servers: map[host.Addr]string{"n1": m.ClientAddr()}, Logger: quiet}
	p := oshost.StartProcess(cfg, func(p host.Process) {
		c := client.New(p, client.Config{Servers: []host.Addr{"n1"}, SessionTimeout: 4 * time.Second})
		for end := p.Now() + patience; p.Now() < end; p.Sleep(20 * time.Millisecond) {
			if _, _, err := c.Exists("/", nil); err == nil {
				break
			}
		}
		f(c)
	})
	<-p.Done()
}

// written makes a directory in which a server has written a hundred znodes, and stops it as a power cut would.
func written(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	m := server(t, dir)
	talk(t, m, func(c *client.Client) {
		for i := range 100 {
			if _, _, err := c.Create(fmt.Sprintf("/n%03d", i), []byte(strings.Repeat("x", i)), 0); err != nil {
				t.Error(err)
			}
		}
		if _, _, err := c.Create("/e", nil, wire.FlagEphemeral); err != nil {
			t.Error(err)
		}
	})
	m.Kill()
	return dir
}

// contents are a directory's files.
func contents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = data
	}
	return all
}

func TestVerifyWhole(t *testing.T) {
	dir := written(t)
	before := contents(t, dir)
	found, err := datadir.Verify(dir)
	if err != nil || found.Damage != nil {
		t.Fatalf("%v, damage %v", err, found.Damage)
	}
	if s := found.Stats; s.Figures.Znodes != 4+101 || s.Figures.Ephemerals != 1 || s.Sessions != 1 ||
		found.Recovery.Boots != 1 {
		t.Errorf("it finds %+v, %+v", s, found.Recovery)
	}
	kinds := map[bool]int{}
	for _, f := range found.Files {
		kinds[f.Snapshot]++
		if f.Problem != "" {
			t.Errorf("%s: %s", f.Name, f.Problem)
		}
	}
	if kinds[true] == 0 || kinds[false] < 2 {
		t.Errorf("it finds %d snapshots and %d segments", kinds[true], kinds[false])
	}
	after := contents(t, dir)
	for name, data := range before {
		if !bytes.Equal(after[name], data) || len(after) != len(before) {
			t.Errorf("%s was changed by being looked at", name)
		}
	}
}

// TestVerifyDamage turns one byte in the middle of each file in turn, and expects Verify to name the file.
func TestVerifyDamage(t *testing.T) {
	dir := written(t)
	for name, data := range contents(t, dir) {
		if name[0] == '.' {
			continue
		}
		path := filepath.Join(dir, name)
		bad := bytes.Clone(data)
		bad[len(bad)/2] ^= 1
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		found, err := datadir.Verify(dir)
		var damage *wal.Damage
		named := errors.As(found.Damage, &damage) && damage.File == name && damage.Offset <= int64(len(data)/2)
		if err != nil || !named && !isTorn(found, name) {
			t.Errorf("byte %d of %d of %s was turned: %v, damage %v", len(data)/2, len(data), name, err, found.Damage)
		}
		if _, err := datadir.Backup(dir); err == nil && !strings.HasSuffix(name, ".snap") && !isTorn(found, name) {
			t.Errorf("%s is damaged, and backed up", name)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// isTorn reports whether the last record of a log is the one that makes no sense: there is no telling whether it ever
// did.
func isTorn(found datadir.Findings, name string) bool {
	for _, f := range found.Files {
		if f.Name == name {
			return f.Torn
		}
	}
	return false
}

// TestVerifyTornEnd adds what a crash may leave behind the last record.
func TestVerifyTornEnd(t *testing.T) {
	dir := written(t)
	found, err := datadir.Verify(dir)
	if err != nil {
		t.Fatal(err)
	}
	var last wal.File
	for _, f := range found.Files {
		if !f.Snapshot {
			last = f
		}
	}
	f, err := os.OpenFile(filepath.Join(dir, last.Name), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("half a record"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	torn, err := datadir.Verify(dir)
	if err != nil || torn.Damage != nil || torn.Recovery.BytesCut != 13 || torn.Stats.Zxid != found.Stats.Zxid {
		t.Errorf("%v, damage %v, %+v", err, torn.Damage, torn.Recovery)
	}
	for _, f := range torn.Files {
		if f.Name == last.Name && (!f.Torn || f.Offset != last.Bytes) {
			t.Errorf("the last segment is reported as %+v", f)
		}
	}
}

// TestBackupAndRestore brings a server back from a backup, twice over, and has it go on.
func TestBackupAndRestore(t *testing.T) {
	dir, file := written(t), filepath.Join(t.TempDir(), "backup")
	if _, err := datadir.BackupTo(dir, file); err != nil {
		t.Fatal(err)
	}
	if _, err := datadir.BackupTo(dir, file); err == nil {
		t.Error("a backup was written over another")
	}
	restored := filepath.Join(t.TempDir(), "new", "data")
	if _, err := datadir.RestoreFrom(file, restored, nil, nil, quiet); err != nil {
		t.Fatal(err)
	}
	if _, err := datadir.RestoreFrom(file, restored, nil, nil, quiet); err == nil {
		t.Error("a backup was restored over a log")
	}
	was, err := datadir.Verify(dir)
	if err != nil {
		t.Fatal(err)
	}
	is, err := datadir.Verify(restored)
	if err != nil || is.Damage != nil {
		t.Fatalf("%v, damage %v", err, is.Damage)
	}
	if is.Stats.Zxid != was.Stats.Zxid || is.Stats.StateHash != was.Stats.StateHash ||
		is.Recovery.Boots < was.Recovery.Boots {
		t.Errorf("restored %+v of %+v", is, was)
	}
	three := filepath.Join(t.TempDir(), "three")
	if _, err := datadir.RestoreFrom(file, three, []uint64{3, 1, 2}, []uint64{4}, quiet); err != nil {
		t.Fatal(err)
	}
	if one, err := datadir.Verify(three); err != nil || one.Damage != nil ||
		one.Stats.StateHash != was.Stats.StateHash || one.Stats.Leading {
		t.Errorf("one of three: %v, %+v", err, one)
	}
	// The same directory is one of an observer if myid says so.
	if err := os.WriteFile(filepath.Join(three, "myid"), []byte("4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if one, err := datadir.Verify(three); err != nil || one.Damage != nil || one.Stats.ID != 4 {
		t.Errorf("an observer's: %v, damage %v, server %d", err, one.Damage, one.Stats.ID)
	}
	if b, err := datadir.Backup(three); err != nil || fmt.Sprint(b.Voters, b.Observers) != "[1 2 3] [4]" {
		t.Errorf("a backup of one of three has the voters %v and the observers %v, %v", b.Voters, b.Observers, err)
	}
	m := server(t, restored)
	talk(t, m, func(c *client.Client) {
		data, _, err := c.Get("/n042", nil)
		if err != nil || len(data) != 42 {
			t.Errorf("read %q, %v", data, err)
		}
		if _, stat, err := c.Create("/after", nil, 0); err != nil || stat.Czxid <= was.Stats.Zxid {
			t.Errorf("written behind the restore: %+v, %v", stat, err)
		}
	})
	m.Close()
	if found, err := datadir.Verify(restored); err != nil || found.Damage != nil || found.Stats.Figures.Znodes < 4+101 {
		t.Errorf("behind that: %v, %+v", err, found)
	}
}

func TestInUse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	server(t, dir)
	if _, err := datadir.Verify(dir); err == nil || !strings.Contains(err.Error(), "is in use by n1") {
		t.Errorf("a directory in use: %v", err)
	}
	for _, other := range []string{filepath.Join(dir, "nothing"), t.TempDir()} {
		if _, err := datadir.Verify(other); err == nil {
			t.Errorf("%s was verified", other)
		}
	}
}

// TestDamagedBackup turns every byte of a small backup in turn.
func TestDamagedBackup(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	m := server(t, dir)
	talk(t, m, func(*client.Client) {})
	m.Close()
	b, err := datadir.Backup(dir)
	if err != nil {
		t.Fatal(err)
	}
	whole := b.Encode()
	if again, err := cluster.DecodeBackup(whole); err != nil || again.Index != b.Index ||
		!bytes.Equal(again.State, b.State) {
		t.Errorf("read again: %+v, %v", again, err)
	}
	for i := range whole {
		bad := bytes.Clone(whole)
		bad[i] ^= 1
		if _, err := cluster.DecodeBackup(bad); err == nil {
			t.Errorf("byte %d of %d was turned, and no error says so", i, len(whole))
		}
		if _, err := cluster.DecodeBackup(whole[:i]); err == nil {
			t.Errorf("%d of %d bytes were taken for a backup", i, len(whole))
		}
	}
}
