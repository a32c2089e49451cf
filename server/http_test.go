package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"ordeal/cluster/zoocfg"
	"ordeal/server"
)

// fetch gets a page, and its status.
func fetch(t *testing.T, url string) (string, int) {
	t.Helper()
	client := http.Client{Timeout: operatorPatience}
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), r.StatusCode
}

// command runs a command over HTTP.
func runCommand(t *testing.T, s *server.Server, name string) map[string]any {
	t.Helper()
	text, status := fetch(t, "http://"+s.AdminAddr()+"/commands/"+name)
	answer := make(map[string]any)
	if err := json.Unmarshal([]byte(text), &answer); err != nil || status != http.StatusOK {
		t.Fatalf("%s: status %d, %v\n%s", name, status, err, text)
	}
	return answer
}

// startWithPages starts a server that stands alone with HTTP for operators, and a client that has an ephemeral znode
// and a watch there.
func startWithPages(t *testing.T) (*server.Server, *zk.Conn) {
	t.Helper()
	text := "tickTime=500\nclientPort=0\nclientPortAddress=127.0.0.1\nadmin.serverPort=0\n" +
		"admin.serverAddress=127.0.0.1\n" +
		"metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\n" +
		"metricsProvider.httpPort=0\nmetricsProvider.httpHost=127.0.0.1\ndataDir=" +
		filepath.Join(t.TempDir(), "data") + "\n"
	config, err := zoocfg.Parse("zoo.cfg", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Start(config, 0, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for end := time.Now().Add(operatorPatience); ; time.Sleep(10 * time.Millisecond) {
		if _, status := fetch(t, "http://"+s.AdminAddr()+"/readyz"); status == http.StatusOK {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the server does not come to be ready")
		}
	}
	conn, _, err := zk.Connect([]string{s.ClientAddr()}, 10*time.Second, zk.WithLogInfo(false))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if _, err := conn.Create("/e", []byte("12345"), zk.FlagEphemeral, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := conn.GetW("/e"); err != nil {
		t.Fatal(err)
	}
	return s, conn
}

// TestCommandsOverHTTP runs every command that there is, and looks at what the answers say.
func TestCommandsOverHTTP(t *testing.T) {
	s, conn := startWithPages(t)
	index, _ := fetch(t, "http://"+s.AdminAddr()+"/commands")
	links := regexp.MustCompile(`<a href="/commands/([a-z_]+)">`).FindAllStringSubmatch(index, -1)
	if len(links) < 20 {
		t.Fatalf("the list of commands is\n%s", index)
	}
	for _, l := range links {
		name := l[1]
		answer := runCommand(t, s, name)
		if answer["command"] != name || answer["error"] != nil && name != "leader" && name != "set_trace_mask" &&
			name != "hand_over" {
			t.Errorf("%s: %v", name, answer)
		}
	}
	session := fmt.Sprint(conn.SessionID())
	for name, want := range map[string]string{
		"stat":                  `"node_count":6`,
		"srvr":                  `"server_state":"standalone"`,
		"server_stats":          `"client_response_stats":{"last_buffer_size":`,
		"stats":                 `"secure_connections":[]`,
		"hash":                  `"digest_version":1000`,
		"conf":                  `"tick_time":500`,
		"mntr":                  `"ephemerals_count":1`,
		"cons":                  `"session_id":` + session,
		"wchc":                  `"` + session + `":["/e"]`,
		"wchp":                  `"/e":[` + session + `]`,
		"wchs":                  `"num_total_watches":1`,
		"dump":                  `"` + session + `":["/e"]`,
		"isro":                  `"read_only":false`,
		"hand_over?to=300":      `"error":"to must be a server's number from 0 to 255, got 300"`,
		"hand_over":             `"error":"no other voter answers and has the log"`,
		"save_snapshot":         `"begun":`,
		"lead":                  `"error":"server is not initialized"`,
		"icfg":                  `metricsProvider.httpPort=0`,
		"lsnp":                  `"timestamp":`, // one may just have been asked for
		"envi":                  `"zookeeper.version":"3.8.0-ordeal`,
		"voting_view":           `"current_config":{}`,
		"stmk?traceMask=5":      `"tracemask":5`,
		"stmk?traceMask=x":      `"error":"setTraceMask requires long traceMask argument, got x"`,
		"nonsense":              `"error":"Unknown command: nonsense"`,
		"connection_stat_reset": `"error":null`,
	} {
		text, _ := fetch(t, "http://"+s.AdminAddr()+"/commands/"+name)
		flat := regexp.MustCompile(`\n *`).ReplaceAllString(strings.ReplaceAll(text, `": `, `":`), "")
		if !strings.Contains(flat, want) {
			t.Errorf("%s lacks %s:\n%s", name, want, text)
		}
	}
}

func TestMetrics(t *testing.T) {
	s, _ := startWithPages(t)
	fetch(t, "http://"+s.MetricsAddr()+"/metrics")
	text, status := fetch(t, "http://"+s.MetricsAddr()+"/metrics")
	if status != http.StatusOK {
		t.Fatalf("status %d\n%s", status, text)
	}
	for _, want := range []string{
		"znode_count 6", "ephemerals_count 1", "watch_count 1", "num_alive_connections 1", "quorum_size 1",
		"global_sessions 1",
		`server_state{state="standalone"} 1`, `server_state{state="leader"} 0`, "readlatency_count 1",
		"updatelatency_count 2",
		"connection_rejected 0", "go_goroutines ", "process_open_fds ",
	} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("the metrics lack %q", want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

// TestHealth asks a server that stands alone, and one whose ensemble is not there.
func TestHealth(t *testing.T) {
	s, _ := startWithPages(t)
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "standalone\n"} {
		if text, status := fetch(t, "http://"+s.AdminAddr()+path); status != http.StatusOK || text != want {
			t.Errorf("%s says %d %q", path, status, text)
		}
	}
	ports := freePorts(t, 3)
	config := zoocfg.Config{DataDir: filepath.Join(t.TempDir(), "data"), ClientAddr: "127.0.0.1:0",
		TickTime: 200 * time.Millisecond,
		Admin:    zoocfg.Admin{Enabled: true, Addr: "127.0.0.1:0"}}
	for i, port := range ports {
		config.Servers = append(config.Servers, zoocfg.Server{ID: uint64(i + 1), Addr: "127.0.0.1:" + port})
	}
	alone, err := server.Start(config, 1, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer alone.Close()
	if text, status := fetch(t, "http://"+alone.AdminAddr()+"/healthz"); status != http.StatusOK {
		t.Errorf("/healthz says %d %q", status, text)
	}
	if text, status := fetch(t, "http://"+alone.AdminAddr()+"/readyz"); status != http.StatusServiceUnavailable ||
		text != "there is no leader\n" {
		t.Errorf("/readyz says %d %q", status, text)
	}
	const notServing = "This ZooKeeper instance is not currently serving requests"
	if answer := runCommand(t, alone, "srvr"); answer["error"] != notServing {
		t.Errorf("srvr says %v", answer)
	}
	if answer := runCommand(t, alone, "zabstate"); answer["zabstate"] != "election" {
		t.Errorf("zabstate says %v", answer)
	}
}

// TestTakenPorts starts servers whose HTTP ports are taken: without commands it goes on, without metrics it does not.
func TestTakenPorts(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var log strings.Builder
	config := server.DevConfig(filepath.Join(t.TempDir(), "data"), "127.0.0.1:0")
	config.Admin = zoocfg.Admin{Enabled: true, Addr: l.Addr().String()}
	s, err := server.Start(config, 0, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		t.Fatal(err)
	}
	if s.AdminAddr() != "" {
		t.Errorf("commands are served on %s", s.AdminAddr())
	}
	s.Close()
	if !strings.Contains(log.String(), "no commands over HTTP") {
		t.Errorf("the log says\n%s", log.String())
	}
	config.Metrics = zoocfg.Metrics{Enabled: true, Addr: l.Addr().String()}
	if _, err := server.Start(config, 0, slog.New(slog.DiscardHandler)); err == nil ||
		!strings.Contains(err.Error(), "metrics: can't listen on") {
		t.Errorf("got %v", err)
	}
	// Nothing of the server that could not start is left behind: its directory is free.
	if _, err := os.Stat(config.DataDir); err != nil {
		t.Fatal(err)
	}
	config.Metrics.Enabled = false
	s, err = server.Start(config, 0, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}
