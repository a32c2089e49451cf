package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ordeal/server/etcd"
	"ordeal/testbed/command"
)

// etcdPrefix is that of the environment variables, which are named after the flags: ETCD_DATA_DIR is --data-dir.
const etcdPrefix = "ETCD_"

// Where `ordeal etcd --dev` listens: etcd's port, or any.
const (
	etcdDevURL = "http://127.0.0.1:2379"
	etcdAnyURL = "http://127.0.0.1:0"
)

func etcdCommand() *cobra.Command {
	config := etcd.DefaultConfig()
	var dev bool
	c := &cobra.Command{
		Use:   "etcd [flags of etcd] | --dev",
		Short: "runs one real server for etcd's clients: gRPC, and JSON over HTTP",
		Long: `etcd runs one server of the service for etcd's clients until it is interrupted: gRPC and its JSON
gateway on one port. Its flags are those of etcd that mean something here, and so are the environment variables
(` + etcdPrefix + `DATA_DIR is --data-dir); a flag goes before a variable. --dev is a server that stands alone on
` + etcdDevURL + ` (or another port, if that one is taken), with its data in a temporary folder that goes when
it ends.`,
		Args:    command.ExactArgs(0, "no argument"),
		Version: etcd.Version,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := etcdEnvironment(cmd.Flags()); err != nil {
				return command.Usage(err)
			}
			level, err := etcdLevel(cmd.Flags().Lookup("log-level").Value.String())
			if err != nil {
				return command.Usage(err)
			}
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
			if dev {
				return etcdDev(cmd, config, log)
			}
			if config.DataDir == "" {
				config.DataDir = config.Name + ".etcd"
			}
			if err := config.Check(); err != nil {
				return command.Usage(err)
			}
			return etcdServe(cmd, config, log)
		},
	}
	c.SetVersionTemplate("etcd Version: {{.Version}}\n")
	etcdFlags(c.Flags(), &config)
	c.Flags().BoolVar(&dev, "dev", false, "a server that stands alone on loopback, in a temporary folder")
	return c
}

