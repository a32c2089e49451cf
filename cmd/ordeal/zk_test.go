package main

import (
	"strings"
	"testing"

	"ordeal/server/servertest"
)

// TestShellExitCodes runs the shell as its users do.
func TestShellExitCodes(t *testing.T) {
	server := servertest.Start(t).Addrs()[0]
	for _, c := range []struct {
		args     []string
		in       string
		code     int
		out, err string
	}{
		{[]string{"-server", server, "create", "/a", "x"}, "", exitValid, "Created /a\n", ""},
		{[]string{"--server=" + server, "-timeout", "5000", "get", "/a"}, "", exitValid, "x\n", ""},
		{[]string{"-server", server, "create", "/a"}, "", exitInvalid, "", "ordeal: Node already exists: /a\n"},
		{[]string{"-server", server, "ls", "-x", "/"}, "", exitUsage, "", "-x is no flag"},
		{[]string{"-servers", server}, "", exitUsage, "", "unknown flag: --servers"},
		{[]string{"-server", server}, "set /a y\nget /a\n", exitValid, "y\n", ""},
		{[]string{"-server", server}, "get /b\nget /a\n", exitInvalid, "y\n", "Node does not exist: /b\n"},
	} {
		cmd := ordealCommand(t, append([]string{"zk"}, c.args...)...)
		cmd.Stdin = strings.NewReader(c.in)
		got := outcome(t, cmd)
		if got.code != c.code || got.out != c.out || !strings.Contains(got.err, c.err) {
			t.Errorf("%v: %+v", c.args, got)
		}
	}
}
