package ordeal

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/workloads"
)

// arrive makes the znode below which everything happens, and finds out what the target can do.
func (v *visit) arrive() error {
	if err := v.ask(); err != nil {
		return err
	}
	if v.serves != "" && v.target.Workload == "tree" {
		v.recorder.OK(history.Service, "serves", "", v.serves)
		v.note("judged with the differences of Apache ZooKeeper 3.8 that docs/HISTORIES.md lists")
	}
	err := fmt.Errorf("%w: no server at %s took a session within %v", ErrTarget, strings.Join(v.target.Servers, ","), reachMax)
	p := v.spawn(func(p host.Process) {
		if v.reached(p) {
			c := v.scout(p, targetTimeout)
			err = v.settle(c)
			_ = c.Close()
		}
	})
	await(v.ctx, []*oshost.Process{p}, reachMax+finishMax)
	return err
}

// ask asks every server what it is. If none is there nobody need wait for one.
func (v *visit) ask() (err error) {
	there := false
	for _, s := range v.target.Servers {
		text, refused := askWord(s, "srvr")
		if refused != nil {
			err = fmt.Errorf("%w: %w", ErrTarget, refused)
			v.note("%s does not answer: %v", s, refused)
			continue
		}
		there = true
		version, mode := aboutServer(text)
		v.note("%s says it is %s%s", s, version, mode)
		if strings.HasPrefix(version, "3.8.") && !strings.Contains(version, "ordeal") {
			v.serves = "zookeeper-3.8"
		}
	}
	if there {
		return nil
	}
	return err
}

// scout is a client of our own, beside those of the workload.
func (v *visit) scout(p host.Process, patience time.Duration) *client.Client {
	return client.New(p, client.Config{Servers: v.servers, SessionTimeout: targetTimeout, RequestTimeout: patience})
}

// reached waits until a server serves.
func (v *visit) reached(p host.Process) bool {
	c := v.scout(p, time.Second)
	defer func() { _ = c.Close() }()
	for until := p.Now() + reachMax; p.Now() < until && v.ctx.Err() == nil; p.Sleep(lookEvery) {
		if c.Sync("/") == nil {
			return true
		}
	}
	return false
}

// settle makes the znodes that the clients count on.
func (v *visit) settle(c *client.Client) error {
	for _, path := range []string{v.base, v.base + workloads.MarksPath} {
		if _, _, err := c.Create(path, nil, 0); err != nil {
			return fmt.Errorf("%w: %s can't be made there: %w", ErrTarget, path, err)
		}
	}
	if v.target.Workload == "tree" {
		v.lacking = v.probe(c)
	}
	return nil
}

// leave removes what was made.
func (v *visit) leave() {
	gone := false
	p := v.spawn(func(p host.Process) {
		c := v.scout(p, targetTimeout)
		for _, user := range workloads.Users() {
			_ = c.AddAuth("digest", []byte(user)) // without it some znodes stay, which is said below
		}
		for !gone && c.Alive() {
			gone = remove(c, v.base) == nil
		}
		_ = c.Close()
	})
	await(v.ctx, []*oshost.Process{p}, cleanMax)
	if !gone {
		v.note("%s was left behind on the target", v.base)
	}
}

// remove deletes a znode and all below it, whatever the clients have let nobody do.
func remove(c *client.Client, path string) error {
	if _, err := c.SetACL(path, openAccess, wire.AnyVersion); err != nil {
		if errors.Is(err, wire.NoNode) {
			return nil
		}
		return err
	}
	names, _, err := c.SyncChildren(path, nil)
	if err != nil && !errors.Is(err, wire.NoNode) {
		return err
	}
	for _, name := range names {
		if err := remove(c, path+"/"+name); err != nil {
			return err
		}
	}
	if err := c.Delete(path, wire.AnyVersion); err != nil && !errors.Is(err, wire.NoNode) {
		return err
	}
	return nil
}

// wordMax is how long a server may take to answer a four-letter word.
const wordMax = 2 * time.Second

// askWord sends a four-letter word to a server.
func askWord(server, word string) (string, error) {
	c, err := net.DialTimeout("tcp", server, wordMax)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(wordMax)); err != nil {
		return "", err
	}
	if _, err := io.WriteString(c, word); err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(c, 64<<10))
	return string(text), err
}

// aboutServer is what the answer to srvr says of a server: its version and what it is in its ensemble.
func aboutServer(srvr string) (version, mode string) {
	version = "of an unknown version"
	for line := range strings.Lines(srvr) {
		if rest, ok := strings.CutPrefix(line, "Zookeeper version: "); ok {
			version, _, _ = strings.Cut(strings.TrimSpace(rest), ",")
		}
		if rest, ok := strings.CutPrefix(line, "Mode: "); ok {
			mode = ", " + strings.TrimSpace(rest)
		}
	}
	return version, mode
}
