package zoocfg

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// setting takes the value of one key.
type setting func(value string) error

// settings are the keys that mean something here.
func (p *parser) settings() map[string]setting {
	s := map[string]setting{
		"dataDir":                       text(&p.DataDir),
		"dataLogDir":                    p.dataLogDir,
		"clientPort":                    port(&p.clientPort),
		"clientPortAddress":             text(&p.clientHost),
		"secureClientPort":              port(&p.securePort),
		"secureClientPortAddress":       text(&p.secureHost),
		"tickTime":                      millis(&p.TickTime),
		"minSessionTimeout":             p.orDefault(millis(&p.MinSessionTimeout)),
		"maxSessionTimeout":             p.orDefault(millis(&p.MaxSessionTimeout)),
		"snapCount":                     positive(&p.SnapCount),
		"maxClientCnxns":                count(&p.MaxClientConns),
		"globalOutstandingLimit":        positiveInt(&p.OutstandingLimit),
		"jute.maxbuffer":                bytes(&p.MaxFrame),
		"4lw.commands.whitelist":        words(&p.Words),
		"skipACL":                       yes(&p.SkipACL),
		"extendedTypesEnabled":          boolean(&p.ExtendedTypes),
		"enforceQuota":                  boolean(&p.EnforceQuota),
		"reconfigEnabled":               boolean(&p.Reconfig),
		"standaloneEnabled":             boolean(&p.Standalone),
		"readonlymode.enabled":          boolean(&p.ReadOnlyMode),
		"localSessionsEnabled":          boolean(&p.LocalSessions),
		"localSessionsUpgradingEnabled": boolean(&p.UpgradeSessions),
		"quorumListenOnAllIPs":          boolean(&p.ListenOnAllIPs),
		"dynamicConfigFile":             text(&p.DynamicFile),
		"peerType":                      oneOf(func(v string) { p.Observer = v == "observer" }, "participant", "observer"),
		"forceSync":                     p.forceSync,
		"sslQuorum":                     boolean(&p.SSLQuorum),
		"admin.enableServer":            boolean(&p.Admin.Enabled),
		"admin.serverPort":              port(&p.adminPort),
		"admin.serverAddress":           text(&p.adminHost),
		"admin.commandURL":              text(&p.Admin.Path),
		"metricsProvider.className":     p.metricsProvider,
		"metricsProvider.httpPort":      port(&p.metricsPort),
		"metricsProvider.httpHost":      text(&p.metricsHost),

		"DigestAuthenticationProvider.superDigest": text(&p.SuperDigest),
		"X509AuthenticationProvider.superUser":     text(&p.SuperX509),
		"znode.container.checkIntervalMs":          millis(&p.Container.CheckInterval),
		"znode.container.maxPerMinute":             positive(&p.Container.MaxPerMinute),
		"znode.container.maxNeverUsedIntervalMs":   millis(&p.Container.MaxNeverUsed),
		"initLimit": p.unused(positive(new(uint64)), "how long a server may lag is raft's "+
			"to decide"),
		"syncLimit": p.unused(positive(new(uint64)), "how long a server may lag is raft's "+
			"to decide"),
	}
	p.tlsSettings(s, "ssl.", &p.TLS)
	p.tlsSettings(s, "ssl.quorum.", &p.QuorumTLS)
	return s
}

func (p *parser) tlsSettings(s map[string]setting, prefix string, t *TLS) {
	storeSettings(s, prefix+"keyStore.", &t.KeyStore)
	storeSettings(s, prefix+"trustStore.", &t.TrustStore)
	s[prefix+"clientAuth"] = oneOf(func(v string) { t.ClientAuth = v }, "need", "want", "none")
	s[prefix+"protocol"] = protocols(&t.Protocols)
	s[prefix+"enabledProtocols"] = protocols(&t.Protocols)
	s[prefix+"hostnameVerification"] = boolean(&t.VerifyHost)
}

// unused checks a value and warns that it has no effect.
func (p *parser) unused(s setting, why string) setting {
	return func(value string) error {
		err := s(value)
		if err == nil {
			p.warn(p.key, "is not used here: "+why)
		}
		return err
	}
}

// orDefault takes −1 as no value, as ZooKeeper does.
func (p *parser) orDefault(s setting) setting {
	return func(value string) error {
		if value == "-1" {
			return nil
		}
		return s(value)
	}
}

func (p *parser) dataLogDir(value string) error {
	if value != p.DataDir {
		p.warn("dataLogDir", "is not used: the log is in dataDir, beside the snapshots")
	}
	return nil
}

func (p *parser) forceSync(value string) error {
	return oneOf(func(v string) {
		if v == "no" {
			p.warn("forceSync", "is not heeded: what is acknowledged has always been synced")
		}
	}, "yes", "no")(value)
}

func (p *parser) metricsProvider(value string) error {
	name := value[strings.LastIndexByte(value, '.')+1:]
	switch name {
	case "PrometheusMetricsProvider":
		p.Metrics.Enabled = true
	case "DefaultMetricsProvider", "NullMetricsProvider":
	default:
		return fmt.Errorf("%q is not there: it is PrometheusMetricsProvider or nothing", value)
	}
	return nil
}

func text(field *string) setting {
	return func(value string) error {
		if *field = value; value == "" {
			return errors.New("it is empty")
		}
		return nil
	}
}

