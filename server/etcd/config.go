// Package etcd serves etcd's API on the real machine: gRPC and its JSON gateway on one port, with TLS, health, version
// and metrics. It carries the messages between sockets and the node as they are (package cluster serves them), and does
// what takes long or needs the real machine: passwords, signed tokens, the services Lock and Election, which wait.
package etcd

import (
	"cmp"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/etcdwire"
	"ordeal/host/oshost"
)

// Version is that of the etcd whose answers this server gives, and what it calls itself: tools decide by it what they
// may ask for.
const Version = "3.6.16"

// Config is what a server is told, in etcd's terms. DefaultConfig has etcd's defaults.
type Config struct {
	Name, DataDir string
	// URLs are as http://host:port or https://host:port.
	ListenClientURLs, AdvertiseClientURLs []string
	// A server that listens for no peers stays alone.
	ListenPeerURLs, InitialAdvertisePeerURLs []string
	// ListenHTTPURLs and ListenMetricsURLs are where HTTP is served besides: all of it at the first, health and metrics
	// at the second.
	ListenHTTPURLs, ListenMetricsURLs []string
	// InitialCluster is name=peer URL of all servers, by commas. Their numbers are by the order of their names.
	InitialCluster, InitialClusterToken string
	// InitialClusterState is new, or existing for a server that MemberAdd has added.
	InitialClusterState string
	// LaxReconfig lets clients change the members although not enough servers are known to be there.
	LaxReconfig     bool
	ElectionTimeout time.Duration
	SnapshotCount   uint64
	// AutoCompactionMode is periodic or revision. The retention of the first is a time, or hours; 0 is no compaction.
	AutoCompactionMode, AutoCompactionRetention string
	QuotaBackendBytes                           int64
	MaxTxnOps                                   int
	MaxRequestBytes                             int
	MaxConcurrentStreams                        uint32
	ProgressNotifyInterval                      time.Duration
	CORS                                        []string
	Client, Peer                                TLS
	// AuthToken is simple, or jwt with its options. BcryptCost is that of hashes of passwords.
	AuthToken    string
	AuthTokenTTL time.Duration
	BcryptCost   int
	// UnknownWords has the gateway take words of a request that it does not know for none, as etcd does. Otherwise such
	// a request is refused.
	UnknownWords bool
}

// TLS are the files of one side's certificates. Without CertFile there is no TLS, unless Auto has the server make a
// certificate at each start: one that no one vouches for, so that servers which have such do not ask who others are.
type TLS struct {
	CertFile, KeyFile, TrustedCAFile string
	ClientCertAuth, Auto             bool
}

// DefaultConfig is etcd's.
func DefaultConfig() Config {
	return Config{
		Name: "default", ListenClientURLs: []string{"http://localhost:2379"},
		AdvertiseClientURLs: []string{"http://localhost:2379"}, ListenPeerURLs: []string{"http://localhost:2380"},
		InitialAdvertisePeerURLs: []string{"http://localhost:2380"}, InitialClusterToken: "etcd-cluster",
		InitialClusterState: clusterNew,
		ElectionTimeout:     time.Second, SnapshotCount: 10_000, AutoCompactionMode: "periodic", AutoCompactionRetention: "0",
		QuotaBackendBytes: 2 << 30, MaxTxnOps: 128, MaxRequestBytes: 3 << 19, ProgressNotifyInterval: 10 * time.Minute,
		MaxConcurrentStreams: 1<<32 - 1, CORS: []string{"*"}, AuthToken: "simple", AuthTokenTTL: 5 * time.Minute,
		BcryptCost: 10,
	}
}

// member is one server of the initial cluster.
type member struct {
	Name string   `json:"name"`
	URLs []string `json:"urls"` // for peers
}

// membersOf reads an initial cluster. A name may stand in it more than once, with another URL each time.
func (c Config) membersOf() ([]member, error) {
	text := cmp.Or(c.InitialCluster, c.Name+"="+strings.Join(c.InitialAdvertisePeerURLs, ","+c.Name+"="))
	var list []member
	for _, one := range strings.Split(text, ",") {
		name, u, ok := strings.Cut(strings.TrimSpace(one), "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("initial-cluster: %q is not name=URL", one)
		}
		if _, err := hostPort(u); err != nil {
			return nil, fmt.Errorf("initial-cluster: %w", err)
		}
		if at := slices.IndexFunc(list, func(m member) bool { return m.Name == name }); at >= 0 {
			list[at].URLs = append(list[at].URLs, u)
		} else {
			list = append(list, member{name, []string{u}})
		}
	}
	slices.SortFunc(list, func(a, b member) int { return strings.Compare(a.Name, b.Name) })
	if len(list) > membersMax {
		return nil, fmt.Errorf("initial-cluster: %d servers are more than %d", len(list), membersMax)
	}
	return list, nil
}

// membersMax is how many servers an ensemble may have.
const membersMax = 255

// hostPort is where a URL is found.
func hostPort(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Port() == "" || u.Path != "" && u.Path != "/" {
		return "", fmt.Errorf("%q is not http://host:port or https://host:port", text)
	}
	return u.Host, nil
}

func isTLS(text string) bool { return strings.HasPrefix(text, "https://") }

