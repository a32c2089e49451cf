package admin

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/zoocfg"
)

func resetConnections(_ *Desk, n *cluster.Node) fields {
	n.ResetConnectionStats()
	return nil
}

func resetStats(_ *Desk, n *cluster.Node) fields {
	n.ResetStats()
	return nil
}

// settingNames are the names that ZooKeeper's JSON has for those of zoo.cfg.
var settingNames = []struct{ setting, name string }{
	{"clientPort", "client_port"}, {"dataDir", "data_dir"},
	{"dataLogDir", "data_log_dir"}, {"tickTime", "tick_time"}, {"maxClientCnxns", "max_client_cnxns"},
	{"minSessionTimeout", "min_session_timeout"}, {"maxSessionTimeout", "max_session_timeout"},
	{"serverId", "server_id"},
	{"clientPortListenBacklog", "client_port_listen_backlog"},
}

func configuration(d *Desk, _ *cluster.Node) fields {
	var answer fields
	for _, s := range settingNames {
		for _, f := range d.Node.Operator.Settings {
			if f.Key == s.setting {
				answer = append(answer, field{s.name, numberOrText(f.Value)})
			}
		}
	}
	return answer
}

func numberOrText(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	return text
}

func connections(_ *Desk, n *cluster.Node) fields {
	plain, encrypted := []fields{}, []fields{}
	for _, c := range n.Connections() {
		list := &plain
		if c.Encrypted {
			list = &encrypted
		}
		one := briefly(c)
		if c.Session != 0 {
			one = append(one, fields{
				{"session_id", c.Session}, {"last_operation", c.LastOp}, {"established", stamp(c.EstablishedMs)},
				{"session_timeout", c.TimeoutMs}, {"last_cxid", c.LastXid}, {"last_zxid", c.LastZxid},
				{"last_response_time", c.LastAtMs}, {"last_latency", c.LastLatency}, {"min_latency", c.Latency.Min},
				{"avg_latency", mean(c.Latency)}, {"max_latency", c.Latency.Max},
			}...)
		}
		*list = append(*list, one)
	}
	return fields{{"connections", plain}, {"secure_connections", encrypted}}
}

// briefly is what the command stats shows of a connection.
func briefly(c cluster.ConnStats) fields {
	return fields{
		{"remote_socket_address", c.Peer}, {"interest_ops", 1}, {"outstanding_requests", c.Queued},
		{"packets_received", c.Received}, {"packets_sent", c.Sent},
	}
}

