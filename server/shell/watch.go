package shell

import "ordeal/cluster/wire"

// watch prints what happens to a znode, or to all from there on down, until it is interrupted; between lines, while the
// other lines are carried out.
func watch(s *session, a args) error {
	mode := wire.ModePersistent
	if a.has("R") {
		mode = wire.ModePersistentRecursive
	}
	if _, err := s.c.AddWatch(a.arg(0), mode); err != nil {
		return err
	}
	return s.awaitEvents(-1)
}

// addWatch is watch under ZooKeeper's name, where recursive is what is meant if nothing is said.
func addWatch(s *session, a args) error {
	mode := wire.ModePersistentRecursive
	switch text := a.flags["m"]; text {
	case "", "PERSISTENT_RECURSIVE":
	case "PERSISTENT":
		mode = wire.ModePersistent
	default:
		return usagef("-m: %q is neither PERSISTENT nor PERSISTENT_RECURSIVE", text)
	}
	if _, err := s.c.AddWatch(a.arg(0), mode); err != nil {
		return err
	}
	return s.awaitEvents(-1)
}

func removeWatches(s *session, a args) error {
	of := wire.WatcherAny
	switch {
	case a.has("c"):
		of = wire.WatcherChildren
	case a.has("d"):
		of = wire.WatcherData
	}
	return s.c.RemoveWatches(a.arg(0), of)
}
