package shell

import (
	"fmt"
	"strconv"
	"strings"

	"ordeal/cluster/wire"
)

// quotaRoot is where the service keeps quotas: below it the path, and there the limits and what is used.
const quotaRoot = "/zookeeper/quota"

const (
	limitsName = "/zookeeper_limits"
	statsName  = "/zookeeper_stats"
)

// limits are a quota: -1 is none. The hard ones are enforced, if the service is set up so; of the others it only warns.
type limits struct{ count, bytes, countHard, bytesHard int64 }

var noLimits = limits{-1, -1, -1, -1}

// of finds a limit by the flag that names it.
func (l *limits) of(flag string) *int64 {
	return map[string]*int64{"n": &l.count, "b": &l.bytes, "N": &l.countHard, "B": &l.bytesHard}[flag]
}

// String is the text that the service keeps.
func (l limits) String() string {
	return fmt.Sprintf("count=%d,bytes=%d=;byteHardLimit=%d;countHardLimit=%d", l.count, l.bytes, l.bytesHard,
		l.countHard)
}

// parseLimits reads what String writes, and what older clients did: without hard limits. What is not a number is no
// limit.
func parseLimits(text string) limits {
	l := noLimits
	for _, field := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		key, value, _ := strings.Cut(field, "=")
		n, err := strconv.ParseInt(strings.TrimSuffix(value, "="), 10, 64)
		if err != nil {
			continue
		}
		switch key {
		case "count":
			l.count = n
		case "bytes":
			l.bytes = n
		case "countHardLimit":
			l.countHard = n
		case "byteHardLimit":
			l.bytesHard = n
		}
	}
	return l
}

// quotaFlags are those that name a limit.
var quotaFlags = []string{"n", "b", "N", "B"}

func setQuota(s *session, a args) error {
	path := a.arg(0)
	if path == "/" {
		return usagef("the root has no quota")
	}
	if _, found, err := s.c.Exists(path, nil); err != nil || !found {
		return orNoNode(err)
	}
	if err := s.otherQuota(path); err != nil {
		return err
	}
	set := 0
	at := quotaRoot + path + limitsName
	old, _, err := s.c.Get(at, nil)
	l := noLimits
	if err == nil {
		l = parseLimits(string(old))
	}
	for _, flag := range quotaFlags {
		if text, ok := a.flags[flag]; ok {
			n, wrong := strconv.ParseInt(text, 10, 64)
			if wrong != nil {
				return usagef("-%s: %q is not a number", flag, text)
			}
			*l.of(flag) = n
			set++
		}
	}
	switch {
	case set == 0:
		return usagef("setquota -n|-b|-N|-B val path")
	case err == nil:
		_, err = s.c.Set(at, []byte(l.String()), wire.AnyVersion)
		return err
	case err != error(wire.NoNode):
		return err
	}
	return s.makeQuota(path, l)
}

func orNoNode(err error) error {
	if err != nil {
		return err
	}
	return wire.NoNode
}

// makeQuota makes the znodes of a quota, from the top.
func (s *session) makeQuota(path string, l limits) error {
	for _, at := range upTo(path) {
		_, _, err := s.c.CreateAs(quotaRoot+at, nil, openACL, 0)
		if err != nil && err != error(wire.NodeExists) {
			return err
		}
	}
	_, _, err := s.c.CreateAs(quotaRoot+path+limitsName, []byte(l.String()), openACL, 0)
	if err == nil {
		_, _, err = s.c.CreateAs(quotaRoot+path+statsName, []byte("count=0,bytes=0"), openACL, 0)
	}
	return err
}

// upTo are the paths above a path, from the top but the root, and itself.
func upTo(path string) (paths []string) {
	for i := 1; i <= len(path); i++ {
		if i == len(path) || path[i] == '/' {
			paths = append(paths, path[:i])
		}
	}
	return paths
}

// otherQuota says which quota there is above a path or below it: ZooKeeper's shell has only one on the way.
func (s *session) otherQuota(path string) error {
	for _, above := range upTo(path) {
		if _, found, err := s.c.Exists(quotaRoot+above+limitsName, nil); err != nil {
			return err
		} else if found && above != path {
			return messageError{fmt.Sprintf("%s has a parent %s which has a quota", path, above)}
		}
	}
	below, err := s.below(quotaRoot + path)
	if err != nil && err != error(wire.NoNode) {
		return err
	}
	for _, at := range below {
		holder, ok := strings.CutSuffix(strings.TrimPrefix(at, quotaRoot), limitsName)
		if ok && holder != path {
			return messageError{fmt.Sprintf("%s has a child %s which has a quota", path, holder)}
		}
	}
	return nil
}

func listQuota(s *session, a args) error {
	path := a.arg(0)
	text, _, err := s.c.Get(quotaRoot+path+limitsName, nil)
	if err != nil {
		return noQuota(err, path)
	}
	s.printf("Output quota for %s %s\n", path, text)
	stats, _, err := s.c.Get(quotaRoot+path+statsName, nil)
	if err == nil {
		s.printf("Output stat for %s %s\n", path, stats)
	}
	return err
}

func noQuota(err error, path string) error {
	if err == error(wire.NoNode) {
		return messageError{fmt.Sprintf("quota for %s does not exist.", path)}
	}
	return err
}

// delQuota takes single limits away, or the whole quota.
func delQuota(s *session, a args) error {
	path := a.arg(0)
	at := quotaRoot + path + limitsName
	text, _, err := s.c.Get(at, nil)
	if err != nil {
		return noQuota(err, path)
	}
	if len(a.flags) > 0 {
		l := parseLimits(string(text))
		for flag := range a.flags { //house:unordered each sets a field of its own
			*l.of(flag) = -1
		}
		_, err = s.c.Set(at, []byte(l.String()), wire.AnyVersion)
		return err
	}
	for _, name := range []string{limitsName, statsName} {
		if err := s.c.Delete(quotaRoot+path+name, wire.AnyVersion); err != nil && err != error(wire.NoNode) {
			return err
		}
	}
	paths := upTo(path)
	for i := len(paths) - 1; i >= 0; i-- {
		if err := s.c.Delete(quotaRoot+paths[i], wire.AnyVersion); err != nil {
			return exceptNotEmpty(err)
		}
	}
	return nil
}

func exceptNotEmpty(err error) error {
	if err == error(wire.NotEmpty) || err == error(wire.NoNode) {
		return nil
	}
	return err
}
