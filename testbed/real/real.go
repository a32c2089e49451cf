// Package real puts clusters on trial that it starts itself: real processes on a network of their own, with the plans,
// workloads and checkers that trials in a simulated world have. Time is real, so such a trial can't be played again.
package real

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"

	"go.yaml.in/yaml/v3"

	"ordeal/checker"
)

// Product is a program that servers of a cluster run, as a file of YAML describes it. Texts are templates of package
// text/template over a Place.
type Product struct {
	// Name is what the cluster is called.
	Name string `yaml:"name"`
	// Like is the name of a product that is built in, whose description stands for what the file leaves out.
	Like string `yaml:"like"`
	// Find are names of known differences of the product that trials are to find (checker.Differences): they are let pass
	// else.
	Find []string `yaml:"find"`
	// Version is a command that prints which version it is. It may be left out.
	Version []string `yaml:"version"`
	// Files are written before a server is started for the first time, each below the server's own folder.
	Files map[string]string `yaml:"files"`
	// Command starts a server. It is not to go into the background.
	Command []string `yaml:"command"`
	// Environment is what a server has of it besides that of this program, as KEY=VALUE.
	Environment []string `yaml:"environment"`
	// Port is where clients connect.
	Port int `yaml:"port"`
	// Peers are the ports that servers use among themselves.
	Peers []int `yaml:"peers"`
	// Disk is the folder of a server's own that is on its disk, "data" by default: what a crash and the family disk are
	// about. Strict says that a new file is lost at a crash though it was synced, if its directory was not; usual file
	// systems are not as strict as that.
	Disk   string `yaml:"disk"`
	Strict bool   `yaml:"strict"`
	// Reconfig says how an operator asks for changes of its ensemble: zookeeper, by ZooKeeper's request, or etcd, by
	// etcd's gateway, which hands the lead over too; "" says that none can.
	Reconfig string `yaml:"reconfig"`
	// Clock says how the time of day of its programs can be moved: libfaketime, if they are dynamically linked; "" says
	// that it can't.
	Clock string `yaml:"clock"`
	// Logs says who can read what servers leave on their disks, and so what became of requests without an answer: ours,
	// the service that trials are of; "" says that none can.
	Logs string `yaml:"logs"`
	// Ready is how long all servers may take to serve, from the start of the first on.
	Ready time.Duration `yaml:"ready"`
	// Stop is how long a server may take to end once it is asked to by SIGTERM.
	Stop time.Duration `yaml:"stop"`
	// Leader says how to find out who leads: "srvr" asks by ZooKeeper's four-letter word, "etcd" by etcd's gateway; ""
	// says that it can't be told.
	Leader string `yaml:"leader"`
	// Protocol is what clients speak: "" is ZooKeeper's, and "etcd" etcd's.
	Protocol string `yaml:"protocol"`
	// Binary is the server's program, where a user may name another: as a path, or as a version of the public module that
	// it is the program of.
	Binary string `yaml:"program"`
	Module string `yaml:"module"`

	called string // as Named was asked for it
	// programs are those that a server runs one after the other, and back, if more than Binary is asked for: it changes
	// when it is asked to stop and starts again. asked are their versions, none for whatever the programs are.
	programs []string
	asked    []string
}

// Place is what a product's texts are told of a server.
type Place struct {
	// Program is the path of this program.
	Program string
	// Binary is the program of the product.
	Binary string
	// N counts the servers from 1; Dir is the server's folder, Address its own, Port that of clients, and Peers are the
	// ports that servers use among themselves, each in its place of Product.Peers.
	N       int
	Dir     string
	Address string
	Port    int
	Peers   []int
	// Reconfig says that servers may join and leave, and Joins that this one was not there from the beginning.
	Reconfig bool
	Joins    bool
	// Servers are all of the cluster, as this server reaches them: on a network of the form proxy, Peers of the others
	// are ports that lead there.
	Servers []Place
}

// Bounds of what a description may leave out.
const (
	readyDefault = 30 * time.Second
	stopDefault  = 10 * time.Second
	diskDefault  = "data"
)

// How to find out who leads.
const (
	leaderByWord = "srvr"
	leaderByEtcd = "etcd"
)

// logsOfOurs says of a product that the service can read its servers' logs.
const logsOfOurs = "ours"

//go:embed ours.yaml
var oursText string

//go:embed zookeeper.yaml
var zookeeperText string

//go:embed etcd.yaml
var etcdText string

// builtIn are the descriptions that need no file, by name.
var builtIn = map[string]string{"ours": oursText, "zookeeper": zookeeperText, "etcd": etcdText}

