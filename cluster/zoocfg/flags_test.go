package zoocfg

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestFlags(t *testing.T) {
	file := "dataDir=/d\nclientPort=1\n4lw.commands.whitelist=stat\n"
	for flags, change := range map[string]func(*Config){
		"": func(*Config) {},
		"-Xmx1g -Dzookeeper.extendedTypesEnabled=true -Dfile.encoding=UTF-8 -Dzookeeper.unheardOf=1": func(c *Config) {
			c.ExtendedTypes = true
		},
		"-Dzookeeper.DigestAuthenticationProvider.superDigest=super:D/InIHSb7yEEbrWz8b9l71RjZJU=": func(c *Config) {
			c.SuperDigest = "super:D/InIHSb7yEEbrWz8b9l71RjZJU="
		},
		"-Djute.maxbuffer=0x1000 -Dreadonlymode.enabled=true": func(c *Config) { c.MaxFrame, c.ReadOnlyMode = 4096, true },
		"-Dzookeeper.znode.container.checkIntervalMs=7": func(
			c *Config) {
			c.Container.CheckInterval = 7 * time.Millisecond
		},
		"-Dzookeeper.ssl.clientAuth=want": func(c *Config) { c.TLS.ClientAuth = "want" },
		"-Dzookeeper.forceSync=no": func(c *Config) {
			c.Warnings = []string{"Java's flags: forceSync is not heeded: what is acknowledged has always been synced"}
		},
		// What the file says holds; without the prefix most keys are another program's; some belong in the file alone.
		"-Dzookeeper.4lw.commands.whitelist=*":   func(*Config) {},
		"-DskipACL=yes zookeeper.skipACL=yes -D": func(*Config) {},
		"-Dzookeeper.dataDir=/other":             func(*Config) {},
	} {
		got, err := ParseWith("zoo.cfg", []byte(file), flags)
		want := defaults()
		want.Words, want.File, want.Text = []string{"stat"}, "zoo.cfg", file
		change(&want)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %+v, %v\nwant %+v", flags, got, err, want)
		}
	}
}

func TestFlagsErrors(t *testing.T) {
	_, err := ParseWith("zoo.cfg", []byte("dataDir=/d\nclientPort=1\n"), "-Dzookeeper.extendedTypesEnabled=perhaps")
	if err == nil || err.Error() != `Java's flags: extendedTypesEnabled: "perhaps" is not one of true, false` {
		t.Fatalf("got %v", err)
	}
}

func TestFlagsAreSettings(t *testing.T) {
	settings := newParser("").settings()
	unknown := slices.DeleteFunc(slices.Clone(flagged), func(key string) bool { return settings[key] != nil })
	if len(unknown) > 0 {
		t.Fatalf("no settings: %v", unknown)
	}
}
