package zoocfg

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// defaults is what a file says that says nothing but dataDir=/d and clientPort=1.
func defaults() Config {
	return Config{
		DataDir: "/d", ClientAddr: ":1", TickTime: 3 * time.Second, MaxClientConns: 60, OutstandingLimit: 1000,
		Standalone: true,
		TLS:        TLS{VerifyHost: true}, QuorumTLS: TLS{VerifyHost: true},
		Admin:   Admin{Enabled: true, Addr: "0.0.0.0:8080", Path: "/commands"},
		Metrics: Metrics{Addr: "0.0.0.0:7000"},
	}
}

func TestParse(t *testing.T) {
	got, err := Parse("zoo.cfg", []byte(`# an ensemble of three
tickTime=500
dataDir = /var/lib/ordeal
clientPort=2181
clientPortAddress=127.0.0.1
autopurge.purgeInterval=1
favouriteColour=blue
server.2=b.example:2888:3888:participant
server.1=[::1]:2888:3888
server.3=c.example:2888:3888:observer;[::]:2183
`))
	want := defaults()
	want.DataDir, want.ClientAddr, want.TickTime = "/var/lib/ordeal", "127.0.0.1:2181", 500*time.Millisecond
	want.Servers = []Server{
		{ID: 1, Addr: "[::1]:2888", ElectionPort: 3888}, {ID: 2, Addr: "b.example:2888", ElectionPort: 3888},
		{ID: 3, Addr: "c.example:2888", ElectionPort: 3888, Observer: true, ClientAddr: "[::]:2183"},
	}
	want.Warnings = []string{
		"zoo.cfg:6: autopurge.purgeInterval is not used here: old snapshots and logs are removed as soon as nothing " +
			"needs them",
		"zoo.cfg:7: favouriteColour is not known here and is passed over",
	}
	want.File, want.Text = "zoo.cfg", got.Text
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
	}
}