// stamp writes an instant as ZooKeeper's JSON does.
func stamp(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000-07:00") }

// mean is a latency's mean in whole ms.
func mean(l cluster.Latency) int64 {
	if l.Count == 0 {
		return 0
	}
	return l.Sum / int64(l.Count)
}

func dirs(_ *Desk, n *cluster.Node) fields {
	s := n.Stats()
	return fields{{"datadir_size", s.SnapshotBytes}, {"logdir_size", s.LogBytes}}
}

func dump(_ *Desk, n *cluster.Node) fields {
	expiries, ephemerals := fields{}, fields{}
	for _, d := range n.Deadlines() {
		expiries = append(expiries, field{strconv.FormatInt(d.AtMs, 10), d.Sessions})
	}
	for _, e := range n.Ephemerals() {
		ephemerals = append(ephemerals, field{strconv.FormatInt(e.Session, 10), e.Paths})
	}
	return fields{{"expiry_time_to_session_ids", expiries}, {"session_id_to_ephemeral_paths", ephemerals}}
}

func environment(d *Desk, _ *cluster.Node) fields {
	answer := fields{{"zookeeper.version", d.Node.Operator.Version}}
	for _, f := range d.Node.Operator.Environment {
		answer = append(answer, field{f.Key, f.Value})
	}
	return answer
}

func traceMask(_ *Desk, n *cluster.Node) fields { return fields{{"tracemask", n.TraceMask()}} }

// digestVersion says how a state is hashed, to whoever compares digests: not as ZooKeeper does, whose number is 2.
const digestVersion = 1000

func hash(_ *Desk, n *cluster.Node) fields {
	s := n.Status()
	return fields{{"digests", []fields{{{"zxid", s.Zxid}, {"digest", int64(s.StateHash)},
		{"digest_version", digestVersion}}}}}
}

func initialConfiguration(d *Desk, _ *cluster.Node) fields {
	return fields{{"initial_configuration", d.Text}}
}

func isReadOnly(_ *Desk, n *cluster.Node) fields {
	return fields{{"read_only", n.Stats().State == cluster.ModeReadOnly}}
}

func lastSnapshot(_ *Desk, n *cluster.Node) fields {
	s := n.NewestSnapshot()
	seconds := s.SavedMs
	if seconds >= 0 {
		seconds /= 1000
	}
	return fields{{"zxid", strconv.FormatInt(s.Zxid, 16)}, {"timestamp", seconds}}
}

func monitor(_ *Desk, n *cluster.Node) fields {
	var answer fields
	for _, f := range n.Monitor(0) {
		value := numberOrText(f.Value)
		if _, err := strconv.ParseFloat(f.Value, 64); err == nil && strings.Contains(f.Value, ".") {
			value = json.Number(f.Value)
		}
		answer = append(answer, field{strings.TrimPrefix(f.Key, "zk_"), value})
	}
	return answer
}

// observers lists those that this server leads.
func observers(_ *Desk, n *cluster.Node) fields {
	list := []fields{}
	for _, m := range n.Members() {
		if m.Observer && n.Status().Leading {
			list = append(list, fields{{"remote_socket_address", addressOf(n, m.ID)},
				{"sid", numberOrText(zoocfg.Number(m.ID))}})
		}
	}
	return fields{{"synced_observers", n.Stats().SyncedObservers}, {"observers", list}}
}

func serverStats(d *Desk, n *cluster.Node) fields {
	s := n.Stats()
	answer := fields{
		{"version", d.Node.Operator.Version}, {"read_only", s.State == cluster.ModeReadOnly},
		{"server_stats", fields{
			{"packets_sent", s.Sent}, {"packets_received", s.Received},
			{"fsync_threshold_exceed_count", d.Machine.Counters().SlowSyncs}, {"client_response_stats", sizes(s.Answers)},
			{"max_latency", s.All.Max}, {"min_latency", s.All.Min},
			{"avg_latency", json.Number(s.All.Mean)}, {"server_state", s.State}, {"data_dir_size", s.SnapshotBytes},
			{"log_dir_size", s.LogBytes},
			{"last_processed_zxid", s.Zxid}, {"outstanding_requests", s.Outstanding},
			{"num_alive_client_connections", s.Connections},
			{"uptime", s.Uptime.Milliseconds()}, {"provider_null", false},
			{"auth_failed_count", s.AuthFailed}, {"non_mtlsremote_conn_count", s.PlainFar},
			{"non_mtlslocal_conn_count", s.PlainNear},
		}},
		{"client_response", sizes(s.Answers)},
	}
	if s.Leading && s.State != cluster.ModeStandalone {
		answer = append(answer, field{"proposal_stats", sizes(s.Proposals)})
	}
	return append(answer, field{"node_count", s.NodeCount})
}

func sizes(s cluster.Sizes) fields {
	return fields{{"last_buffer_size", s.Last}, {"min_buffer_size", s.Min}, {"max_buffer_size", s.Max}}
}

func stats(d *Desk, n *cluster.Node) fields {
	plain, encrypted := []fields{}, []fields{}
	for _, c := range n.Connections() {
		list := &plain
		if c.Encrypted {
			list = &encrypted
		}
		*list = append(*list, briefly(c))
	}
	return append(serverStats(d, n), field{"connections", plain}, field{"secure_connections", encrypted})
}

func watchSummary(_ *Desk, n *cluster.Node) fields {
	paths, total := n.WatchesByPath(), 0
	for _, p := range paths {
		total += len(p.Sessions)
	}
	return fields{{"num_connections", len(n.WatchesBySession())}, {"num_paths", len(paths)},
		{"num_total_watches", total}}
}

func watches(_ *Desk, n *cluster.Node) fields {
	answer := fields{}
	for _, s := range n.WatchesBySession() {
		answer = append(answer, field{strconv.FormatInt(s.Session, 10), s.Paths})
	}
	return fields{{"session_id_to_watched_paths", answer}}
}

func watchesByPath(_ *Desk, n *cluster.Node) fields {
	answer := fields{}
	for _, p := range n.WatchesByPath() {
		answer = append(answer, field{p.Path, p.Sessions})
	}
	return fields{{"path_to_session_ids", answer}}
}
