package zoocfg

import (
	"fmt"
	"strconv"
	"strings"
)

// An ensemble that was changed is written back, as ZooKeeper does: its servers go into a file of their own, named after
// the version that they are of, and zoo.cfg names that file.

// dynamicInfix is between the name of zoo.cfg and the version.
const dynamicInfix = ".dynamic."

// DynamicName is the name of the file with the servers of a version.
func DynamicName(file string, version int64) string {
	return fmt.Sprintf("%s%s%x", file, dynamicInfix, version)
}

// versionOf is the version that a file's name says; 0 for none.
func versionOf(name string) int64 {
	_, text, _ := strings.Cut(name[strings.LastIndexByte(name, '/')+1:], dynamicInfix)
	version, err := strconv.ParseInt(text, 16, 64)
	if err != nil || version < 0 {
		return 0
	}
	return version
}

// DynamicText is what that file holds.
func DynamicText(servers []Server) string {
	var b strings.Builder
	for _, s := range servers {
		fmt.Fprintf(&b, "server.%s=%s\n", Number(s.ID), s)
	}
	return b.String()
}

// StaticText is the text of zoo.cfg without what the dynamic file of that name says now: the servers, and, if it has
// moved, the server's own port for clients. All else stands as it stood.
func StaticText(text, dynamic string, moved bool) (string, error) {
	list, err := properties(text)
	if err != nil {
		return "", fmt.Errorf("line %w", err)
	}
	var b strings.Builder
	for _, one := range list {
		key := strings.TrimPrefix(one.key, "zookeeper.")
		switch {
		case strings.HasPrefix(key, "server."), strings.HasPrefix(key, "group."), strings.HasPrefix(key, "weight."):
		case key == "dynamicConfigFile", key == "peerType":
		case moved && (key == "clientPort" || key == "clientPortAddress"):
		default:
			line := strings.TrimRight(one.text, "\r\n")
			if goesOn(line) && one.key != "" { // the last of the file, which would go on in the next
				line = line[:len(line)-1]
			}
			b.WriteString(line + "\n")
		}
	}
	return b.String() + "dynamicConfigFile=" + dynamic + "\n", nil
}
