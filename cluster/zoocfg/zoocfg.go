// Package zoocfg reads ZooKeeper's configuration file, zoo.cfg, which has the form of Java's properties; and the file
// of the ensemble's servers that dynamicConfigFile names.
//
// A key may carry the prefix "zookeeper." that it has as a property of Java's. Keys that mean something here are fields
// of Config. Keys of ZooKeeper's that can't mean anything here (idle.go lists them) have their values checked where
// that is easy, and are passed over with a warning that says why; so are unknown keys. A key that restricts access in a
// way that is not there is an error (restrict.go): the server would be open. So is a value that is wrong.
//
// Which server of an ensemble it is stands in the file myid in dataDir, which the caller reads.
package zoocfg

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Config is what a zoo.cfg says. Zero means that it does not say, unless the field says otherwise.
type Config struct {
	DataDir string
	// ClientAddr is host:port to listen on for clients; "" for none, or what the server's own line says (ClientAddrOf).
	ClientAddr string
	// SecureClientAddr is host:port to listen on for clients over TLS; "" for none.
	SecureClientAddr string
	// TickTime is 3 s without a line.
	TickTime time.Duration
	// MinSessionTimeout and MaxSessionTimeout bound what clients may ask for.
	MinSessionTimeout, MaxSessionTimeout time.Duration
	// SnapCount is the number of transactions between two snapshots.
	SnapCount uint64
	// SnapBytes is how many bytes of the log lie between two snapshots at most, 0 if the configuration does not say.
	SnapBytes int64
	// MaxClientConns is how many connections one address may have; 0 and less is no limit. Without a line it is 60.
	MaxClientConns int
	// OutstandingLimit is how many requests may have no answer before reading stops; -1 for none at all, 0 for no limit.
	// Without a line it is 1000.
	OutstandingLimit int
	// MaxFrame is jute.maxbuffer, the largest frame in bytes.
	MaxFrame int
	// Words are the four-letter words that are answered, "*" for all.
	Words []string

	// SkipACL grants everything to everyone. SuperDigest is the user:hash who may do everything, and SuperX509 the subject
	// of the certificate.
	SkipACL                bool
	SuperDigest, SuperX509 string
	// EnforceAuth are the schemes of which a client must be known by one before it is served; none for no such demand.
	EnforceAuth []string
	// ExtendedTypes allows znodes with a time to live, EnforceQuota refuses what is over a quota.
	ExtendedTypes, EnforceQuota bool
	// Container says how empty containers and znodes past their time are removed.
	Container Container

	// Reconfig allows clients to change the ensemble, Standalone an ensemble of one. Without a line Standalone is true.
	Reconfig, Standalone bool
	// Observer says that this server is to observe (peerType).
	Observer bool
	// LocalSessions keeps new sessions with their server, and UpgradeSessions makes one of the ensemble of those that need
	// it.
	LocalSessions, UpgradeSessions bool
	// ReadOnlyMode lets a server without a leader serve reads to those who ask for that.
	ReadOnlyMode bool
	// ListenOnAllIPs has the port for other servers open on every address.
	ListenOnAllIPs bool
	// DynamicFile is the file with the servers, if they are not here; see AddDynamic.
	DynamicFile string
	// Servers is the ensemble, sorted by ID; none for a server that stands alone. Version is the dynamic file's.
	Servers []Server
	Version int64

	// TLS is for clients on SecureClientAddr, QuorumTLS between servers if SSLQuorum says so.
	TLS, QuorumTLS TLS
	SSLQuorum      bool

	Admin   Admin
	Metrics Metrics

	// File is the file's name, and Text the file as it stands.
	File, Text string
	// Warnings are lines that were passed over, in words.
	Warnings []string
}

// Container are the settings of the znodes that go by themselves.
type Container struct {
	CheckInterval, MaxNeverUsed time.Duration
}