// TestSettings sets one key at a time and looks at what it does.
func TestSettings(t *testing.T) {
	for line, change := range map[string]func(*Config){
		"maxClientCnxns=0":                func(c *Config) { c.MaxClientConns = 0 },
		"jute.maxbuffer=0xfffff":          func(c *Config) { c.MaxFrame = 1048575 },
		"zookeeper.jute.maxbuffer=4096":   func(c *Config) { c.MaxFrame = 4096 },
		"4lw.commands.whitelist=stat, ,*": func(c *Config) { c.Words = []string{"stat", "*"} },
		"skipACL=yes":                     func(c *Config) { c.SkipACL = true },
		"tickTime=+7000":                  func(c *Config) { c.TickTime = 7 * time.Second },
		"maxClientCnxns=-1":               func(c *Config) { c.MaxClientConns = -1 },
		"globalOutstandingLimit=0":        func(c *Config) { c.OutstandingLimit = -1 },
		"server.0=a:1:2:OBSERVER;3": func(c *Config) {
			c.Servers = []Server{{ID: ZeroID, Addr: "a:1", ElectionPort: 2, Observer: true, ClientAddr: "0.0.0.0:3"}}
		},
		"server.7=a:1:2:Participant": func(c *Config) {
			c.Servers = []Server{{ID: 7, Addr: "a:1", ElectionPort: 2}}
		},
		"extendedTypesEnabled=True":                         func(c *Config) { c.ExtendedTypes = true },
		"zookeeper.extendedTypesEnabled=true":               func(c *Config) { c.ExtendedTypes = true },
		"enforceQuota=true":                                 func(c *Config) { c.EnforceQuota = true },
		"reconfigEnabled=true":                              func(c *Config) { c.Reconfig = true },
		"standaloneEnabled=false":                           func(c *Config) { c.Standalone = false },
		"readonlymode.enabled=true":                         func(c *Config) { c.ReadOnlyMode = true },
		"quorumListenOnAllIPs=true":                         func(c *Config) { c.ListenOnAllIPs = true },
		"peerType=observer":                                 func(c *Config) { c.Observer = true },
		"peerType=participant":                              func(*Config) {},
		"dynamicConfigFile=/x":                              func(c *Config) { c.DynamicFile = "/x" },
		"minSessionTimeout=-1":                              func(*Config) {},
		"maxSessionTimeout=9000":                            func(c *Config) { c.MaxSessionTimeout = 9 * time.Second },
		"snapCount=7":                                       func(c *Config) { c.SnapCount = 7 },
		"dataLogDir=/d":                                     func(*Config) {},
		"forceSync=yes":                                     func(*Config) {},
		"DigestAuthenticationProvider.superDigest=super:x=": func(c *Config) { c.SuperDigest = "super:x=" },
		"X509AuthenticationProvider.superUser=CN=a,O=b":     func(c *Config) { c.SuperX509 = "CN=a,O=b" },
		"znode.container.checkIntervalMs=5": func(c *Config) {
			c.Container.CheckInterval = 5 * time.Millisecond
		},
		"znode.container.maxPerMinute=6": func(c *Config) {
			c.Warnings = []string{"f:3: znode.container.maxPerMinute is not used here: containers go when they are due"}
		},
		"znode.container.maxNeverUsedIntervalMs=7": func(
			c *Config) {
			c.Container.MaxNeverUsed = 7 * time.Millisecond
		},
		"admin.enableServer=false":   func(c *Config) { c.Admin.Enabled = false },
		"admin.serverPort=0":         func(c *Config) { c.Admin.Addr = "0.0.0.0:0" },
		"admin.serverAddress=::1":    func(c *Config) { c.Admin.Addr = "[::1]:8080" },
		"admin.commandURL=/c":        func(c *Config) { c.Admin.Path = "/c" },
		"metricsProvider.httpPort=9": func(c *Config) { c.Metrics.Addr = "0.0.0.0:9" },
		"metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider": func(c *Config) {
			c.Metrics.Enabled = true
		},
		"metricsProvider.className=org.apache.zookeeper.metrics.impl.DefaultMetricsProvider": func(*Config) {},
		"ssl.keyStore.type=PEM":       func(*Config) {},
		"ssl.clientAuth=want":         func(c *Config) { c.TLS.ClientAuth = "want" },
		"ssl.quorum.protocol=TLSv1.3": func(c *Config) { c.QuorumTLS.Protocols = []string{"TLSv1.3"} },
		"ssl.quorum.hostnameVerification=false": func(c *Config) {
			c.QuorumTLS.VerifyHost = false
		},
		"server.4=a:1;2": func(c *Config) { c.Servers = []Server{{ID: 4, Addr: "a:1", ClientAddr: "0.0.0.0:2"}} },
		"! a comment":    func(*Config) {},
	} {
		want := defaults()
		change(&want)
		got, err := Parse("f", []byte("dataDir=/d\nclientPort=1\n"+line+"\n"))
		want.File, want.Text = "f", got.Text
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v\nwant %+v", line, got, err, want)
		}
	}
}

