package shell

import (
	"strings"

	"ordeal/cluster/wire"
)

// openACL allows every client everything.
var openACL = []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world", ID: "anyone"}}}

// permissions are the letters of an ACL's permissions, in the order in which they are shown.
var permissions = []struct {
	letter string
	bit    int32
}{{"c", wire.PermCreate}, {"d", wire.PermDelete}, {"r", wire.PermRead}, {"w", wire.PermWrite}, {"a", wire.PermAdmin}}

// parseACL reads entries like world:anyone:cdrwa, with commas between them. An id may have colons of its own.
func parseACL(text string) ([]wire.ACL, error) {
	var acl []wire.ACL
	for entry := range strings.SplitSeq(text, ",") {
		first, last := strings.IndexByte(entry, ':'), strings.LastIndexByte(entry, ':')
		if first < 0 || first == last {
			return nil, usagef("%s does not have the form scheme:id:perm", entry)
		}
		perms, err := parsePermissions(entry[last+1:])
		if err != nil {
			return nil, err
		}
		acl = append(acl, wire.ACL{Perms: perms, ID: wire.ID{Scheme: entry[:first], ID: entry[first+1 : last]}})
	}
	return acl, nil
}

func parsePermissions(letters string) (perms int32, err error) {
	rest := letters
	for _, p := range permissions {
		if strings.Contains(rest, p.letter) {
			perms |= p.bit
			rest = strings.ReplaceAll(rest, p.letter, "")
		}
	}
	if rest != "" {
		return 0, usagef("Unknown perm type: %s", rest)
	}
	return perms, nil
}

func formatPermissions(perms int32) string {
	var letters strings.Builder
	for _, p := range permissions {
		if perms&p.bit != 0 {
			letters.WriteString(p.letter)
		}
	}
	return letters.String()
}

func getACL(s *session, a args) error {
	acl, stat, err := s.c.GetACL(a.arg(0))
	if err != nil {
		return err
	}
	for _, entry := range acl {
		s.printf("'%s,'%s\n: %s\n", entry.ID.Scheme, entry.ID.ID, formatPermissions(entry.Perms))
	}
	s.printStatIf(a, stat)
	return nil
}

func setACL(s *session, a args) error {
	version, err := a.version()
	if err != nil {
		return err
	}
	acl, err := parseACL(a.arg(1))
	if err != nil {
		return err
	}
	stat, err := s.c.SetACL(a.arg(0), acl, version)
	if err != nil {
		return err
	}
	s.printStatIf(a, stat)
	return nil
}

func addAuth(s *session, a args) error { return s.c.AddAuth(a.arg(0), []byte(a.arg(1))) }

func whoAmI(s *session, _ args) error {
	ids, err := s.c.WhoAmI()
	if err != nil {
		return err
	}
	s.printf("Auth scheme: User\n")
	for _, id := range ids {
		s.printf("%s: %s\n", id.Scheme, id.ID)
	}
	return nil
}
