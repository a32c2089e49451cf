// Package admin is what operators are shown over HTTP: ZooKeeper's commands as JSON, metrics for Prometheus, and
// whether the server is alive and ready. It asks a running node between two of the node's own calls and changes
// nothing, but for the counters that operators may reset.
package admin

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
	"time"

	"ordeal/cluster"
	"ordeal/host"
	"ordeal/host/oshost"
)

// patience is how long a node may take to come to a question. It is asked between two of its calls, which take
// microseconds: one that does not come to it is stuck, or not keeping up.
const patience = 5 * time.Second

// Desk answers operators for one server.
type Desk struct {
	Machine *oshost.Machine
	// Node is the configuration that the server's node was booted with, and Text the file that it came from.
	Node cluster.Config
	Text string
	// Path is where the commands are; "" is /commands.
	Path string
}

var errStuck = errors.New("the server does not come to answer")

// ask runs f on the node.
func (d *Desk) ask(ctx context.Context, f func(*cluster.Node)) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	answered := make(chan bool, 1)
	go func() {
		answered <- d.Machine.Do(func(p host.Program) { f(p.(*cluster.Node)) })
	}()
	select {
	case up := <-answered:
		if !up {
			return errors.New("the server is down")
		}
		return nil
	case <-ctx.Done():
		return errStuck
	}
}

// stats are the node's, on their own so that a late answer writes where it is not read any more.
func (d *Desk) stats(ctx context.Context) (*cluster.Stats, error) {
	s := new(cluster.Stats)
	if err := d.ask(ctx, func(n *cluster.Node) { *s = n.Stats() }); err != nil {
		return nil, err
	}
	return s, nil
}

// Handler serves the commands, /healthz and /readyz.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	path := "/" + strings.Trim(d.Path, "/")
	if path == "/" {
		path = "/commands"
	}
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { listCommands(w, path) })
	mux.HandleFunc("GET "+path+"/{name}", d.serveCommand)
	mux.HandleFunc("GET /healthz", d.healthz)
	mux.HandleFunc("GET /readyz", d.readyz)
	return mux
}

func listCommands(w http.ResponseWriter, path string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	var names []string
	for _, c := range commands() {
		names = append(names, c.names[0])
	}
	slices.Sort(names)
	for _, name := range names {
		link := html.EscapeString(path + "/" + name)
		fmt.Fprintf(w, "<a href=\"%s\">%s</a><br/>\n", link, name)
	}
}

// healthz says whether the server's loop runs: if it does not, the process is better ended.
func (d *Desk) healthz(w http.ResponseWriter, r *http.Request) {
	if _, err := d.stats(r.Context()); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// readyz says whether clients are well served here: whether there is a leader.
func (d *Desk) readyz(w http.ResponseWriter, r *http.Request) {
	s, err := d.stats(r.Context())
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	case s.Leader == 0:
		http.Error(w, "there is no leader", http.StatusServiceUnavailable)
	default:
		fmt.Fprintln(w, s.State)
	}
}
