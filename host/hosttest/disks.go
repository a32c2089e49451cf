package hosttest

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"ordeal/host"
)

// dump is a disk's whole content in one line.
func dump(d host.Disk) string {
	names, err := d.ReadDir()
	if err != nil {
		return err.Error()
	}
	var files []string
	for _, name := range names {
		data, err := d.ReadFile(name)
		if err != nil {
			return err.Error()
		}
		files = append(files, fmt.Sprintf("%s=%s", name, data))
	}
	return strings.Join(files, " ")
}

// onDisk boots n1, submits the jobs in order and calls then, in an event, when the last is done.
func onDisk(h Harness, j *journal, jobs []host.Job, then func(d host.Disk)) {
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		for i, job := range jobs {
			h.Disk().Submit(job, func(err error) {
				if err != nil {
					j.add("job %d failed", i)
				}
				if i == len(jobs)-1 {
					then(h.Disk())
					j.add("done")
				}
			})
		}
		return &script{}, nil
	})
	h.Wait("the jobs", j.has("done"))
}

// reread boots n1 again after a crash and records what is on its disk.
func reread(h Harness, j *journal) {
	h.Crash(n1)
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		j.add("after the crash: %s", dump(h.Disk()))
		return &script{}, nil
	})
	h.Wait("the reboot", func() bool { return strings.HasPrefix(j.all()[len(j.all())-1], "after the crash: ") })
}

func testDiskSteps(t *testing.T, h Harness) {
	add := func(name, s string) host.Step { return host.Append(name, []byte(s)) }
	for _, c := range []struct {
		name string
		job  host.Job
		want string
	}{
		{"append", host.Job{add("a", "one"), add("a", "two"), host.Sync("a")}, "a=onetwo"},
		{"an empty append makes the file", host.Job{add("b", ""), host.Sync("b")}, "a=onetwo b="},
		{"truncate", host.Job{host.Truncate("a", 4), add("a", "!"), host.Sync("a")}, "a=onet! b="},
		{"truncate to nothing", host.Job{host.Truncate("a", 0), host.Sync("a")}, "a= b="},
		{"rename", host.Job{add("a", "new"), host.Sync("a"), host.Rename("a", "c")}, "b= c=new"},
		{"append to what was renamed", host.Job{add("c", "er"), add("a", "fresh"), host.Sync("c"), host.Sync("a")},
			"a=fresh b= c=newer"},
		{"rename over another", host.Job{host.Rename("c", "b"), add("b", "!"), host.Sync("b")}, "a=fresh b=newer!"},
		{"rename over one in use", host.Job{add("b", "lost"), host.Rename("a", "b"), add("b", "!"), host.Sync("b")},
			"b=fresh!"},
		{"remove", host.Job{add("a", "x"), host.Remove("a"), host.Remove("nothing")}, "b=fresh!"},
		{"remove and make again", host.Job{host.Remove("b"), add("b", "x"), host.Sync("b")}, "b=x"},
		{"swap", host.Job{add("t", "y"), host.Sync("t"), host.Rename("b", "u"), host.Rename("t", "b"),
			host.Rename("u", "t")}, "b=y t=x"},
	} {
		var seen journal
		if !h.Down(n1) {
			h.Crash(n1)
		}
		onDisk(h, &seen, []host.Job{append(c.job, host.SyncDir())}, func(d host.Disk) { seen.add("%s", dump(d)) })
		reread(h, &seen)
		seen.want(t, c.name, c.want, "done", "after the crash: "+c.want)
	}
}

// testDiskOrder submits many jobs at once, to one file and to two.
func testDiskOrder(t *testing.T, h Harness) {
	var seen journal
	var order, one, other string
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		const jobs = 200
		for i := range jobs {
			name, piece := "one", fmt.Sprintf("%d,", i)
			if i%50 == 7 {
				name = "other"
				other += piece
			} else {
				one += piece
			}
			h.Disk().Submit(host.Job{host.Append(name, []byte(piece)), host.Sync(name)}, func(err error) {
				order += piece
				if err != nil {
					seen.add("job %d: %v", i, err)
				}
				if i == jobs-1 {
					seen.add("%s", order)
					seen.add("%s", dump(h.Disk()))
				}
			})
		}
		return &script{}, nil
	})
	h.Wait("the jobs", func() bool { return len(seen.all()) >= 2 })
	var all string
	for i := range 200 {
		all += fmt.Sprintf("%d,", i)
	}
	seen.want(t, "n1", all, "one="+one+" other="+other)
}

// testDiskDone submits from a done function, and looks whether done was called within Submit.
func testDiskDone(t *testing.T, h Harness) {
	var seen journal
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		submitting, left := false, 20
		var submit func()
		submit = func() {
			submitting = true
			h.Disk().Submit(host.Job{}, func(error) {
				if submitting {
					seen.add("done within Submit")
				}
				if left--; left == 0 {
					seen.add("done")
					return
				}
				submit()
			})
			submitting = false
		}
		submit()
		return &script{}, nil
	})
	h.Wait("twenty jobs", seen.has("done"))
	seen.want(t, "n1", "done")
}