func TestSecurePort(t *testing.T) {
	got, err := Parse("f", []byte(`dataDir=/d
secureClientPort=2281
secureClientPortAddress=::1
ssl.keyStore.location=/k.pem
ssl.keyStore.password=secret
ssl.trustStore.location=/t.pem
sslQuorum=true
ssl.quorum.keyStore.location=/qk.pem
ssl.quorum.trustStore.location=/qt.pem
`))
	want := defaults()
	want.ClientAddr, want.SecureClientAddr, want.SSLQuorum = "", "[::1]:2281", true
	want.TLS = TLS{KeyStore: Store{File: "/k.pem", Password: "secret"}, TrustStore: Store{File: "/t.pem"},
		VerifyHost: true}
	want.QuorumTLS = TLS{KeyStore: Store{File: "/qk.pem"}, TrustStore: Store{File: "/qt.pem"}, VerifyHost: true}
	want.File, want.Text = "f", got.Text
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestParseErrors(t *testing.T) {
	const whole = "dataDir=/d\nclientPort=1\n"
	for text, want := range map[string]string{
		"clientPort=1":                 "zoo.cfg: dataDir is missing",
		"dataDir=":                     "zoo.cfg:1: dataDir: it is empty",
		"dataDir=/d":                   "zoo.cfg: clientPort is missing",
		"dataDir=/d\nserver.1=a:1:2":   "zoo.cfg: clientPort is missing",
		"dataDir=/d\nclientPort=x":     `zoo.cfg:2: clientPort: "x" is not a port`,
		"dataDir=/d\nclientPort=70000": `zoo.cfg:2: clientPort: "70000" is not a port`,
		"tickTime=0":                   `zoo.cfg:1: tickTime: "0" is not a positive number`,
		"initLimit=soon":               `zoo.cfg:1: initLimit: "soon" is not a positive number`,
		"maxClientCnxns=many":          `zoo.cfg:1: maxClientCnxns: "many" is not a number`,
		"jute.maxbuffer=0":             `zoo.cfg:1: jute.maxbuffer: "0" is not a number of bytes from 1 to 1073741824`,
		"reconfigEnabled=yes":          `zoo.cfg:1: reconfigEnabled: "yes" is not one of true, false`,
		"peerType=leader":              `zoo.cfg:1: peerType: "leader" is not one of participant, observer`,
		"ssl.keyStore.location=/k.bcfks": "zoo.cfg:1: ssl.keyStore.location: /k.bcfks: a store in the form BCFKS is not " +
			"read: it must be PEM, JKS or PKCS12",
		"ssl.trustStore.type=XYZ": `zoo.cfg:1: ssl.trustStore.type: "XYZ" is not one of pem, jks, pkcs12, bcfks`,
		"ssl.protocol=SSLv3":      `zoo.cfg:1: ssl.protocol: "SSLv3" is not TLSv1.2 or TLSv1.3`,
		"metricsProvider.className=x.Y": `zoo.cfg:1: metricsProvider.className: "x.Y" is not there: ` +
			`it is PrometheusMetricsProvider or nothing`,
		"tickTime":                    `zoo.cfg:1: tickTime: "" is not a positive number`,
		"tickTime=1\\\nx\ntickTime=y": `zoo.cfg:3: tickTime: "y" is not a positive number`,
		"# x\ntick\\u00=1":            `zoo.cfg:2: \u00 is no character: four digits in hex are wanted`,
		"server.256=a:1:2":            "zoo.cfg:1: server.256: the number must be from 0 to 255",
		"server.-1=a:1:2":             "zoo.cfg:1: server.-1: the number must be from 0 to 255",
		"dataDir=/d\nclientPortAddress=a\nserver.1=a:1:2;3": "zoo.cfg: clientPortAddress needs clientPort",
		whole + "secureClientPortAddress=a":                 "zoo.cfg: secureClientPortAddress needs secureClientPort",
		"server.1=a":                                        `zoo.cfg:1: server.1: "" is not a port`,
		"server.1=a:1:2:leader":                             `zoo.cfg:1: server.1: "a:1:2:leader" is not host:port:port`,
		"server.1=a:1:2;x":                                  `zoo.cfg:1: server.1: "x" is not a port`,
		whole + "secureClientPort=2":                        "zoo.cfg: secureClientPort needs ssl.keyStore.location",
		whole + "sslQuorum=true": "zoo.cfg: sslQuorum needs ssl.quorum.keyStore.location and " +
			"ssl.quorum.trustStore.location",
		whole + "secureClientPort=2\nssl.keyStore.location=/k": "zoo.cfg: client certificates are asked for " +
			"(ssl.clientAuth), and ssl.trustStore.location is missing",
		whole + "dynamicConfigFile=/x\nserver.1=a:1:2": "zoo.cfg: there are servers both here and in the " +
			"dynamicConfigFile",
	} {
		if _, err := Parse("zoo.cfg", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestDynamicFile(t *testing.T) {
	c, err := Parse("zoo.cfg", []byte("dataDir=/d\ndynamicConfigFile=/x\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddDynamic("x",
		[]byte("server.2=b:1:2:participant;127.0.0.1:2182\nserver.1=a:1:2;2181\nversion=10f\ntickTime=1\n")); err != nil {
		t.Fatal(err)
	}
	if c.Version != 0x10f || c.ClientAddrOf(1) != "0.0.0.0:2181" || c.ClientAddrOf(2) != "127.0.0.1:2182" ||
		c.ClientAddrOf(3) != "" {
		t.Errorf("read %+v", c)
	}
	if got := c.Servers[1].String(); got != "b:1:2:participant;127.0.0.1:2182" {
		t.Errorf("server 2 is written %s", got)
	}
	if len(c.Warnings) != 1 || !strings.HasPrefix(c.Warnings[0], "x:4: tickTime ") {
		t.Errorf("the warnings are %q", c.Warnings)
	}
	for text, want := range map[string]string{
		"":                 "x: it names no server",
		"version=":         `x:1: version: "" is not a number in hex`,
		"\nserver.1=a":     `x:2: server.1: "" is not a port`,
		"server.1=a:1:2\n": "clientPort is missing",
	} {
		d := Config{DynamicFile: "x"}
		if err := d.AddDynamic("x", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestStores(t *testing.T) {
	for text, want := range map[string]Store{
		"location=/k.pem":                            {File: "/k.pem"},
		"location=/k":                                {File: "/k"},
		"location=/k.jks\npassword=p":                {File: "/k.jks", Binary: true, Password: "p"},
		"location=/k.P12\npasswordPath=/p":           {File: "/k.P12", Binary: true, PasswordFile: "/p"},
		"location=/k\ntype=PKCS12":                   {File: "/k", Binary: true},
		"type=pem\nlocation=/k.jks":                  {File: "/k.jks"},
		"location=/k.jks\ntype=PEM\npassword=secret": {File: "/k.jks", Password: "secret"},
	} {
		text = "ssl.keyStore." + strings.ReplaceAll(text, "\n", "\nssl.keyStore.")
		c, err := Parse("f", []byte("dataDir=/d\nclientPort=1\n"+text))
		if err != nil || c.TLS.KeyStore != want || len(c.Warnings) > 0 {
			t.Errorf("%s: got %+v, %v, %q", text, c.TLS.KeyStore, err, c.Warnings)
		}
	}
}

// TestWrittenBack writes the servers of a configuration into a file of their own, and reads both again.
func TestWrittenBack(t *testing.T) {
	const text = "# ours\ndataDir=/d\nclientPort=2181\n clientPortAddress = " +
		"10.0.0.1\npeerType=observer\nserver.1=a:1:2;3\ngroup.1=1\nzookeeper.skipACL=yes"
	name := DynamicName("/etc/zoo.cfg", 0x2b)
	c := Config{ClientAddr: "*"}
	if err := c.AddDynamic(name, []byte(DynamicText([]Server{{ID: 7, Addr: "h:1", ElectionPort: 2,
		Observer: true}}))); err != nil {
		t.Fatal(err)
	}
	if name != "/etc/zoo.cfg.dynamic.2b" || c.Version != 0x2b || len(c.Servers) != 1 ||
		c.Servers[0].String() != "h:1:2:observer" {
		t.Errorf("%s is read as version %x: %v", name, c.Version, c.Servers)
	}
	for moved, want := range map[bool]string{
		false: "# ours\ndataDir=/d\nclientPort=2181\n clientPortAddress = 10.0.0.1\nzookeeper.skipACL=yes\n",
		true:  "# ours\ndataDir=/d\nzookeeper.skipACL=yes\n",
	} {
		if got, err := StaticText(text, name, moved); err != nil || got != want+"dynamicConfigFile="+name+"\n" {
			t.Errorf("got %q, %v", got, err)
		}
	}
	for other, want := range map[string]int64{"zoo.cfg": 0, "zoo.cfg.dynamic": 0, "/a.dynamic.5/zoo": 0,
		"zoo.cfg.dynamic.zz": 0, "x.dynamic.-1": 0} {
		if got := versionOf(other); got != want {
			t.Errorf("%s is of version %d", other, got)
		}
	}
}

func TestParseMyID(t *testing.T) {
	if n, err := ParseMyID("myid", []byte(" 3\n")); n != 3 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	if n, err := ParseMyID("myid", []byte("0")); n != ZeroID || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	for _, bad := range []string{"", "-1", "256", "one"} {
		if _, err := ParseMyID("myid", []byte(bad)); err == nil || !strings.HasPrefix(err.Error(), "myid: ") {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("dataDir=/d\nclientPort=1\nserver.1=[::1]:1:2;3")
	f.Add("dataDir=/d\nclientPort=1\nserver.1=a:1:2:observer;[::]:3\n" +
		"ssl.quorum.protocol=TLSv1.2,TLSv1.3\njute.maxbuffer=0x10")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("zoo.cfg", []byte(text))
		if err == nil && (c.DataDir == "" || c.DynamicFile == "" && c.checkClientAddr() != nil) {
			t.Errorf("accepted without dataDir or a port for clients: %+v", c)
		}
		// A server's line means the same when it is written out and read again.
		for _, s := range c.Servers {
			p := newParser("again")
			if err := p.server(Number(s.ID), s.String()); err != nil {
				t.Fatalf("%s: %v", s, err)
			}
			if p.Servers[0] != s {
				t.Errorf("%+v was read again as %+v", s, p.Servers[0])
			}
		}
	})
}
