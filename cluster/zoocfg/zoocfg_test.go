package zoocfg

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	got, err := Parse("zoo.cfg", []byte(`# an ensemble of three
tickTime=500
dataDir = /var/lib/ordeal
clientPort=2181
clientPortAddress=127.0.0.1
autopurge.purgeInterval=1
server.2=b.example:2888:3888:participant
server.1=[::1]:2888:3888
`))
	want := Config{
		DataDir: "/var/lib/ordeal", ClientAddr: "127.0.0.1:2181", TickTime: 500 * time.Millisecond,
		Servers:  []Server{{1, "[::1]:2888"}, {2, "b.example:2888"}},
		Warnings: []string{"zoo.cfg:6: autopurge.purgeInterval is not known here and is passed over"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"clientPort=1":                 "zoo.cfg: dataDir is missing",
		"dataDir=/d":                   "zoo.cfg: clientPort is missing",
		"dataDir=/d\nclientPort=x":     `zoo.cfg:2: clientPort: "x" is not a port`,
		"dataDir=/d\nclientPort=70000": `zoo.cfg:2: clientPort: "70000" is not a port`,
		"tickTime=0":                   `zoo.cfg:1: tickTime: "0" is not a positive number`,
		"what":                         `zoo.cfg:1: "what" is not key=value`,
		"tickTime=1\ntickTime=2":       "zoo.cfg:2: tickTime is set already, in line 1",
		"server.0=a:1:2":               "zoo.cfg:1: server.0: the number must be from 1 to 255",
		"server.1=a":                   `zoo.cfg:1: server.1: "" is not a port`,
		"dataDir=/d\nclientPort=1\nserver.1=a:1:2:observer": `zoo.cfg:3: server.1: the role "observer" is not served by this version`,
	} {
		if _, err := Parse("zoo.cfg", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestParseMyID(t *testing.T) {
	if n, err := ParseMyID("myid", []byte(" 3\n")); n != 3 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	for _, bad := range []string{"", "0", "256", "one"} {
		if _, err := ParseMyID("myid", []byte(bad)); err == nil || !strings.HasPrefix(err.Error(), "myid: ") {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("dataDir=/d\nclientPort=1\nserver.1=[::1]:1:2;3")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("zoo.cfg", []byte(text))
		if err == nil && (c.DataDir == "" || c.ClientAddr == "") {
			t.Errorf("accepted without dataDir or clientPort: %+v", c)
		}
	})
}
