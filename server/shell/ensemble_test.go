package shell

import (
	"os"
	"path/filepath"
	"testing"
)

func TestClientAddresses(t *testing.T) {
	text := "server.1=a:2888:3888:participant;0.0.0.0:2181\nserver.2=b:2888:3888:observer;2182\nversion=100000000\n"
	if got, want := clientAddresses(text), "100000000 0.0.0.0:2181,2182"; got != want {
		t.Errorf("they are %q, want %q", got, want)
	}
}

func TestReconfigSendsWhatIsAsked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new.cfg")
	if err := os.WriteFile(file, []byte("tickTime=2000\nserver.1=a:1:2;3\nserver.2=b:1:2;3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		words                     []string
		joining, leaving, members string
		id                        int64
	}{
		{[]string{"-add", "server.4=d:1:2;3"}, "server.4=d:1:2;3", "", "", -1},
		{[]string{"-v", "1f", "-remove", "2,3"}, "", "2,3", "", 31},
		{[]string{"-members", "server.1=a:1:2;3"}, "", "", "server.1=a:1:2;3", -1},
		{[]string{"-file", file}, "", "", "server.1=a:1:2;3,server.2=b:1:2;3", -1},
	} {
		_, a, err := parse(append([]string{"reconfig"}, c.words...))
		if err != nil {
			t.Fatal(err)
		}
		r, err := reconfigRequest(a)
		if err != nil || string(r.Joining) != c.joining || string(r.Leaving) != c.leaving ||
			string(r.NewMembers) != c.members || r.ConfigID != c.id {
			t.Errorf("%v: %+v, %v", c.words, r, err)
		}
	}
	for _, words := range [][]string{{"-add", "x", "-members", "y"}, {"-v", "z", "-add", "x"}, {"-file", file + "x"}} {
		_, a, _ := parse(append([]string{"reconfig"}, words...))
		if _, err := reconfigRequest(a); err == nil {
			t.Errorf("%v is taken", words)
		}
	}
}
