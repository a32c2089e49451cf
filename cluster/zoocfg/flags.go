package zoocfg

import (
	"fmt"
	"slices"
	"strings"
)

// flagsName is where a setting stands that is in no file.
const flagsName = "Java's flags"

// bare are the properties of Java's that have no "zookeeper." in front.
var bare = []string{"jute.maxbuffer", "readonlymode.enabled", "com.sun.net.ssl.checkRevocation"}

// inFileOnly are the keys that ZooKeeper reads in the file alone. One that ends in a dot stands for all that begin so.
var inFileOnly = []string{
	"dataDir", "dataLogDir", "clientPort", "clientPortAddress", "secureClientPort", "secureClientPortAddress", "tickTime",
	"minSessionTimeout", "maxSessionTimeout", "maxClientCnxns", "initLimit", "syncLimit", "peerType", "dynamicConfigFile",
	"localSessionsEnabled", "localSessionsUpgradingEnabled", "quorumListenOnAllIPs", "standaloneEnabled",
	"reconfigEnabled", "sslQuorum", "server.", "group.", "weight.", "quorum.auth.", "metricsProvider.",
}

// flags sets what they say and the file has not said.
func (p *parser) flags(settings map[string]setting, flags string) error {
	p.number = 0
	for _, flag := range strings.Fields(flags) {
		key, value, ok := strings.Cut(strings.TrimPrefix(flag, "-D"), "=")
		key, prefixed := strings.CutPrefix(key, "zookeeper.")
		if _, inFile := p.lines[key]; inFile || !ok || !strings.HasPrefix(flag, "-D") || !isFlag(key, prefixed) {
			continue
		}
		p.key = key
		if settings[key] == nil && !strings.HasPrefix(key, providerPrefix) {
			continue // of the rest none restricts access
		}
		if err := p.set(settings, key, value); err != nil {
			return fmt.Errorf("%s: %w", flagsName, err)
		}
	}
	return nil
}

func isFlag(key string, prefixed bool) bool {
	if slices.Contains(bare, key) {
		return true
	}
	only := func(k string) bool { return key == k || strings.HasSuffix(k, ".") && strings.HasPrefix(key, k) }
	return prefixed && !slices.ContainsFunc(inFileOnly, only)
}
