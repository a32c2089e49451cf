package etcd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"ordeal/cluster"
	"ordeal/cluster/etcdwire"
	"ordeal/host"
)

// newPages is everything that is HTTP on the clients' port: the gateway, health, version and metrics.
func newPages(f *front, c Config, g *gateway, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(path, g)
	mux.Handle(betaPath, g)
	mux.HandleFunc("/version", version)
	mux.Handle("/", newProbes(f, log))
	return cors(c.CORS, mux)
}

// newProbes is health and metrics.
func newProbes(f *front, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/health", f.health)
	mux.HandleFunc("/livez", f.probe(func(*http.Request) string { return "" }))
	mux.HandleFunc("/readyz", f.probe(func(r *http.Request) string { return f.unready(r.Context(), true) }))
	registry := prometheus.NewRegistry()
	registry.MustRegister(figures{f})
	mux.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}))
	return mux
}

// cors says who else's pages may call: with "*", all.
func cors(origins []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		switch {
		case slices.Contains(origins, "*"):
			origin = "*"
		case !slices.Contains(origins, origin):
			origin = ""
		}
		if origin != "" {
			w.Header().Set("Access-Control-Allow-Methods", "POST, GET, OPTIONS, PUT, DELETE")
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Allow-Headers", "accept, content-type, authorization")
		}
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusOK)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func version(w http.ResponseWriter, r *http.Request) {
	if !get(w, r) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"etcdserver":%q,"etcdcluster":"3.6.0","storage":"3.6.0"}`, Version)
}

func get(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return false
	}
	return true
}

// healthPatience is how long a server may take to read, until it is not healthy.
const healthPatience = 5 * time.Second

// health answers as etcd does: "health" is a text.
func (f *front) health(w http.ResponseWriter, r *http.Request) {
	if !get(w, r) {
		return
	}
	h := struct {
		Health string `json:"health"`
		Reason string `json:"reason"`
	}{Health: "true"}
	asked := r.URL.Query()
	if h.Reason = f.unready(r.Context(), asked.Get("serializable") != "true", asked["exclude"]...); h.Reason != "" {
		h.Health = "false"
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	b, err := json.Marshal(h)
	if err != nil {
		panic("etcd: " + err.Error())
	}
	_, _ = w.Write(b) // who does not read it has gone
}

// unready says why a server can't serve; "" if it can. Alarms of the kinds that are excluded are no reason.
func (f *front) unready(ctx context.Context, linearizable bool, excluded ...string) string {
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	var st cluster.EtcdState
	if !f.machine.Do(func(p host.Program) { st = p.(*cluster.Node).EtcdState() }) {
		return "SERVER STOPPED"
	}
	for _, a := range st.Alarms {
		if !slices.Contains(excluded, a.Alarm.String()) {
			return "ALARM " + a.Alarm.String()
		}
	}
	if linearizable && st.Leader == 0 {
		return "RAFT NO LEADER"
	}
	err := f.ask(ctx, cluster.EtcdHead{}, etcdwire.MethodRange,
		&etcdwire.RangeRequest{Key: []byte("health"), Limit: 1, Serializable: !linearizable}, &etcdwire.RangeResponse{})
	// That a user has to say who it is, is an answer.
	if failed, ok := err.(failure); err != nil && !(ok && failed.status == etcdwire.ErrUserEmpty) {
		return "RANGE ERROR:" + err.Error()
	}
	return ""
}

// probe answers with ok, or with what is wrong.
func (f *front) probe(wrong func(r *http.Request) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !get(w, r) {
			return
		}
		if reason := wrong(r); reason != "" {
			http.Error(w, "[-]serializable_read failed: "+reason, http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ok\n") // who does not read it has gone
	}
}

// figures are the metrics that tools read, under etcd's names. They are asked for anew at every scrape.
type figures struct{ f *front }

// Describe implements prometheus.Collector: what there is, is not said before.
func (figures) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c figures) Collect(out chan<- prometheus.Metric) {
	var st cluster.EtcdState
	if !c.f.machine.Do(func(p host.Program) { st = p.(*cluster.Node).EtcdState() }) {
		return
	}
	flag := func(v bool) float64 {
		if v {
			return 1
		}
		return 0
	}
	for _, one := range []struct {
		name, help string
		kind       prometheus.ValueType
		value      float64
	}{
		{"etcd_server_has_leader", "Whether a leader is known.", prometheus.GaugeValue, flag(st.Leader != 0)},
		{"etcd_server_is_leader", "Whether this server leads.", prometheus.GaugeValue, flag(st.Leader == st.ID)},
		{"etcd_server_is_learner", "Whether this server has no vote.", prometheus.GaugeValue, flag(st.Learner)},
		{"etcd_server_proposals_applied_total", "Entries that were applied.", prometheus.GaugeValue, float64(st.Applied)},
		{"etcd_server_proposals_committed_total", "Entries known to be committed.", prometheus.GaugeValue,
			float64(st.Committed)},
		{"etcd_server_proposals_pending", "Requests on their way into the log.", prometheus.GaugeValue,
			float64(st.Pending)},
		{"etcd_server_quota_backend_bytes", "How large the store may get.", prometheus.GaugeValue, float64(st.Quota)},
		{"etcd_mvcc_db_total_size_in_bytes", "The size of keys and values.", prometheus.GaugeValue, float64(st.Size)},
		{"etcd_mvcc_db_total_size_in_use_in_bytes", "The same: nothing else is kept.", prometheus.GaugeValue,
			float64(st.Size)},
		{"etcd_debugging_mvcc_keys_total", "How many keys there are.", prometheus.GaugeValue, float64(st.Keys)},
		{"etcd_debugging_mvcc_current_revision", "The revision.", prometheus.GaugeValue, float64(st.Revision)},
		{"etcd_debugging_mvcc_compact_revision", "The compacted revision.", prometheus.GaugeValue,
			float64(st.Compacted)},
		{"etcd_debugging_mvcc_watcher_total", "How many watches there are.", prometheus.GaugeValue,
			float64(st.Watchers)},
		{"etcd_debugging_mvcc_slow_watcher_total", "Those that are behind.", prometheus.GaugeValue, float64(st.Slow)},
	} {
		desc := prometheus.NewDesc(one.name, one.help, nil, nil)
		out <- prometheus.MustNewConstMetric(desc, one.kind, one.value)
	}
	out <- prometheus.MustNewConstMetric(prometheus.NewDesc("etcd_server_version", "The server's version.",
		[]string{"server_version"}, nil), prometheus.GaugeValue, 1, Version)
}
