package shell

import (
	"slices"
	"strings"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
)

// watchIf makes a watch for a read, if it is to set one.
func watchIf(a args) *client.Watch {
	if a.has("w") {
		return client.NewWatch()
	}
	return nil
}

// awaitWatch waits for the one event that a read asked for.
func (s *session) awaitWatch(a args) error {
	if a.has("w") {
		return s.awaitEvents(1)
	}
	return nil
}

func ls(s *session, a args) error {
	path := a.arg(0)
	if a.has("R") {
		paths, err := s.below(path)
		for _, p := range paths {
			s.printf("%s\n", p)
		}
		return err
	}
	names, stat, err := s.c.Children(path, watchIf(a))
	if err != nil {
		return err
	}
	slices.Sort(names)
	s.printf("[%s]\n", strings.Join(names, ", "))
	s.printStatIf(a, stat)
	return s.awaitWatch(a)
}

// below are the paths of a znode and of all below it, each before those below it. What goes meanwhile is not among
// them.
func (s *session) below(top string) ([]string, error) {
	names, _, err := s.c.Children(top, nil)
	if err != nil {
		return nil, err
	}
	paths := []string{top}
	slices.Sort(names)
	for _, name := range names {
		under, err := s.below(strings.TrimSuffix(top, "/") + "/" + name)
		if err != nil && err != error(wire.NoNode) {
			return nil, err
		}
		paths = append(paths, under...)
	}
	return paths, nil
}

func get(s *session, a args) error {
	data, stat, err := s.c.Get(a.arg(0), watchIf(a))
	if err != nil {
		return err
	}
	s.printData(data)
	s.printStatIf(a, stat)
	return s.awaitWatch(a)
}

func stat(s *session, a args) error {
	stat, found, err := s.c.Exists(a.arg(0), watchIf(a))
	switch {
	case err != nil:
		return err
	case found:
		s.printStat(stat)
	case !a.has("w") || !s.alone():
		return wire.NoNode
	}
	return s.awaitWatch(a)
}

func getEphemerals(s *session, a args) error {
	prefix := a.arg(0)
	if prefix == "" {
		prefix = "/"
	}
	paths, err := s.c.Ephemerals(prefix)
	if err != nil {
		return err
	}
	slices.Sort(paths)
	s.printf("[%s]\n", strings.Join(paths, ", "))
	return nil
}

func getAllChildrenNumber(s *session, a args) error {
	n, err := s.c.AllChildrenNumber(a.arg(0))
	if err != nil {
		return err
	}
	s.printf("%d\n", n)
	return nil
}

func sync(s *session, a args) error {
	if err := s.c.Sync(a.arg(0)); err != nil {
		return err
	}
	s.printf("Sync is OK\n")
	return nil
}
