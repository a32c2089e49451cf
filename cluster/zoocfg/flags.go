package zoocfg

import (
	"fmt"
	"slices"
	"strings"
)

// flagsName is where a setting stands that is in no file.
const flagsName = "Java's flags"

// flagged are the settings that ZooKeeper reads as properties of Java's too, all with "zookeeper." in front but for the
// first two; and so are those of ssl.
var flagged = []string{
	"jute.maxbuffer", "readonlymode.enabled",
	"4lw.commands.whitelist", "skipACL", "extendedTypesEnabled", "enforceQuota", "snapCount", "forceSync",
	"DigestAuthenticationProvider.superDigest", "X509AuthenticationProvider.superUser",
	"znode.container.checkIntervalMs", "znode.container.maxPerMinute", "znode.container.maxNeverUsedIntervalMs",
	"admin.enableServer", "admin.serverPort", "admin.serverAddress", "admin.commandURL",
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
		if s := settings[key]; s != nil {
			if err := s(value); err != nil {
				return fmt.Errorf("%s: %s: %w", flagsName, key, err)
			}
		}
	}
	return nil
}

func isFlag(key string, prefixed bool) bool {
	at := slices.Index(flagged, key)
	return at >= 0 && (prefixed || at < 2) || prefixed && strings.HasPrefix(key, "ssl.")
}