// testDiskError has steps that cannot be done: the rest of the job is left, and the next job is carried out.
func testDiskError(t *testing.T, h Harness) {
	var seen journal
	record := func(what string) func(error) {
		return func(err error) { seen.add("%s: missing file: %v", what, errors.Is(err, fs.ErrNotExist)) }
	}
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		d := h.Disk()
		x := host.Append("x", []byte("x"))
		d.Submit(host.Job{x, host.Truncate("missing", 0), x}, record("truncate"))
		d.Submit(host.Job{x, host.Rename("missing", "y"), x}, record("rename"))
		d.Submit(host.Job{x, host.Sync("missing"), x}, record("sync"))
		d.Submit(host.Job{host.Truncate("x", 4), x}, func(err error) { seen.add("cut to more: %v", err != nil) })
		d.Submit(host.Job{x, host.Sync("x")}, func(err error) { seen.add("next: %v, %s", err, dump(d)) })
		return &script{}, nil
	})
	h.Wait("the jobs", func() bool { return len(seen.all()) >= 5 })
	seen.want(t, "n1", "truncate: missing file: true", "rename: missing file: true", "sync: missing file: true",
		"cut to more: true", "next: <nil>, x=xxxx")
}

// testDiskReadSteps reads in jobs, between what else is done to a file, and outside of them.
func testDiskReadSteps(t *testing.T, h Harness) {
	var seen journal
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		d := h.Disk()
		early, late, whole := make([]byte, 3), make([]byte, 3), make([]byte, 9)
		d.Submit(host.Job{host.Append("x", []byte("abcdef")), host.Read("x", early, 1)},
			func(err error) { seen.add("%s %v", early, err) })
		d.Submit(host.Job{host.Truncate("x", 3), host.Append("x", []byte("GHIJKL")), host.Read("x", late, 2)},
			func(err error) { seen.add("%s %v", late, err) })
		d.Submit(host.Job{host.Read("x", whole, 0), host.Remove("x"), host.Append("x", []byte("anew"))},
			func(err error) {
				n, readErr := d.ReadAt("x", early, 2)
				seen.add("%s %v %s %v", whole, err, early[:n], readErr)
				n, readErr = d.ReadAt("x", early, 9)
				seen.add("%d %v", n, readErr)
				_, readErr = d.ReadAt("missing", early, 0)
				seen.add("missing file: %v", errors.Is(readErr, fs.ErrNotExist))
			})
		x := host.Append("x", []byte("!"))
		d.Submit(host.Job{host.Read("x", make([]byte, 5), 0), x},
			func(err error) { seen.add("too much: %v", err != nil) })
		d.Submit(host.Job{host.Read("missing", early, 0), x}, func(err error) {
			seen.add("missing file: %v, %s", errors.Is(err, fs.ErrNotExist), dump(d))
		})
		return &script{}, nil
	})
	h.Wait("the jobs", func() bool { return len(seen.all()) >= 7 })
	seen.want(t, "n1", "bcd <nil>", "cGH <nil>", "abcGHIJKL <nil> ew <nil>", "0 <nil>", "missing file: true",
		"too much: true",
		"missing file: true, x=anew")
}

// testDiskReading looks at names and ownership.
func testDiskReading(t *testing.T, h Harness) {
	var seen journal
	job := host.Job{}
	for _, name := range []string{"m", "z", "a-2", "a-10", "snap.tmp"} {
		job = append(job, host.Append(name, []byte("data")))
	}
	onDisk(h, &seen, []host.Job{job}, func(d host.Disk) {
		names, err := d.ReadDir()
		seen.add("%v %v", names, err)
		_, err = d.ReadFile("missing")
		seen.add("missing: %v", errors.Is(err, fs.ErrNotExist))
		data, _ := d.ReadFile("m")
		scribble(data)
		again, err := d.ReadFile("m")
		seen.add("%s %v", again, err)
	})
	seen.want(t, "n1", "[a-10 a-2 m snap.tmp z] <nil>", "missing: true", "data <nil>", "done")
}

// testDiskCrash crashes while jobs are under way: what was acknowledged is there, whole and first.
func testDiskCrash(t *testing.T, h Harness) {
	for round := range 5 {
		var acked, found journal
		name := fmt.Sprintf("log%d", round)
		h.Boot(n1, func(h host.Host) (host.Program, error) {
			h.Disk().Submit(host.Job{host.Append(name, nil), host.Sync(name), host.SyncDir()}, func(error) {})
			for i := range 1000 {
				job := host.Job{host.Append(name, pattern(i, 64)), host.Sync(name)}
				h.Disk().Submit(job, func(error) { acked.add("%s", pattern(i, 64)) })
			}
			return &script{}, nil
		})
		h.Wait("some acknowledgements", func() bool { return len(acked.all()) > 10*round })
		h.Crash(n1)
		h.Boot(n1, func(h host.Host) (host.Program, error) {
			data, err := h.Disk().ReadFile(name)
			found.add("%s", data)
			return &script{}, err
		})
		h.Wait("the reboot", func() bool { return len(found.all()) > 0 })
		if want := strings.Join(acked.all(), ""); !strings.HasPrefix(found.all()[0], want) {
			t.Fatalf("%d bytes were acknowledged, and are not what is first of %d found", len(want),
				len(found.all()[0]))
		}
		h.Crash(n1)
	}
}