// TLS says where keys and certificates are.
type TLS struct {
	// KeyStore holds the server's key and certificates, Trust the certificates of those who vouch for others.
	KeyStore, TrustStore Store
	// ClientAuth is "need", "want" or "none"; "" is need.
	ClientAuth string
	// Protocols are the versions that are spoken ("TLSv1.2", "TLSv1.3"); none for all that are safe.
	Protocols []string
	// VerifyHost has the other server's name checked against its certificate. Without a line it is true.
	VerifyHost bool
}

// Store is a file with keys or certificates.
type Store struct {
	File string // "" for none
	// Binary says that it is one of Java's own, JKS or PKCS12; else it is in PEM form.
	Binary bool
	// Password is what it, or the key in it, is encrypted with; PasswordFile is where that stands instead.
	Password, PasswordFile string
}

// Admin is the HTTP server for operators.
type Admin struct {
	Enabled bool   // without a line it is
	Addr    string // host:port
	Path    string // of the commands
}

// Metrics is the HTTP server for Prometheus.
type Metrics struct {
	Enabled bool
	Addr    string // host:port
}

// parser is a file as far as it was read.
type parser struct {
	Config
	name                   string
	clientPort, clientHost string
	securePort, secureHost string
	adminPort, adminHost   string
	metricsPort            string
	metricsHost            string
	enforceAuth            bool
	authSchemes            []string
	lines                  map[string]int // by key: where it stands
	number                 int            // of the line that is read; 0 among Java's flags
	key                    string         // that stands there
}

func newParser(name string) *parser {
	return &parser{
		name: name, lines: make(map[string]int),
		adminPort: "8080", adminHost: "0.0.0.0", metricsPort: "7000", metricsHost: "0.0.0.0",
		Config: Config{
			TickTime: 3 * time.Second, MaxClientConns: 60, OutstandingLimit: 1000, Standalone: true,
			Admin: Admin{Enabled: true, Path: "/commands"},
			TLS:   TLS{VerifyHost: true}, QuorumTLS: TLS{VerifyHost: true},
		},
	}
}

// Parse reads a file. An error is one line with the file's name and the line's number.
func Parse(name string, text []byte) (Config, error) {
	return ParseWith(name, text, "")
}

// ParseWith is Parse, and where the file is silent the flags of Java's speak: -Dzookeeper.KEY=VALUE, as ZooKeeper's
// start script takes them from the environment. Only what ZooKeeper takes from there is heeded; all other flags are
// passed over.
func ParseWith(name string, text []byte, flags string) (Config, error) {
	p := newParser(name)
	settings := p.settings()
	if err := p.read(text, func(key, value string) error { return p.set(settings, key, value) }); err != nil {
		return Config{}, err
	}
	if err := p.flags(settings, flags); err != nil {
		return Config{}, err
	}
	if p.DataDir == "" {
		return Config{}, fmt.Errorf("%s: dataDir is missing", name)
	}
	p.File, p.Text = name, string(text)
	p.ClientAddr = joinIf(p.clientHost, p.clientPort)
	p.SecureClientAddr = joinIf(p.secureHost, p.securePort)
	p.Admin.Addr = joinHostPort(p.adminHost, p.adminPort)
	p.Metrics.Addr = joinHostPort(p.metricsHost, p.metricsPort)
	if err := p.checkAuth(); err != nil {
		return Config{}, fmt.Errorf("%s:%w", name, err)
	}
	if err := p.check(); err != nil {
		return Config{}, fmt.Errorf("%s: %w", name, err)
	}
	p.sortServers()
	return p.Config, nil
}

// AddDynamic reads the file that DynamicFile names: lines of servers, and a version.
func (c *Config) AddDynamic(name string, text []byte) error {
	if len(c.Servers) > 0 {
		return fmt.Errorf("%s: there are servers in zoo.cfg already", name)
	}
	p := newParser(name)
	err := p.read(text, func(key, value string) error {
		id, isServer := strings.CutPrefix(key, "server.")
		switch {
		case isServer:
			return p.server(id, value)
		case key == "version":
			return version(&p.Version)(value)
		}
		p.warn(key, "does not belong in this file and is passed over")
		return nil
	})
	if err != nil {
		return err
	}
	if p.lines["version"] == 0 {
		p.Version = versionOf(name)
	}
	p.sortServers()
	c.Servers, c.Version, c.Warnings = p.Servers, p.Version, append(c.Warnings, p.Warnings...)
	if len(c.Servers) == 0 {
		return fmt.Errorf("%s: it names no server", name)
	}
	return c.checkClientAddr()
}