// founding is what the flags say of a new cluster.
func (c Config) founding() (s standing, err error) {
	members, err := c.membersOf()
	if err != nil {
		return s, err
	}
	self := slices.IndexFunc(members, func(m member) bool { return m.Name == c.Name })
	if self < 0 {
		return s, fmt.Errorf("initial-cluster: %q, the server's own name, is not in it", c.Name)
	}
	return standing{uint64(self + 1), members, clusterID(members, c.InitialClusterToken)}, nil
}

// configs are what the node and the machine are told, and how signed tokens are looked at (see tokens).
func (c Config) configs(s standing) (
	node cluster.Config, machine oshost.Config, verify func(string) signed, err error,
) {
	node = cluster.Config{
		ID: s.Number, Members: s.nodeMembers(), TickTime: c.ElectionTimeout, SnapshotEvery: c.SnapshotCount,
		Etcd: cluster.Etcd{
			On: true, ClusterID: s.ClusterID, Name: c.Name, Version: Version,
			PeerURLs: c.InitialAdvertisePeerURLs, ClientURLs: c.AdvertiseClientURLs, QuotaBytes: c.QuotaBackendBytes,
			RequestBytesMax: c.MaxRequestBytes, TxnOpsMax: c.MaxTxnOps, ProgressEvery: c.ProgressNotifyInterval,
			TokenTTL: c.AuthTokenTTL, LaxReconfig: c.LaxReconfig,
		},
	}
	var addrs []string
	for i, m := range s.Members {
		addr, err := hostPort(m.URLs[0])
		if err != nil {
			return node, machine, verify, fmt.Errorf("initial-cluster: %w", err)
		}
		addrs = append(addrs, addr)
		node.Etcd.Founders = append(node.Etcd.Founders, etcdwire.Member{
			ID: uint64(i + 1), Name: m.Name, PeerURLs: m.URLs,
		})
	}
	if len(addrs) > 0 {
		if node.Announce, err = cluster.EnsembleOf(addrs); err != nil {
			return node, machine, verify, fmt.Errorf("initial-cluster: %w", err)
		}
	}
	if err := c.compaction(&node.Etcd); err != nil {
		return node, machine, verify, err
	}
	if verify, err = c.tokens(&node.Etcd); err != nil {
		return node, machine, verify, err
	}
	machine = oshost.Config{
		Self: cluster.ServerName(node.ID), Cluster: c.InitialClusterToken, DataDir: c.DataDir, Peers: s.peers(),
	}
	if len(c.ListenPeerURLs) == 0 && len(s.Members) == 1 {
		node.Announce = nil // it stays alone
		return node, machine, verify, nil
	}
	if machine.PeerListen, err = hostPort(first(c.ListenPeerURLs)); err != nil {
		return node, machine, verify, fmt.Errorf("listen-peer-urls: %w", err)
	}
	machine.PeerTLS, err = c.peerTLS()
	return node, machine, verify, err
}

// peerTLS is what servers speak with each other; nil in the clear.
func (c Config) peerTLS() (*tls.Config, error) {
	if len(c.ListenPeerURLs) == 0 || !isTLS(c.ListenPeerURLs[0]) {
		return nil, nil
	}
	return c.Peer.load()
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// clusterID is a number that servers of the same founding have in common, and others hardly ever.
func clusterID(members []member, token string) uint64 {
	h := sha256.New()
	for _, m := range members {
		fmt.Fprintf(h, "%q%q", m.Name, m.URLs)
	}
	h.Write([]byte(token))
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// compaction reads what the leader compacts of its own accord.
func (c Config) compaction(node *cluster.Etcd) error {
	if c.AutoCompactionRetention == "0" || c.AutoCompactionRetention == "" {
		return nil
	}
	var n int64
	_, notNumber := fmt.Sscanf(c.AutoCompactionRetention+"\n", "%d\n", &n)
	switch c.AutoCompactionMode {
	case "revision":
		if notNumber != nil || n <= 0 {
			return fmt.Errorf("auto-compaction-retention: %q is no number of revisions", c.AutoCompactionRetention)
		}
		node.CompactKeep = n
	case "periodic":
		after, err := time.ParseDuration(c.AutoCompactionRetention)
		if notNumber == nil {
			after, err = time.Duration(n)*time.Hour, nil
		}
		if err != nil || after <= 0 {
			return fmt.Errorf("auto-compaction-retention: %q is no time", c.AutoCompactionRetention)
		}
		node.CompactAfter = after
	default:
		return fmt.Errorf("auto-compaction-mode: %q is neither periodic nor revision", c.AutoCompactionMode)
	}
	return nil
}

// Check says what is wrong with a configuration, keys and certificates included, without changing anything.
func (c Config) Check() error {
	if c.InitialClusterState != clusterNew && c.InitialClusterState != clusterExisting {
		return fmt.Errorf("initial-cluster-state: %q is neither new nor existing", c.InitialClusterState)
	}
	s, err := c.founding()
	if err != nil {
		return err
	}
	node, _, _, err := c.configs(s)
	if err != nil {
		return err
	}
	if err := node.Check(); err != nil {
		return err
	}
	if len(c.ListenClientURLs) == 0 {
		return errors.New("listen-client-urls: there is none")
	}
	for _, u := range slices.Concat(c.ListenClientURLs, c.ListenHTTPURLs, c.ListenMetricsURLs) {
		if _, err := hostPort(u); err != nil {
			return fmt.Errorf("a URL to listen on: %w", err)
		}
		if isTLS(u) {
			if _, err := c.Client.load(); err != nil {
				return err
			}
		}
	}
	return nil
}
