package zoocfg

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestProperties has the forms of Java's properties; what is wanted is what java.util.Properties makes of them.
func TestProperties(t *testing.T) {
	for text, want := range map[string][]string{
		"a=b":                         {"a", "b"},
		"a = b ":                      {"a", "b"},
		"a:b":                         {"a", "b"},
		"a b":                         {"a", "b"},
		"a\t\f: b":                    {"a", "b"},
		"a==b":                        {"a", "=b"},
		"a : = b":                     {"a", "= b"},
		"a":                           {"a", ""},
		" \ta=b\r\n\r c = d\re=f":     {"a", "b", "c", "d", "e", "f"},
		"# c \\\na=b":                 {"a", "b"},
		"! c\n  # d\n\n":              {},
		"a=b\\\n   c\\\r\n#d\ne=f":    {"a", "bc#d", "e", "f"},
		"a=b\\\\\nc=d":                {"a", `b\`, "c", "d"},
		"a=b\\":                       {"a", "b"},
		`a\=\:\ b=c`:                  {"a=: b", "c"},
		`\u0061\u00e4=\t\u4e2dx\q`:    {"aä", "中xq"},
		"server.1=[::1]:1:2;[::]:3":   {"server.1", "[::1]:1:2;[::]:3"},
		"tickTime : 2000\ndataDir  d": {"tickTime", "2000", "dataDir", "d"},
	} {
		list, err := properties(text)
		got, whole := []string{}, ""
		for _, one := range list {
			if whole += one.text; one.key != "" {
				got = append(got, one.key, one.value)
			}
		}
		if err != nil || !slices.Equal(got, want) || whole != text {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
	}
}

// TestEqualKeys has the last of them count, in the whole file, and says so of the others.
func TestEqualKeys(t *testing.T) {
	c, err := Parse("zoo.cfg", []byte("tickTime=soon\ndataDir=/d\nclientPort=1\n4lw.commands.whitelist=a,b\n"+
		"zookeeper.tickTime=4000\n4lw.commands.whitelist=c\n"))
	if err != nil || c.TickTime != 4*time.Second || !slices.Equal(c.Words, []string{"c"}) {
		t.Fatalf("got %+v, %v", c, err)
	}
	want := []string{
		"zoo.cfg:1: tickTime is set again in line 5, which counts",
		"zoo.cfg:4: 4lw.commands.whitelist is set again in line 6, which counts",
	}
	if !slices.Equal(c.Warnings, want) {
		t.Errorf("the warnings are %q", c.Warnings)
	}
}

// TestStaticTextGoesOn keeps a last line that goes on from swallowing what is written behind it.
func TestStaticTextGoesOn(t *testing.T) {
	got, err := StaticText("a=b\\\n c\nserver.1=x:\\\n1:2\nd=e\\", "/x", false)
	if want := "a=b\\\n c\nd=e\ndynamicConfigFile=/x\n"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if _, err := StaticText(`a=\u1`, "/x", false); err == nil || !strings.HasPrefix(err.Error(), "line 1: ") {
		t.Errorf("got %v", err)
	}
}

func TestAlone(t *testing.T) {
	for text, want := range map[string]uint64{
		"":                               1,
		"server.3=a:1:2":                 3,
		"server.0=a:1:2":                 ZeroID,
		"server.3=a:1:2\nserver.4=b:1:2": 0,
		"server.3=a:1:2\nstandaloneEnabled=false": 0,
	} {
		c, err := Parse("zoo.cfg", []byte("dataDir=/d\nclientPort=1\n"+text))
		if err != nil || c.Alone() != want {
			t.Errorf("%q: got %d, %v, want %d", text, c.Alone(), err, want)
		}
	}
}
