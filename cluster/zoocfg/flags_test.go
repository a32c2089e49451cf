package zoocfg

import (
	"reflect"
	"slices"
	"strings"
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
	for flag, want := range map[string]string{
		"-Dzookeeper.sessionRequireClientSASLAuth=true": "Java's flags: sessionRequireClientSASLAuth: " + noSASL,
		"-Dzookeeper.authProvider.1=org.example.Ours": `Java's flags: authProvider.1: "org.example.Ours" is not there, ` +
			"and whom it would turn away would be let in",
		"-Dcom.sun.net.ssl.checkRevocation=true": "Java's flags: com.sun.net.ssl.checkRevocation: certificates that were " +
			"revoked are not recognised",
		"-Dzookeeper.snapCount=x":               `Java's flags: snapCount: "x" is not a number`,
		"-Dzookeeper.enforce.auth.enabled=true": "zoo.cfg: Java's flags: enforce.auth.enabled needs enforce.auth.schemes",
	} {
		_, err := ParseWith("zoo.cfg", []byte("dataDir=/d\nclientPort=1\n"), flag)
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", flag, err, want)
		}
	}
}

func TestFlagsAreSettings(t *testing.T) {
	settings := newParser("").settings()
	for _, key := range slices.Concat(bare, inFileOnly) {
		if settings[key] == nil && !strings.HasSuffix(key, ".") {
			t.Errorf("%s is no setting", key)
		}
	}
}