func etcdFlags(f *pflag.FlagSet, c *etcd.Config) {
	f.StringVar(&c.Name, "name", c.Name, "the server's name")
	f.StringVar(&c.DataDir, "data-dir", "", "where its data is (default NAME.etcd)")
	f.StringSliceVar(&c.ListenClientURLs, "listen-client-urls", c.ListenClientURLs, "where clients connect")
	f.StringSliceVar(&c.AdvertiseClientURLs, "advertise-client-urls", c.AdvertiseClientURLs, "where clients are told to")
	f.StringSliceVar(&c.ListenPeerURLs, "listen-peer-urls", c.ListenPeerURLs, "where the other servers connect")
	f.StringSliceVar(&c.InitialAdvertisePeerURLs, "initial-advertise-peer-urls", c.InitialAdvertisePeerURLs,
		"where they are told to")
	f.StringSliceVar(&c.ListenHTTPURLs, "listen-client-http-urls", nil, "where HTTP is besides")
	f.StringSliceVar(&c.ListenMetricsURLs, "listen-metrics-urls", nil, "where health and metrics are besides")
	f.StringVar(&c.InitialCluster, "initial-cluster", "", "name=URL of every server, by commas (default itself)")
	f.StringVar(&c.InitialClusterToken, "initial-cluster-token", c.InitialClusterToken, "what tells clusters apart")
	f.StringVar(&c.InitialClusterState, "initial-cluster-state", c.InitialClusterState,
		"new, or existing for a server that was added")
	f.Var(not{&c.LaxReconfig}, "strict-reconfig-check", "members change only while enough servers are there")
	f.Lookup("strict-reconfig-check").NoOptDefVal = "true"
	f.Var(milliseconds{&c.ElectionTimeout}, "election-timeout", "after how long without a leader one is elected, in ms")
	f.Uint64Var(&c.SnapshotCount, "snapshot-count", c.SnapshotCount, "how many entries are between two snapshots")
	f.StringVar(&c.AutoCompactionMode, "auto-compaction-mode", c.AutoCompactionMode, "periodic or revision")
	f.StringVar(&c.AutoCompactionRetention, "auto-compaction-retention", c.AutoCompactionRetention,
		"what a compaction leaves: a time, or hours, or revisions; 0 is no compaction")
	f.Int64Var(&c.QuotaBackendBytes, "quota-backend-bytes", c.QuotaBackendBytes, "how large the store may get")
	f.IntVar(&c.MaxTxnOps, "max-txn-ops", c.MaxTxnOps, "how many operations a transaction may have")
	f.IntVar(&c.MaxRequestBytes, "max-request-bytes", c.MaxRequestBytes, "how large a request may be")
	f.Uint32Var(&c.MaxConcurrentStreams, "max-concurrent-streams", c.MaxConcurrentStreams, "streams of a connection")
	f.DurationVar(&c.ProgressNotifyInterval, "watch-progress-notify-interval", c.ProgressNotifyInterval,
		"how often watches that want it are told how far they are")
	f.StringSliceVar(&c.CORS, "cors", c.CORS, "whose pages may call")
	f.StringVar(&c.Client.CertFile, "cert-file", "", "the certificate for clients")
	f.StringVar(&c.Client.KeyFile, "key-file", "", "its key")
	f.StringVar(&c.Client.TrustedCAFile, "trusted-ca-file", "", "who vouches for clients")
	f.BoolVar(&c.Client.ClientCertAuth, "client-cert-auth", false, "clients must show a certificate")
	f.BoolVar(&c.Client.Auto, "auto-tls", false, "make a certificate for clients")
	f.StringVar(&c.Peer.CertFile, "peer-cert-file", "", "the certificate for other servers")
	f.StringVar(&c.Peer.KeyFile, "peer-key-file", "", "its key")
	f.StringVar(&c.Peer.TrustedCAFile, "peer-trusted-ca-file", "", "who vouches for other servers")
	f.BoolVar(&c.Peer.ClientCertAuth, "peer-client-cert-auth", false, "other servers must show a certificate")
	f.BoolVar(&c.Peer.Auto, "peer-auto-tls", false, "make a certificate for other servers, and ask for none of theirs")
	f.StringVar(&c.AuthToken, "auth-token", c.AuthToken, "simple, or jwt,pub-key=F,priv-key=F,sign-method=RS256,ttl=10m")
	f.Var(seconds{&c.AuthTokenTTL}, "auth-token-ttl", "for how long a simple token is good that is not used, in s")
	f.IntVar(&c.BcryptCost, "bcrypt-cost", c.BcryptCost, "the cost of the hashes of passwords")
	f.BoolVar(&c.UnknownWords, "gateway-unknown-words", false, "the gateway takes words that it does not know for none")
	f.String("log-level", "info", "debug, info, warn or error")
	for _, name := range etcdWithout {
		for _, name := range []string{name, "experimental-" + name} {
			f.String(name, "", "taken, and without effect")
			f.Lookup(name).NoOptDefVal = "true"
			f.Lookup(name).Hidden = true
		}
	}
}

// etcdWithout are the flags of etcd that are about parts which this server does not have, or that it does anyhow; each
// with its older name, too, which begins with experimental.
var etcdWithout = []string{
	"heartbeat-interval", "initial-election-tick-advance", "pre-vote", "max-snapshots", "max-wals",
	"snapshot-catchup-entries", "unsafe-no-fsync", "backend-batch-interval", "backend-batch-limit",
	"backend-bbolt-freelist-type", "bootstrap-defrag-threshold-megabytes", "memory-mlock", "compaction-batch-limit",
	"compaction-sleep-interval", "compact-hash-check-enabled", "compact-hash-check-time", "corrupt-check-time",
	"downgrade-check-time", "warning-apply-duration", "warning-unary-request-duration", "logger", "log-outputs",
	"log-format", "enable-log-rotation", "enable-pprof", "metrics", "grpc-keepalive-min-time", "grpc-keepalive-interval",
	"grpc-keepalive-timeout", "initial-corrupt-check", "enable-lease-checkpoint", "enable-lease-checkpoint-persist",
	"txn-mode-write-with-shared-buffer", "stop-grpc-service-on-defrag", "socket-reuse-port", "socket-reuse-address",
	"v2-deprecation", "feature-gates",
}