// Named is the product that is built in under a name, or that a file describes. NAME=PATH is one whose program is at a
// path, and NAME@VERSION one that is to be built at a version: see Fetch. With several paths or versions, which commas
// part, it is upgraded in mid-trial.
func Named(name string) (*Product, error) {
	short, path, _ := strings.Cut(name, "=")
	short, version, _ := strings.Cut(short, "@")
	if text, ok := builtIn[short]; ok {
		p, err := parse([]byte(text))
		if err == nil && p.Binary == itself {
			p.Binary, err = os.Executable()
		}
		if err == nil {
			err = p.pick(path, version)
			p.called = name
		}
		return p, err
	}
	if !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
		return nil, fmt.Errorf("%q is neither ours nor zookeeper nor etcd, nor a file NAME.yaml that describes a cluster",
			name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	p, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p.called, err = filepath.Abs(name)
	return p, err
}

// parse reads a description.
func parse(text []byte) (*Product, error) {
	begun := Product{Ready: readyDefault, Stop: stopDefault, Disk: diskDefault}
	p := new(Product)
	*p = begun
	if err := p.decode(string(text)); err != nil {
		return nil, err
	}
	if p.Like != "" {
		// First what the other says, and then once more what the file does.
		like, known := builtIn[p.Like]
		if *p = begun; !known {
			return nil, fmt.Errorf("like is the name of a cluster that is built in, and there is none by that name")
		}
		if err := errors.Join(p.decode(like), p.decode(string(text))); err != nil {
			return nil, err
		}
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	sample, err := routed{}.places(p, "ordeal", "dir", 3)
	if err != nil {
		return nil, err
	}
	for _, t := range p.texts() {
		if _, err := fill(t, sample[0]); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// decode reads a description, over what the product has.
func (p *Product) decode(text string) error {
	d := yaml.NewDecoder(strings.NewReader(text))
	d.KnownFields(true)
	return d.Decode(p)
}

// check says what is wrong with a description.
func (p *Product) check() error {
	switch {
	case p.Name == "":
		return fmt.Errorf("name is missing: what is the cluster called?")
	case len(p.Command) == 0:
		return fmt.Errorf("command is missing: how is a server started?")
	case p.Port < 1 || p.Port > 65535:
		return fmt.Errorf("port is %d: where do clients connect?", p.Port)
	case p.Ready <= 0 || p.Stop <= 0:
		return fmt.Errorf("ready and stop are times, and longer than nothing")
	case !filepath.IsLocal(p.Disk) || p.Disk == ".":
		return fmt.Errorf("disk is %q, and has to be a folder below a server's own", p.Disk)
	case !slices.Contains([]string{"", reconfigByZooKeeper, reconfigByEtcd}, p.Reconfig),
		p.Reconfig == reconfigByZooKeeper && len(p.Peers) != 2:
		return fmt.Errorf("reconfig is %q, and it may be %s, if there are two peers, %s, or left out", p.Reconfig,
			reconfigByZooKeeper, reconfigByEtcd)
	case !slices.Contains([]string{"", clockByFaketime}, p.Clock):
		return fmt.Errorf("clock is %q, and it may be %s, or left out", p.Clock, clockByFaketime)
	case !slices.Contains([]string{"", leaderByWord, leaderByEtcd}, p.Leader):
		return fmt.Errorf("leader is %q, and it may be %s or %s, or left out", p.Leader, leaderByWord, leaderByEtcd)
	}
	for _, name := range p.Find {
		if !slices.Contains(checker.Differences(), name) {
			return fmt.Errorf("find has %q, and the known differences are %s", name, strings.Join(checker.Differences(), ", "))
		}
	}
	if p.Logs != "" && p.Logs != logsOfOurs {
		return fmt.Errorf("logs is %q, and it may be %s, or left out", p.Logs, logsOfOurs)
	}
	for _, port := range p.Peers {
		if port < 1 || port > 65535 {
			return fmt.Errorf("peers are ports, and one is %d", port)
		}
	}
	return nil
}

// texts are all templates of a description.
func (p *Product) texts() []string {
	all := slices.Concat(p.Command, p.Version, p.Environment)
	for name, text := range p.Files {
		all = append(all, name, text)
	}
	slices.Sort(all)
	return all
}

// fill is a template with what it is told.
func fill(text string, p Place) (string, error) {
	t, err := template.New("").Option("missingkey=error").Parse(text)
	if err != nil {
		return "", fmt.Errorf("%q: %w", text, err)
	}
	var b strings.Builder
	if err := t.Execute(&b, p); err != nil {
		return "", fmt.Errorf("%q: %w", text, err)
	}
	return b.String(), nil
}

func fillAll(texts []string, p Place) (filled []string, err error) {
	for _, text := range texts {
		one, err := fill(text, p)
		if err != nil {
			return nil, err
		}
		filled = append(filled, one)
	}
	return filled, nil
}
