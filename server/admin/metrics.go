package admin

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"ordeal/cluster"
)

// Metrics serves /metrics for Prometheus: the server under ZooKeeper's names for what ZooKeeper has, the process, and
// Go.
func (d *Desk) Metrics(log *slog.Logger) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		gauges{d}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn), ErrorHandling: promhttp.HTTPErrorOnError,
	}))
	return mux
}

// gauges asks the node at every scrape: nothing is counted twice, and nothing without a scrape.
type gauges struct{ desk *Desk }

// metric is one number of the node's.
type metric struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(*cluster.Stats, *Desk) float64
}

// Describe implements prometheus.Collector.
func (g gauges) Describe(to chan<- *prometheus.Desc) {
	for _, m := range metrics {
		to <- m.desc
	}
	for _, l := range latencies {
		to <- l.desc
	}
	to <- stateDesc
}

// Collect implements prometheus.Collector.
func (g gauges) Collect(to chan<- prometheus.Metric) {
	s, err := g.desk.stats(context.Background())
	if err != nil {
		to <- prometheus.NewInvalidMetric(stateDesc, err)
		return
	}
	for _, m := range metrics {
		to <- prometheus.MustNewConstMetric(m.desc, m.kind, m.read(s, g.desk))
	}
	for _, l := range latencies {
		read := l.read(s)
		to <- prometheus.MustNewConstSummary(l.desc, read.Count, float64(read.Sum), nil)
	}
	for _, state := range []string{"leader", "follower", "observer", "standalone", cluster.ModeReadOnly, "looking"} {
		is := 0.0
		if s.State == state || s.State == "" && state == "looking" {
			is = 1
		}
		to <- prometheus.MustNewConstMetric(stateDesc, prometheus.GaugeValue, is, state)
	}
}

var stateDesc = prometheus.NewDesc("server_state", "1 for the state that the server is in.", []string{"state"}, nil)

var latencies = []struct {
	desc *prometheus.Desc
	read func(*cluster.Stats) cluster.Latency
}{
	{describe("readlatency", "How long reads took, in ms."), func(s *cluster.Stats) cluster.Latency { return s.Reads }},
	{describe("updatelatency", "How long writes took, in ms."),
		func(s *cluster.Stats) cluster.Latency { return s.Writes }},
}

func describe(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }

func gauge(name, help string, read func(*cluster.Stats) float64) metric {
	return metric{describe(name, help), prometheus.GaugeValue,
		func(s *cluster.Stats, _ *Desk) float64 { return read(s) }}
}

func counter(name, help string, read func(*cluster.Stats, *Desk) float64) metric {
	return metric{describe(name, help), prometheus.CounterValue, read}
}

