package admin

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/host/oshost"
)

// TestMachineDown asks for everything when the machine is down, and hears so.
func TestMachineDown(t *testing.T) {
	node := cluster.Config{ID: 1, Members: []cluster.Member{{ID: 1, Addr: "n1"}}, TickTime: 200 * time.Millisecond}
	m, err := oshost.Run(oshost.Config{Self: "n1", DataDir: filepath.Join(t.TempDir(), "d"),
		Logger: slog.New(slog.DiscardHandler)},
		cluster.Boot(node))
	if err != nil {
		t.Fatal(err)
	}
	d := &Desk{Machine: m, Node: node, Path: "/ops/"}
	pages, metrics := d.Handler(), d.Metrics(slog.New(slog.DiscardHandler))
	get := func(h http.Handler, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	if w := get(pages, "/ops/ruok"); w.Code != http.StatusOK {
		t.Errorf("while it is up, ruok says %d %s", w.Code, w.Body)
	}
	m.Close()
	for _, path := range []string{"/healthz", "/readyz", "/ops/ruok", "/ops/mntr"} {
		if w := get(pages, path); w.Code != http.StatusServiceUnavailable ||
			!strings.Contains(w.Body.String(), "the server is down") {
			t.Errorf("%s says %d %s", path, w.Code, w.Body)
		}
	}
	if w := get(metrics, "/metrics"); w.Code != http.StatusInternalServerError {
		t.Errorf("/metrics says %d", w.Code)
	}
	if w := get(pages, "/commands/ruok"); w.Code != http.StatusNotFound {
		t.Errorf("the commands are elsewhere, and /commands says %d", w.Code)
	}
}

func TestFieldsKeepTheirOrder(t *testing.T) {
	text, err := json.Marshal(fields{{"b", 1}, {"a", fields{}}, {"\"", nil}})
	if err != nil || string(text) != `{"b":1,"a":{},"\"":null}` {
		t.Errorf("%s, %v", text, err)
	}
}

// TestNamesOfCommands sees to it that no name stands for two commands.
func TestNamesOfCommands(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range commands() {
		for _, name := range c.names {
			if seen[name] {
				t.Errorf("%s stands for two commands", name)
			}
			seen[name] = true
		}
	}
}
