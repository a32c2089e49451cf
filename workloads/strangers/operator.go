package strangers

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Who may do everything, or says so, and asks for what must not come about. Each of these says whether it was refused
// as it has to be, and what was wrong, "" for nothing. super is the claim of the user who may do everything.

// Overreach asks for an ensemble of which half are servers that there are not.
func Overreach(p host.Process, servers []host.Addr, super string) (refused bool, wrong string) {
	asOperator(p, servers, super, func(c *client.Client, now string, version int64) {
		var lines []string
		for i := range strings.Count(now, ":participant") {
			lines = append(lines, fmt.Sprintf("server.%d=n%[1]d:2888:3888:participant;n%[1]d:2181", 200+i))
		}
		config, _, err := c.Reconfig(wire.ReconfigRequest{Joining: []byte(strings.Join(lines, ",")), ConfigID: version})
		if refused = errors.Is(err, wire.NewConfigNoQuorum); err == nil {
			wrong = fmt.Sprintf("half of this ensemble are servers that there are not: %s", config)
		}
	})
	return refused, wrong
}

// Double asks for another server at the address of one that there is. That is refused at once: it must not be waited
// for, nor become one of the ensemble.
func Double(p host.Process, servers []host.Addr, super string) (refused bool, wrong string) {
	asOperator(p, servers, super, func(c *client.Client, now string, version int64) {
		first, _, _ := strings.Cut(now, "\n")
		_, address, _ := strings.Cut(first, "=")
		_, _, err := c.Reconfig(wire.ReconfigRequest{Joining: []byte("server.200=" + address), ConfigID: version})
		if refused = errors.Is(err, wire.BadArguments); err == nil || errors.Is(err, wire.NewConfigNoQuorum) {
			wrong = fmt.Sprintf("another server was to join at %s, where one is, and that was begun (%v)", address, err)
		}
	})
	return refused, wrong
}

// asOperator has a client that may do everything ask for a change of the ensemble, whose text and version it knows.
func asOperator(
	p host.Process, servers []host.Addr, super string, ask func(c *client.Client, now string, version int64),
) {
	c := client.New(p, client.Config{Servers: servers, SessionTimeout: operatorPatience})
	defer c.Abandon()
	if err := c.AddAuth("digest", []byte(super)); err != nil {
		return
	}
	now, _, err := c.Get(wire.ConfigPath, nil)
	_, number, _ := strings.Cut(string(now), "version=")
	version, bad := strconv.ParseInt(number, 16, 64) // whoever joins meanwhile makes it another one
	if err == nil && bad == nil {
		ask(c, string(now), version)
	}
}

// operatorPatience is longer than a change waits for servers that it does not hear of.
const operatorPatience = 6 * time.Second

// Pose says that it is the user who may do everything, with a password that is not that one's.
func Pose(p host.Process, servers []host.Addr, super string) (refused bool, wrong string) {
	c := client.New(p, client.Config{Servers: servers})
	defer c.Abandon()
	if err := c.AddAuth("digest", []byte(super+"?")); err != nil {
		return false, ""
	}
	ids, err := c.WhoAmI()
	if slices.ContainsFunc(ids, func(id wire.ID) bool { return id.Scheme == "super" }) {
		wrong = fmt.Sprintf("a client with another password than the super user's is taken for %v", ids)
	}
	return err == nil, wrong
}

// Found makes the znodes of a path as one of whom claims tell, and reports whether they are there.
func Found(p host.Process, servers []host.Addr, path string, claims []wire.AuthRequest) bool {
	c := client.New(p, client.Config{Servers: servers, Claims: claims})
	defer c.Abandon()
	above := ""
	for name := range strings.SplitSeq(path[1:], "/") {
		above += "/" + name
		if _, _, err := c.Create(above, nil, 0); err != nil && !errors.Is(err, wire.NodeExists) {
			return false
		}
	}
	return true
}
