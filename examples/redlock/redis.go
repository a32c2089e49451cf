package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"time"

	"ordeal/host"
)

// When a server syncs its file, as Redis' appendfsync has it: before it answers, every second, or never by itself.
const (
	always   = "always"
	everySec = "everysec"
	no       = "no"
)

// file is where a server notes what it changes, a line each.
const file = "appendonly.aof"

// request is what a client asks for, and with the time at which the key expires the line that notes it: to set a key
// for so many ms if there is none ("SET key value NX PX ms"), or to delete it if it has the value, as the script does
// that Redis' documentation gives.
type request struct {
	Set        bool
	Key, Value string
	TTL        int64 `json:",omitempty"` // ms
	Expires    int64 `json:",omitempty"` // ms since 1970
}

// What a server answers.
const (
	done    = "OK"
	refused = "nil"
)

// redis is one server, which knows nothing of the others. It counts expiry by its time of day, as Redis does.
type redis struct {
	host.Host
	fsync string
	keys  map[string]request
	dirty bool // something is written and not synced
}

func boot(h host.Host, fsync string) (host.Program, error) {
	r := &redis{Host: h, fsync: fsync, keys: map[string]request{}}
	text, err := h.Disk().ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		if whole := r.load(text); whole < len(text) { // aof-load-truncated yes
			r.submit(host.Job{host.Truncate(file, int64(whole))}, func() {})
		}
	}
	h.Clock().SetAlarm(h.Clock().Now() + time.Second)
	return r, nil
}

// load carries out what the file has, up to what a crash has cut, and says how many bytes that were.
func (r *redis) load(text []byte) (whole int) {
	for line := range bytes.Lines(text) {
		var q request
		if !bytes.HasSuffix(line, []byte("\n")) || json.Unmarshal(line, &q) != nil {
			break
		}
		r.change(q)
		whole += len(line)
	}
	return whole
}

func (r *redis) change(q request) {
	if q.Set {
		r.keys[q.Key] = q
	} else {
		delete(r.keys, q.Key)
	}
}

func (r *redis) submit(job host.Job, then func()) {
	r.Disk().Submit(job, func(err error) {
		if err != nil {
			r.Stop(err)
		}
		then()
	})
}

// Frame implements host.Program, as the methods below do.
func (r *redis) Frame(c host.Conn, payload []byte) {
	var q request
	if json.Unmarshal(payload, &q) != nil {
		c.Close()
		return
	}
	now := r.Clock().Wall().UnixMilli()
	is, there := r.keys[q.Key]
	there = there && now < is.Expires
	if q.Set == there || there && is.Value != q.Value {
		c.Send([]byte(refused))
		return
	}
	q.Expires = now + q.TTL
	r.change(q)
	line, _ := json.Marshal(q) // plain data
	job := host.Job{host.Append(file, append(line, '\n'))}
	if r.fsync == always {
		job = append(job, host.Sync(file), host.SyncDir())
	}
	r.dirty = r.fsync == everySec
	r.submit(job, func() { c.Send([]byte(done)) })
}

func (r *redis) Wake() {
	if r.dirty {
		r.submit(host.Job{host.Sync(file), host.SyncDir()}, func() {})
	}
	r.dirty = false
	r.Clock().SetAlarm(r.Clock().Now() + time.Second)
}

func (r *redis) Receive(host.Addr, []byte) {}
func (r *redis) Accept(host.Conn)          {}
func (r *redis) Closed(host.Conn)          {}
