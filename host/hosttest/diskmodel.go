package hosttest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ordeal/host"
)

// files is a disk's dumb twin.
type files map[string]string

// carryOut does what the disk should do with the job, and says whether every step could be done.
func (f files) carryOut(job host.Job) bool {
	for _, s := range job {
		old, exists := f[s.Name]
		switch s.Kind {
		case host.StepAppend:
			f[s.Name] = old + string(s.Data)
		case host.StepTruncate:
			if !exists {
				return false
			}
			f[s.Name] = old[:s.Size]
		case host.StepSync:
			if !exists {
				return false
			}
		case host.StepRename:
			if !exists {
				return false
			}
			delete(f, s.Name)
			f[s.To] = old
		case host.StepRemove:
			delete(f, s.Name)
		}
	}
	return true
}

func (f files) dump() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		all = append(all, name+"="+f[name])
	}
	return strings.Join(all, " ")
}

// draw makes a step that may fail for a missing file, and otherwise is sound. It looks at the twin as it stands
// before the job, so a truncation is kept to a length that nothing before it in the job can have undercut: zero.
func draw(rng *rand.Rand) host.Step {
	name := func() string { return string('a' + rune(rng.IntN(4))) }
	switch rng.IntN(12) {
	case 0:
		return host.Truncate(name(), 0)
	case 1:
		return host.Rename(name(), name())
	case 2:
		return host.Remove(name())
	case 3:
		return host.SyncDir()
	case 4, 5, 6:
		return host.Sync(name())
	default:
		return host.Append(name(), fmt.Appendf(nil, "%d.", rng.IntN(1000)))
	}
}

// testDiskModel gives a disk and its twin the same jobs.
func testDiskModel(t *testing.T, h Harness) {
	rng := rand.New(rand.NewPCG(4, 2))
	for round := range 4 {
		var seen journal
		var want []string
		twin := files{}
		jobs := []host.Job{{host.Remove("a"), host.Remove("b"), host.Remove("c"), host.Remove("d")}}
		for range 60 {
			var job host.Job
			for range 1 + rng.IntN(4) {
				job = append(job, draw(rng))
			}
			jobs = append(jobs, job)
		}
		for i, job := range jobs {
			if !twin.carryOut(job) {
				want = append(want, fmt.Sprintf("job %d failed", i))
			}
		}
		jobs = append(jobs, syncAll(twin))
		onDisk(h, &seen, jobs, func(d host.Disk) { seen.add("%s", dump(d)) })
		reread(h, &seen)
		h.Crash(n1)
		seen.want(t, fmt.Sprintf("round %d", round),
			append(want, twin.dump(), "done", "after the crash: "+twin.dump())...)
	}
}

// syncAll makes everything on the twin's disk durable.
func syncAll(twin files) host.Job {
	var job host.Job
	for _, name := range slices.Sorted(maps.Keys(twin)) {
		job = append(job, host.Sync(name))
	}
	return append(job, host.SyncDir())
}