func port(field *string) setting {
	return func(value string) error {
		_, err := parsePort(value)
		*field = value
		return err
	}
}

func parsePort(value string) (uint16, error) {
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%q is not a port", value)
	}
	return uint16(n), nil
}

func positive(field *uint64) setting {
	return func(value string) error {
		n, err := strconv.ParseUint(value, 10, 32)
		if err != nil || n == 0 {
			return fmt.Errorf("%q is not a positive number", value)
		}
		*field = n
		return nil
	}
}

func positiveInt(field *int) setting {
	return func(value string) error {
		var n uint64
		err := positive(&n)(value)
		*field = int(n)
		return err
	}
}

func millis(field *time.Duration) setting {
	return func(value string) error {
		var n uint64
		err := positive(&n)(value)
		*field = time.Duration(n) * time.Millisecond
		return err
	}
}

func count(field *int) setting {
	return func(value string) error {
		n, err := strconv.ParseInt(value, 10, 32)
		if err != nil || n < 0 {
			return fmt.Errorf("%q is not a number from 0 up", value)
		}
		*field = int(n)
		return nil
	}
}

// frameMax is the largest jute.maxbuffer: what four letters would be as a length must stay out of reach.
const frameMax = 1 << 30

// bytes takes a size, which may be in hex.
func bytes(field *int) setting {
	return func(value string) error {
		n, err := strconv.ParseInt(value, 0, 32)
		if err != nil || n <= 0 || n > frameMax {
			return fmt.Errorf("%q is not a number of bytes from 1 to %d", value, frameMax)
		}
		*field = int(n)
		return nil
	}
}

func version(field *int64) setting {
	return func(value string) error {
		n, err := strconv.ParseInt(value, 16, 64)
		if err != nil || n < 0 {
			return fmt.Errorf("version: %q is not a number in hex", value)
		}
		*field = n
		return nil
	}
}

func boolean(field *bool) setting {
	return oneOf(func(v string) { *field = v == "true" }, "true", "false")
}

func yes(field *bool) setting {
	return oneOf(func(v string) { *field = v == "yes" || v == "true" }, "yes", "no", "true", "false")
}

func oneOf(set func(value string), values ...string) setting {
	return func(value string) error {
		lower := strings.ToLower(value)
		if !slices.Contains(values, lower) {
			return fmt.Errorf("%q is not one of %s", value, strings.Join(values, ", "))
		}
		set(lower)
		return nil
	}
}

func words(field *[]string) setting {
	return func(value string) error {
		for word := range strings.SplitSeq(value, ",") {
			if word = strings.TrimSpace(word); word != "" {
				*field = append(*field, word)
			}
		}
		return nil
	}
}

func protocols(field *[]string) setting {
	return func(value string) error {
		for name := range strings.SplitSeq(value, ",") {
			name = strings.TrimSpace(name)
			if name != "TLSv1.2" && name != "TLSv1.3" {
				return fmt.Errorf("%q is not TLSv1.2 or TLSv1.3", name)
			}
			*field = append(*field, name)
		}
		return nil
	}
}

// idle says why a key of ZooKeeper's is not used here.
func idle(key string) (why string, known bool) {
	for _, k := range idleKeys {
		if key == k.key || strings.HasSuffix(k.key, ".") && strings.HasPrefix(key, k.key) {
			return k.why, true
		}
	}
	return "", false
}

// idleKeys are keys that can't mean anything here. One that ends in a dot stands for all that begin so.
var idleKeys = []struct{ key, why string }{
	{"autopurge.", "old snapshots and logs are removed as soon as nothing needs them"},
	{"preAllocSize", "the log's files grow as they are written"},
	{"txnLogSizeLimitInKb", "a file of the log ends at 64 MiB"},
	{"electionAlg", "the leader is elected by raft"},
	{"electionPortBindRetry", "there is no port of its own for elections"},
	{"cnxTimeout", "there is no port of its own for elections"},
	{"leaderServes", "the leader always serves clients"},
	{"syncEnabled", "an observer always keeps a log"},
	{"fsync.warningthresholdms", "slow syncs are not reported"},
	{"group.", "every voter has one vote"},
	{"weight.", "every voter has one vote"},
	{"multiAddress.", "a server has one address"},
	{"authProvider.", "the schemes are built in"},
	{"maxCnxns", "only connections from one address are limited"},
	{"clientPortListenBacklog", "the system's own is taken"},
	{"serverCnxnFactory", "there is one way to serve connections"},
	{"client.portUnification", "TLS has a port of its own"},
	{"portUnification", "TLS has a port of its own"},
	{"admin.", "the HTTP server has no more to set"},
	{"metricsProvider.", "the metrics have no more to set"},
	{"ssl.", "Go's TLS has its own"},
	{"tcpKeepAlive", "connections between servers are checked every second"},
	{"digest.enabled", "states are compared by a hash of their own"},
	{"nio.", "connections are served by goroutines"},
	{"commitProcessor.", "one goroutine applies what is committed"},
	{"snapshot.", "snapshots have a format of their own"},
	{"request_throttler.", "reading stops at globalOutstandingLimit"},
	{"quorum.auth.", "servers are known by their certificates, with sslQuorum"},
	{"flushDelay", "what came in together is synced together"},
	{"maxWriteQueuePollTime", "what came in together is synced together"},
	{"maxBatchSize", "what came in together is synced together"},
}
