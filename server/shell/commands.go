package shell

import (
	"slices"
	"strconv"
	"strings"

	"ordeal/cluster/wire"
)

// command is one that the shell knows.
type command struct {
	name     string
	flags    []string // "s", or "v:" if a value follows
	min, max int      // how many words follow the flags
	usage    string
	run      func(*session, args) error
}

// free says that a command needs no session.
func (c command) free() bool {
	return slices.Contains([]string{"help", "history", "redo", "connect", "close", "version", "quit"}, c.name)
}

// args are a command's flags with their values, and the words behind them.
type args struct {
	flags map[string]string
	rest  []string
}

func (a args) has(flag string) bool {
	_, ok := a.flags[flag]
	return ok
}

// arg is the word of that index, or empty if there are fewer.
func (a args) arg(i int) string {
	if i < len(a.rest) {
		return a.rest[i]
	}
	return ""
}

// version is the value of -v: any version if it is not there.
func (a args) version() (int32, error) {
	text, ok := a.flags["v"]
	if !ok {
		return wire.AnyVersion, nil
	}
	v, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, usagef("-v: %q is not a version", text)
	}
	return int32(v), nil
}

// commands are in the order in which help shows them.
func commands() []command {
	return []command{
		{"ls", []string{"s", "w", "R"}, 1, 1, "ls [-s] [-w] [-R] path", ls},
		{"get", []string{"s", "w"}, 1, 1, "get [-s] [-w] path", get},
		{"stat", []string{"w"}, 1, 1, "stat [-w] path", stat},
		{"set", []string{"s", "v:"}, 2, 2, "set [-s] [-v version] path data", set},
		{"create", []string{"s", "e", "c", "t:"}, 1, 3, "create [-s] [-e] [-c] [-t ttl] path [data] [acl]", create},
		{"delete", []string{"v:"}, 1, 1, "delete [-v version] path", remove},
		{"deleteall", nil, 1, 1, "deleteall path", removeAll},
		{"watch", []string{"R"}, 1, 1, "watch [-R] path", watch},
		{"addWatch", []string{"m:"}, 1, 1, "addWatch [-m PERSISTENT|PERSISTENT_RECURSIVE] path", addWatch},
		{"removewatches", []string{"c", "d", "a"}, 1, 1, "removewatches [-c|-d|-a] path", removeWatches},
		{"sync", nil, 1, 1, "sync path", sync},
		{"getAcl", []string{"s"}, 1, 1, "getAcl [-s] path", getACL},
		{"setAcl", []string{"s", "v:"}, 2, 2, "setAcl [-s] [-v version] path acl", setACL},
		{"addauth", nil, 1, 2, "addauth scheme auth", addAuth},
		{"whoami", nil, 0, 0, "whoami", whoAmI},
		{"getEphemerals", nil, 0, 1, "getEphemerals [path]", getEphemerals},
		{"getAllChildrenNumber", nil, 1, 1, "getAllChildrenNumber path", getAllChildrenNumber},
		{"setquota", []string{"n:", "b:", "N:", "B:"}, 1, 1, "setquota -n|-b|-N|-B val path", setQuota},
		{"listquota", nil, 1, 1, "listquota path", listQuota},
		{"delquota", quotaFlags, 1, 1, "delquota [-n|-b|-N|-B] path", delQuota},
		{"config", []string{"c", "w", "s"}, 0, 0, "config [-c] [-w] [-s]", config},
		{"reconfig", []string{"s", "v:", "file:", "members:", "add:", "remove:"}, 0, 0,
			"reconfig [-s] [-v version] [[-file path] | [-members serverID=host:port1:port2;port3[,...]]] | " +
				"[-add serverId=host:port1:port2;port3[,...]] [-remove serverId[,...]]", reconfig},
		{"history", nil, 0, 0, "history", showHistory},
		{"redo", nil, 1, 1, "redo cmdno", redo},
		{"connect", nil, 0, 1, "connect host:port", connect},
		{"close", nil, 0, 0, "close", closeSession},
		{"version", nil, 0, 0, "version", version},
		{"help", nil, 0, 0, "help", help},
		{"quit", nil, 0, 0, "quit", quit},
	}
}

func help(s *session, _ args) error {
	for _, c := range commands() {
		s.printf("%s\n", c.usage)
	}
	return nil
}

func quit(s *session, _ args) error {
	s.quit = true
	return nil
}

// parse finds the command that words name, and its arguments. Flags stand before everything else; "--" ends them.
func parse(words []string) (command, args, error) {
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == words[0] })
	if i < 0 {
		return command{}, args{}, usagef("Command not found: Command not found %s", words[0])
	}
	c, a := all[i], args{flags: map[string]string{}}
	words = words[1:]
	for len(words) > 0 && len(words[0]) > 1 && words[0][0] == '-' {
		flag := words[0][1:]
		words = words[1:]
		switch {
		case flag == "-":
			a.rest = words
			return c, a, c.check(a)
		case slices.Contains(c.flags, flag):
			a.flags[flag] = ""
		case slices.Contains(c.flags, flag+":") && len(words) > 0:
			a.flags[flag], words = words[0], words[1:]
		default:
			return c, a, usagef("-%s is no flag of it, or lacks its value: %s", flag, c.usage)
		}
	}
	a.rest = words
	return c, a, c.check(a)
}

func (c command) check(a args) error {
	if len(a.rest) < c.min || len(a.rest) > c.max {
		return usagef("%s", strings.TrimSpace(c.usage))
	}
	return nil
}
