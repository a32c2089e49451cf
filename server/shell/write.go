package shell

import (
	"slices"
	"strconv"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
)

func set(s *session, a args) error {
	version, err := a.version()
	if err != nil {
		return err
	}
	stat, err := s.c.Set(a.arg(0), []byte(a.arg(1)), version)
	if err != nil {
		return err
	}
	s.printStatIf(a, stat)
	return nil
}

func create(s *session, a args) error {
	acl := openACL
	if len(a.rest) == 3 {
		var err error
		if acl, err = parseACL(a.arg(2)); err != nil {
			return err
		}
	}
	var data []byte
	if len(a.rest) > 1 {
		data = []byte(a.arg(1))
	}
	created, err := s.create(a, data, acl)
	if err != nil {
		return err
	}
	s.printf("Created %s\n", created)
	return nil
}

func (s *session) create(a args, data []byte, acl []wire.ACL) (created string, err error) {
	path := a.arg(0)
	switch {
	case a.has("c") && (a.has("e") || a.has("s")):
		return "", usagef("-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.")
	case a.has("t") && (a.has("e") || a.has("c")):
		return "", usagef("TTLs cannot be used with Ephemeral or Container znodes")
	case a.has("c"):
		created, _, err = s.c.CreateContainer(path, data, acl)
	case a.has("t"):
		ms, wrong := strconv.ParseInt(a.flags["t"], 10, 64)
		if wrong != nil || ms > int64(1<<63-1)/int64(time.Millisecond) {
			return "", usagef("-t: %q is not a number of milliseconds", a.flags["t"])
		}
		created, _, err = s.c.CreateTTL(path, data, acl, a.has("s"), time.Duration(ms)*time.Millisecond)
	default:
		var flags int32
		if a.has("e") {
			flags |= wire.FlagEphemeral
		}
		if a.has("s") {
			flags |= wire.FlagSequential
		}
		created, _, err = s.c.CreateAs(path, data, acl, flags)
	}
	return created, err
}

func remove(s *session, a args) error {
	version, err := a.version()
	if err != nil {
		return err
	}
	return s.c.Delete(a.arg(0), version)
}

// underWay is how many deletes removeAll has on their way at once.
const underWay = 256

// removeAll deletes a znode and all below it, from the leaves up, and not as one: who looks meanwhile sees a part gone.
func removeAll(s *session, a args) error {
	paths, err := s.below(a.arg(0))
	if err != nil {
		return err
	}
	slices.Reverse(paths)
	for some := range slices.Chunk(paths, underWay) {
		var pending []*client.Pending
		for _, path := range some {
			pending = append(pending, s.c.Submit(wire.DeleteRequest{Path: path, Version: wire.AnyVersion}, nil, nil))
		}
		for i, p := range pending {
			if err := p.Wait(); err != nil && err != error(wire.NoNode) {
				return inWords(err, some[i])
			}
		}
	}
	return nil
}
