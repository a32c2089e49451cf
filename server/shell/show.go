package shell

import (
	"errors"
	"fmt"
	"time"

	"ordeal/cluster/wire"
)

// printData shows a znode's bytes as they are, and null where there are none.
func (s *session) printData(data []byte) {
	if data == nil {
		data = []byte("null")
	}
	s.printf("%s\n", data)
}

func (s *session) printStatIf(a args, stat wire.Stat) {
	if a.has("s") {
		s.printStat(stat)
	}
}

func (s *session) printStat(stat wire.Stat) {
	s.printf("cZxid = %#x\nctime = %s\nmZxid = %#x\nmtime = %s\npZxid = %#x\n",
		stat.Czxid, date(stat.Ctime), stat.Mzxid, date(stat.Mtime), stat.Pzxid)
	s.printf("cversion = %d\ndataVersion = %d\naclVersion = %d\nephemeralOwner = %#x\ndataLength = %d\n"+
		"numChildren = %d\n",
		stat.Cversion, stat.Version, stat.Aversion, uint64(stat.EphemeralOwner), stat.DataLength, stat.NumChildren)
}

func date(ms int64) string { return time.UnixMilli(ms).Format("Mon Jan 02 15:04:05 MST 2006") }

// messages are what ZooKeeper's own shell says of what a server answers; %s is the path.
var messages = map[wire.Code]string{
	wire.NoNode:                  "Node does not exist: %s",
	wire.NoChildrenForEphemerals: "Ephemerals cannot have children: %s",
	wire.NodeExists:              "Node already exists: %s",
	wire.NotEmpty:                "Node not empty: %s",
	wire.NotReadOnly:             "Not a read-only call: %s",
	wire.InvalidACL:              "Acl is not valid : %s",
	wire.NoAuth:                  "Insufficient permission : %s",
	wire.BadArguments:            "Arguments are not valid : %s",
	wire.BadVersion:              "version No is not valid : %s",
	wire.QuotaExceeded:           "Quota has exceeded : %s",
	wire.SessionMoved:            "Session has moved. The operation did not take effect.%.0s",
	wire.SessionExpired:          "Session expired.%.0s",
	wire.ReconfigInProgress: "Another reconfiguration is in progress -- concurrent reconfigs not supported " +
		"(yet)%.0s",
	wire.NewConfigNoQuorum: "No quorum of new config is connected and up-to-date with the leader of last commmitted " +
		"config - " +
		"try invoking reconfiguration after new servers are connected and synced%.0s",
}

// messageError is an error whose text names its znode already.
type messageError struct{ text string }

func (e messageError) Error() string { return e.text }

// inWords turns what a server answered about a znode into what ZooKeeper's shell says. Other errors stay as they are.
func inWords(err error, path string) error {
	var code wire.Code
	if !errors.As(err, &code) {
		return err
	}
	if message, ok := messages[code]; ok {
		return messageError{fmt.Sprintf(message, path)}
	}
	if path == "" {
		return messageError{fmt.Sprintf("KeeperErrorCode = %s", code.String())}
	}
	return messageError{fmt.Sprintf("KeeperErrorCode = %s for %s", code.String(), path)}
}
