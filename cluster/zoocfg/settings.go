package zoocfg

import (
	"errors"
	"fmt"
	"maps"
	"math"
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
		"snapCount":                     p.snapCount,
		"snapSizeLimitInKb":             p.snapSize,
		"maxClientCnxns":                whole(&p.MaxClientConns),
		"globalOutstandingLimit":        p.outstandingLimit,
		"jute.maxbuffer":                bytes(&p.MaxFrame),
		"4lw.commands.whitelist":        words(&p.Words),
		"skipACL":                       p.skipACL,
		"extendedTypesEnabled":          p.property(&p.ExtendedTypes),
		"enforceQuota":                  p.property(&p.EnforceQuota),
		"reconfigEnabled":               boolean(&p.Reconfig),
		"standaloneEnabled":             boolean(&p.Standalone),
		"readonlymode.enabled":          p.property(&p.ReadOnlyMode),
		"localSessionsEnabled":          boolean(&p.LocalSessions),
		"localSessionsUpgradingEnabled": boolean(&p.UpgradeSessions),
		"quorumListenOnAllIPs":          boolean(&p.ListenOnAllIPs),
		"dynamicConfigFile":             text(&p.DynamicFile),
		"peerType":                      oneOf(func(v string) { p.Observer = v == "observer" }, "participant", "observer"),
		"forceSync":                     p.forceSync,
		"sslQuorum":                     boolean(&p.SSLQuorum),
		"admin.enableServer":            p.property(&p.Admin.Enabled),
		"admin.serverPort":              port(&p.adminPort),
		"admin.serverAddress":           text(&p.adminHost),
		"admin.commandURL":              text(&p.Admin.Path),
		"metricsProvider.className":     p.metricsProvider,
		"metricsProvider.httpPort":      port(&p.metricsPort),
		"metricsProvider.httpHost":      text(&p.metricsHost),

		"DigestAuthenticationProvider.superDigest": text(&p.SuperDigest),
		"X509AuthenticationProvider.superUser":     text(&p.SuperX509),
		"znode.container.checkIntervalMs":          millis(&p.Container.CheckInterval),
		"znode.container.maxPerMinute":             p.unused(positive(new(uint64)), "containers go when they are due"),
		"znode.container.maxNeverUsedIntervalMs":   millis(&p.Container.MaxNeverUsed),
		"initLimit":                                p.unused(positive(new(uint64)), lagIsRafts),
		"syncLimit":                                p.unused(positive(new(uint64)), lagIsRafts),
	}
	maps.Copy(s, p.restrictions())
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

// lagIsRafts is why initLimit and syncLimit have no effect.
const lagIsRafts = "how long a server may lag is raft's to decide"

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
	if value != "yes" {
		p.warn("forceSync", "is not heeded: what is acknowledged has always been synced")
	}
	return nil
}

// skipACL opens the whole tree, and means what it does to ZooKeeper, by the letter: yes, and nothing else.
func (p *parser) skipACL(value string) error {
	p.SkipACL = value == "yes"
	if !p.SkipACL && value != "no" {
		p.warn("skipACL", fmt.Sprintf("is %q, which does not mean yes to ZooKeeper either: access is checked", value))
	}
	return nil
}

// property takes a switch that ZooKeeper reads as a property of Java's: what is not true is false.
func (p *parser) property(field *bool) setting {
	return func(value string) error {
		*field = strings.EqualFold(value, "true")
		if !*field && !strings.EqualFold(value, "false") {
			p.warn(p.key, fmt.Sprintf("is %q, which means false, as to ZooKeeper", value))
		}
		return nil
	}
}

// snapCountMin is the least that ZooKeeper takes.
const snapCountMin = 2

func (p *parser) snapCount(value string) error {
	var n int
	err := whole(&n)(value)
	if p.SnapCount = uint64(max(n, snapCountMin)); err == nil && n < snapCountMin {
		p.warn("snapCount", fmt.Sprintf("is under %d, which is taken", snapCountMin))
	}
	return err
}

// snapSize takes 0 and less as ZooKeeper does: no number of bytes is too many.
func (p *parser) snapSize(value string) error {
	kib, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return fmt.Errorf("%q is not a number", value)
	}
	if p.SnapBytes = math.MaxInt64; kib > 0 && kib <= math.MaxInt64>>10 {
		p.SnapBytes = kib << 10
	}
	return nil
}

// outstandingLimit takes 0 and less as ZooKeeper does: a connection may have one request without an answer.
func (p *parser) outstandingLimit(value string) error {
	err := whole(&p.OutstandingLimit)(value)
	if p.OutstandingLimit <= 0 {
		p.OutstandingLimit = -1
	}
	return err
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
		n, err := strconv.ParseUint(strings.TrimPrefix(value, "+"), 10, 32)
		if err != nil || n == 0 {
			return fmt.Errorf("%q is not a positive number", value)
		}
		*field = n
		return nil
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

func whole(field *int) setting {
	return func(value string) error {
		n, err := strconv.ParseInt(value, 10, 32)
		if err != nil {
			return fmt.Errorf("%q is not a number", value)
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
