package schedule

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// The znodes below a scheduler's path:
//
//	assignment              which instance has which shard: its version is checked by every claim
//	generations             its version counts what was ever added
//	instances/MARK-NUMBER   ephemeral, one for each instance
//	jobs/SHARD              its data changes when something of the shard's jobs was changed from outside
//	jobs/SHARD/JOB          what was added: see record
//	jobs/SHARD/JOB/GEN      what is decided of it: see state
//	claims/MARK             ephemeral, one for each execution that is under way: its creation zxid is the fence
//	log/JOB/GEN.INSTANT     what became of a firing; GEN.aNUMBER of one that was asked for: see Execution
const (
	assignmentName  = "/assignment"
	generationsName = "/generations"
	instancesName   = "/instances"
	jobsName        = "/jobs"
	claimsName      = "/claims"
	logName         = "/log"
)

// ShardsMax is the most shards that a scheduler may have.
const ShardsMax = 1024

func shardName(shard int) string { return fmt.Sprintf("%s/%04d", jobsName, shard) }

// shardOf is the shard of a job.
func shardOf(job string, shards int) int {
	h := fnv.New32a()
	h.Write([]byte(job))
	return int(h.Sum32() % uint32(shards))
}

func (l place) bell(shard int) string            { return l.path + shardName(shard) }
func (l place) job(shard int, job string) string { return l.bell(shard) + "/" + job }
func (l place) state(shard int, job string, generation int64) string {
	return fmt.Sprintf("%s/%d", l.job(shard, job), generation)
}
func (l place) claim(name string) string { return l.path + claimsName + "/" + name }
func (l place) log(f Firing) string      { return l.path + logName + "/" + f.Job + "/" + f.name() }

// ring tells the instance that has a shard to look at it anew.
func (l place) ring(shard int) wire.Request {
	return wire.SetDataRequest{Path: l.bell(shard), Version: wire.AnyVersion}
}

// ensure makes what is there before any job is, with so many shards, unless it is there; and returns how many there
// are.
func (l place) ensure(shards int, until time.Duration) (int, error) {
	for {
		a, _, err := l.assignment(nil, until)
		if !errors.Is(err, wire.NoNode) {
			return a.Shards, err
		}
		if err := l.lay(shards, until); err != nil {
			return 0, err
		}
	}
}

// lay makes what is there before any job is.
func (l place) lay(shards int, until time.Duration) error {
	paths := []string{l.path, l.path + generationsName, l.path + instancesName, l.path + jobsName, l.path + claimsName,
		l.path + logName}
	for at := range len(l.path) {
		if at > 0 && l.path[at] == '/' {
			// What lies above may be there with an ACL of its own.
			if _, _, err := l.c.Create(l.path[:at], nil, 0); err != nil && recipes.Passing(err) {
				return err
			}
		}
	}
	for shard := range shards {
		paths = append(paths, l.bell(shard))
	}
	for _, path := range paths {
		if err := l.exists(path, nil, until); err != nil {
			return err
		}
	}
	// The last one: where it is, the others are.
	return l.exists(l.path+assignmentName, encode(assignment{Shards: shards}), until)
}

// exists makes a persistent znode unless it is there.
func (l place) exists(path string, data []byte, until time.Duration) error {
	err := l.settle(until, func() error {
		_, _, err := l.c.CreateAs(path, data, l.acl, 0)
		return err
	})
	if errors.Is(err, wire.NodeExists) {
		return nil
	}
	return err
}

// newMark draws a name that no other ever has.
func newMark(p host.Process) string { return fmt.Sprintf("%016x", p.Rand().Uint64()) }

// base is the last component of a path.
func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// get reads a znode as of now, with a watch, nil for none.
func (l place) get(path string, w *client.Watch, until time.Duration) (data []byte, stat wire.Stat, err error) {
	err = l.settle(until, func() (err error) {
		data, stat, err = l.c.SyncGet(path, w)
		return err
	})
	return data, stat, err
}

// children lists a znode's children as of now.
func (l place) children(path string, w *client.Watch, until time.Duration) (names []string, err error) {
	err = l.settle(until, func() (err error) {
		names, _, err = l.c.SyncChildren(path, w)
		return err
	})
	return names, err
}

// readMax is how many znodes are read by one request.
const readMax = 100

// readAll reads several znodes, each as of now or later.
func (l place) readAll(reads []wire.Request, until time.Duration) (results []wire.MultiResult, err error) {
	for from := 0; from < len(reads); from += readMax {
		var some []wire.MultiResult
		err := l.settle(until, func() (err error) {
			some, err = l.c.SyncMultiRead(reads[from:min(from+readMax, len(reads))]...)
			return err
		})
		if err != nil {
			return nil, err
		}
		results = append(results, some...)
	}
	return results, nil
}