// read hands on the keys with their values, in the order in which they stand: of equal ones the last.
func (p *parser) read(text []byte, set func(key, value string) error) error {
	list, err := properties(string(text))
	if err != nil {
		return fmt.Errorf("%s:%w", p.name, err)
	}
	for i := range list {
		list[i].key = strings.TrimPrefix(list[i].key, "zookeeper.")
		if key := list[i].key; key != "" {
			p.lines[key] = list[i].line
		}
	}
	for _, one := range list {
		if one.key == "" {
			continue
		}
		p.number, p.key = one.line, one.key
		if last := p.lines[one.key]; last != one.line {
			p.warn(one.key, fmt.Sprintf("is set again in line %d, which counts", last))
			continue
		}
		if err := set(one.key, one.value); err != nil {
			return fmt.Errorf("%s:%d: %w", p.name, p.number, err)
		}
	}
	return nil
}

func (p *parser) set(settings map[string]setting, key, value string) error {
	if id, ok := strings.CutPrefix(key, "server."); ok {
		return p.server(id, value)
	}
	if s, ok := settings[key]; ok {
		if err := s(value); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	}
	if strings.HasPrefix(key, providerPrefix) {
		if err := p.provider(value); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	}
	if why, ok := idle(key); ok {
		p.warn(key, "is not used here: "+why)
	} else {
		p.warn(key, "is not known here and is passed over")
	}
	return nil
}

func (p *parser) warn(key, what string) {
	where := fmt.Sprintf("%s:%d", p.name, p.number)
	if p.number == 0 {
		where = flagsName
	}
	p.Warnings = append(p.Warnings, fmt.Sprintf("%s: %s %s", where, key, what))
}

// check says what is wrong with the whole that is right line by line.
func (p *parser) check() error {
	// A port that the server's own line names would be open on every address.
	if p.clientHost != "" && p.clientPort == "" {
		return fmt.Errorf("clientPortAddress needs clientPort")
	}
	if p.secureHost != "" && p.securePort == "" {
		return fmt.Errorf("secureClientPortAddress needs secureClientPort")
	}
	if p.SecureClientAddr != "" && p.TLS.KeyStore.File == "" {
		return fmt.Errorf("secureClientPort needs ssl.keyStore.location")
	}
	if p.SSLQuorum && (p.QuorumTLS.KeyStore.File == "" || p.QuorumTLS.TrustStore.File == "") {
		return fmt.Errorf("sslQuorum needs ssl.quorum.keyStore.location and ssl.quorum.trustStore.location")
	}
	needsTrust := p.SecureClientAddr != "" && p.TLS.ClientAuth != "none"
	if needsTrust && p.TLS.TrustStore.File == "" {
		return fmt.Errorf("client certificates are asked for (ssl.clientAuth), and ssl.trustStore.location is missing")
	}
	if p.DynamicFile != "" {
		if len(p.Servers) > 0 {
			return fmt.Errorf("there are servers both here and in the dynamicConfigFile")
		}
		return nil
	}
	return p.checkClientAddr()
}

// checkClientAddr finds no port for clients.
func (c *Config) checkClientAddr() error {
	some := func(s Server) bool { return s.ClientAddr != "" }
	if c.ClientAddr == "" && c.SecureClientAddr == "" && !slices.ContainsFunc(c.Servers, some) {
		return fmt.Errorf("clientPort is missing")
	}
	return nil
}

func (p *parser) sortServers() {
	slices.SortFunc(p.Servers, func(a, b Server) int { return int(a.ID%ZeroID) - int(b.ID%ZeroID) })
}