var metrics = []metric{
	gauge("znode_count", "Znodes, the root twice as ZooKeeper counts it.",
		func(s *cluster.Stats) float64 { return float64(s.NodeCount) }),
	gauge("ephemerals_count", "Ephemeral znodes.",
		func(s *cluster.Stats) float64 { return float64(s.Figures.Ephemerals) }),
	gauge("approximate_data_size", "Bytes of all paths and data.",
		func(s *cluster.Stats) float64 { return float64(s.Figures.Bytes) }),
	gauge("watch_count", "Watches that clients of this server have.",
		func(s *cluster.Stats) float64 { return float64(s.Watches) }),
	gauge("global_sessions", "Sessions of the ensemble.",
		func(s *cluster.Stats) float64 { return float64(s.Sessions) }),
	gauge("local_sessions", "Sessions that only this server knows.",
		func(s *cluster.Stats) float64 { return float64(s.LocalSessions) }),
	gauge("num_alive_connections", "Clients' connections to this server.",
		func(s *cluster.Stats) float64 { return float64(s.Connections) }),
	gauge("outstanding_requests", "Requests that have no answer yet.",
		func(s *cluster.Stats) float64 { return float64(s.Outstanding) }),
	gauge("min_latency", "The quickest request's latency in ms.",
		func(s *cluster.Stats) float64 { return float64(s.All.Min) }),
	gauge("max_latency", "The slowest request's latency in ms.",
		func(s *cluster.Stats) float64 { return float64(s.All.Max) }),
	gauge("avg_latency", "The mean latency of requests in ms.", meanLatency),
	gauge("uptime", "Time since the server booted, in ms.",
		func(s *cluster.Stats) float64 { return float64(s.Uptime.Milliseconds()) }),
	gauge("quorum_size", "Servers that vote.", func(s *cluster.Stats) float64 { return float64(len(s.Voters)) }),
	gauge("learners", "As leader: the other servers that it hears from.",
		func(s *cluster.Stats) float64 { return float64(s.Followers + s.Observers) }),
	gauge("synced_followers", "As leader: the other servers that keep up.",
		func(s *cluster.Stats) float64 { return float64(s.Synced) }),
	gauge("last_zxid", "The newest transaction.", func(s *cluster.Stats) float64 { return float64(s.Zxid) }),
	gauge("raft_term", "The term of raft's that the server is in.",
		func(s *cluster.Stats) float64 { return float64(s.Term) }),
	gauge("raft_applied_index", "The newest entry of the log that was applied.",
		func(s *cluster.Stats) float64 { return float64(s.Applied) }),
	gauge("raft_last_index", "The newest entry of the log.",
		func(s *cluster.Stats) float64 { return float64(s.LastIndex) }),
	gauge("log_dir_size", "Bytes of the log on disk.", func(s *cluster.Stats) float64 { return float64(s.LogBytes) }),
	gauge("data_dir_size", "Bytes of the newest snapshot on disk.",
		func(s *cluster.Stats) float64 { return float64(s.SnapshotBytes) }),
	counter("packets_received", "Frames from clients.",
		func(s *cluster.Stats, _ *Desk) float64 { return float64(s.Received) }),
	counter("packets_sent", "Frames to clients.", func(s *cluster.Stats, _ *Desk) float64 { return float64(s.Sent) }),
	counter("sessions_ended", "Sessions that were closed or expired.",
		func(s *cluster.Stats, _ *Desk) float64 { return float64(s.SessionsEnded) }),
	counter("connection_rejected", "Connections over the limit of one address.",
		func(_ *cluster.Stats, d *Desk) float64 { return float64(d.Machine.Counters().Refused) }),
	counter("connection_silent", "Connections that sent no whole handshake in time.",
		func(s *cluster.Stats, d *Desk) float64 { return float64(s.Unfinished + d.Machine.Counters().Silent) }),
	counter("connection_garbage", "Connections that were closed for what they sent.",
		func(s *cluster.Stats, d *Desk) float64 { return float64(s.Garbage + d.Machine.Counters().Garbage) }),
	counter("connection_slow_reader", "Connections that were closed since they left too much unread.",
		func(_ *cluster.Stats, d *Desk) float64 { return float64(d.Machine.Counters().SlowReaders) }),
	counter("connection_paused", "How often a connection was not read from, since too many requests were outstanding.",
		func(s *cluster.Stats, _ *Desk) float64 { return float64(s.Paused) }),
	counter("tls_handshake_failed", "Connections on which no TLS came about.",
		func(_ *cluster.Stats, d *Desk) float64 { return float64(d.Machine.Counters().TLSFailed) }),
	counter("peer_corrupt", "Messages of other servers that were dropped for their checksum.",
		func(s *cluster.Stats, _ *Desk) float64 { return float64(s.PeersCorrupt) }),
	counter("peer_refused", "Callers on the port for other servers that are none.",
		func(_ *cluster.Stats, d *Desk) float64 { return float64(d.Machine.Counters().PeersRefused) }),
}

func meanLatency(s *cluster.Stats) float64 {
	if s.All.Count == 0 {
		return 0
	}
	return float64(s.All.Sum) / float64(s.All.Count)
}
