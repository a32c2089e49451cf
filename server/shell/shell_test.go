package shell_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"ordeal/server/servertest"
	"ordeal/server/shell"
)

// lines runs the shell over a script, and returns what it said and what it complained of.
func lines(t *testing.T, servers []string, script string) (out, complaints string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	err = shell.Run(context.Background(), shell.Config{Servers: servers, In: strings.NewReader(script), Out: &o,
		Err: &e})
	return o.String(), e.String(), err
}

// one runs one command.
func one(servers []string, words ...string) (string, error) {
	var out bytes.Buffer
	err := shell.Run(context.Background(), shell.Config{Servers: servers, Command: words, Out: &out, Err: io.Discard})
	return out.String(), err
}

// TestLines has a line of a script, and what it says, or with "!" in front what it complains of.
func TestLines(t *testing.T) {
	servers := servertest.Start(t).Addrs()
	for _, c := range []struct{ line, want string }{
		{"create /a", "Created /a"},
		{"get /a", "null"},
		{"set /a -5", ""},
		{"get /a", "-5"},
		{`set /a "two words"`, ""},
		{"get /a", "two words"},
		{"set -v 7 /a x", "!version No is not valid : /a"},
		{"create /a", "!Node already exists: /a"},
		{"create /none/b", "!Node does not exist: /none/b"},
		{"create a", "!Arguments are not valid : a"},
		{"create /a/b x world:anyone:r", "Created /a/b"},
		{"getAcl /a/b", "'world,'anyone\n: r"},
		{"set /a/b y", "!Insufficient permission : /a/b"},
		{"setAcl /a/b world:anyone:rx", "!Unknown perm type: x"},
		{"setAcl /a/b anyone", "!anyone does not have the form scheme:id:perm"},
		{"setAcl /a world:anyone:cdrwa,ip:127.0.0.1:cdrwa", ""},
		{"getAcl /a", "'world,'anyone\n: cdrwa\n'ip,'127.0.0.1\n: cdrwa"},
		{"create -s /a/n", "Created /a/n0000000001"},
		{"create -e /e", "Created /e"},
		{"create /e/x", "!Ephemerals cannot have children: /e/x"},
		{"getEphemerals", "[/e]"},
		{"create -c /c", "Created /c"},
		{"create -c -e /c", "!-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential."},
		{"ls /", "[a, c, e, zookeeper]"},
		{"ls -R /a", "/a\n/a/b\n/a/n0000000001"},
		{"getAllChildrenNumber /a", "2"},
		{"delete /a", "!Node not empty: /a"},
		{"deleteall /a", ""},
		{"get /a", "!Node does not exist: /a"},
		{"stat /a", "!Node does not exist: /a"},
		{"sync /", "Sync is OK"},
		{"addauth digest ada:1", ""},
		{"whoami", "Auth scheme: User\nip: 127.0.0.1\ndigest: ada"},
		{"removewatches /a", "!KeeperErrorCode = NoWatcher for /a"},
		{"fly", "!Command not found: Command not found fly"},
		{"get", "!get [-s] [-w] path"},
		{"get -x /a", "!-x is no flag of it, or lacks its value: get [-s] [-w] path"},
		{"get '/a", "!a quote is not closed: get '/a"},
		{"reconfig", "!either -file or -members, or else -add and -remove, are wanted"},
	} {
		t.Run(c.line, func(t *testing.T) {
			// Claims and ephemerals go with the session, so those lines stand behind what they need.
			script := map[string]string{
				"create /e/x": "create -e /e\n", "getEphemerals": "create -e /e\n", "ls /": "create -e /e\n",
				"whoami": "addauth digest ada:1\n",
			}[c.line] + c.line + "\n"
			out, complaints, err := lines(t, servers, script)
			out = strings.TrimPrefix(out, "Created /e\n")
			if c.line == "create -e /e" {
				out = "Created /e\n" + out
			}
			if refusal, ok := strings.CutPrefix(c.want, "!"); ok {
				if complaints != refusal+"\n" || !errors.Is(err, shell.ErrFailed) {
					t.Errorf("it complained %q and ended with %v", complaints, err)
				}
			} else if strings.TrimSpace(out) != c.want || complaints != "" || err != nil {
				t.Errorf("it said %q, complained %q and ended with %v", out, complaints, err)
			}
		})
	}
}

func TestAStatIsShownAsZooKeeperShowsIt(t *testing.T) {
	servers := servertest.Start(t).Addrs()
	out, complaints, err := lines(t, servers, "create /a xyz\nset /a xy\nstat /a\nquit\nget /a\n")
	if complaints != "" || err != nil {
		t.Fatalf("it complained %q and ended with %v", complaints, err)
	}
	var keys []string
	for line := range strings.Lines(out) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " = ")
		keys = append(keys, key)
		want := map[string]string{"dataVersion": "1", "dataLength": "2", "ephemeralOwner": "0x0",
			"numChildren": "0"}[key]
		if want != "" && value != want {
			t.Errorf("%s is %s, want %s", key, value, want)
		}
	}
	want := "Created /a,cZxid,ctime,mZxid,mtime,pZxid,cversion,dataVersion,aclVersion,ephemeralOwner," +
		"dataLength,numChildren"
	if got := strings.Join(keys, ","); got != want {
		t.Errorf("the lines are %s", got)
	}
}

func TestOneCommand(t *testing.T) {
	servers := servertest.StartEnsemble(t, 3).Addrs()
	if out, err := one(servers, "create", "/a", "two words"); out != "Created /a\n" || err != nil {
		t.Fatalf("create said %q, %v", out, err)
	}
	if out, err := one(servers, "get", "/a"); out != "two words\n" || err != nil {
		t.Errorf("get said %q, %v", out, err)
	}
	if _, err := one(servers, "get", "/none"); err == nil || err.Error() != "Node does not exist: /none" {
		t.Errorf("get of what is not there ended with %v", err)
	}
	out, err := one(servers, "config")
	if err != nil || strings.Count(out, "server.") != 3 || !strings.Contains(out, "version=") {
		t.Errorf("config said %q, %v", out, err)
	}
	if out, err = one(servers, "config", "-c"); out != "0 "+strings.Join(servers, ",")+"\n" || err != nil {
		t.Errorf("config -c said %q, %v", out, err)
	}
}

func TestBadArgumentsNeedNoServer(t *testing.T) {
	for _, words := range [][]string{{"fly"}, {"get"}, {"get", "-v", "/a"}, {"set", "/a"}} {
		if _, err := one([]string{"127.0.0.1:1"}, words...); !errors.As(err, new(shell.UsageError)) {
			t.Errorf("%v ended with %v", words, err)
		}
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	err := shell.Run(context.Background(), shell.Config{
		Servers: []string{"127.0.0.1:1"}, Patience: 50 * time.Millisecond, Command: []string{"ls", "/"},
		Out: io.Discard,
	})
	if err == nil || errors.As(err, new(shell.UsageError)) {
		t.Errorf("it ended with %v", err)
	}
}