func etcdLevel(text string) (level slog.Level, err error) {
	err = level.UnmarshalText([]byte(text))
	return level, err
}

// milliseconds and seconds are durations as etcd's flags have them.
type (
	milliseconds struct{ d *time.Duration }
	seconds      struct{ d *time.Duration }
)

func (m milliseconds) String() string     { return inUnits(m.d, time.Millisecond) }
func (m milliseconds) Set(s string) error { return ofUnits(m.d, s, time.Millisecond) }
func (milliseconds) Type() string         { return "uint" }
func (m seconds) String() string          { return inUnits(m.d, time.Second) }
func (m seconds) Set(s string) error      { return ofUnits(m.d, s, time.Second) }
func (seconds) Type() string              { return "uint" }

// not is a flag that says the opposite of what is set.
type not struct{ value *bool }

func (n not) String() string { return strconv.FormatBool(n.value == nil || !*n.value) }
func (n not) Set(s string) error {
	v, err := strconv.ParseBool(s)
	*n.value = !v
	return err
}
func (not) Type() string { return "bool" }

func inUnits(d *time.Duration, unit time.Duration) string {
	if d == nil {
		return "0"
	}
	return fmt.Sprint(int64(*d / unit))
}

func ofUnits(d *time.Duration, s string, unit time.Duration) error {
	var n uint32
	if _, err := fmt.Sscanf(s+"\n", "%d\n", &n); err != nil || n == 0 {
		return fmt.Errorf("%q is no positive number", s)
	}
	*d = time.Duration(n) * unit
	return nil
}

// etcdEnvironment sets the flags that the environment has and the command line has not.
func etcdEnvironment(f *pflag.FlagSet) (err error) {
	f.VisitAll(func(one *pflag.Flag) {
		name := etcdPrefix + strings.ReplaceAll(strings.ToUpper(one.Name), "-", "_")
		if value := os.Getenv(name); value != "" && !one.Changed && one.Name != "dev" && one.Name != "help" {
			if e := f.Set(one.Name, value); e != nil {
				err = errors.Join(err, fmt.Errorf("%s: %w", name, e))
			}
		}
	})
	return err
}

func etcdDev(cmd *cobra.Command, config etcd.Config, log *slog.Logger) (err error) {
	dir, err := os.MkdirTemp("", "ordeal-etcd-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	config.DataDir = dir
	if !cmd.Flags().Changed("listen-peer-urls") {
		config.ListenPeerURLs = nil
	}
	if !cmd.Flags().Changed("listen-client-urls") {
		config.ListenClientURLs = []string{etcdDevURL}
	}
	err = etcdServe(cmd, config, log)
	if errors.Is(err, syscall.EADDRINUSE) && !cmd.Flags().Changed("listen-client-urls") {
		log.Info("another port is taken, since " + etcdDevURL + " is in use")
		config.ListenClientURLs = []string{etcdAnyURL}
		err = etcdServe(cmd, config, log)
	}
	return err
}

// etcdGarbage is little: a server of etcd's API has its keys in memory, often very many.
var etcdGarbage = garbage{least: 64 << 20, share: 25}

func etcdServe(cmd *cobra.Command, config etcd.Config, log *slog.Logger) error {
	s, err := etcd.Start(config, log)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM)
	defer stop()
	go etcdGarbage.tend(ctx)
	fmt.Fprintf(cmd.OutOrStdout(), "serving clients on %s\n", s.ClientAddr())
	return s.Wait(ctx)
}
