package jobs

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/recipes/schedule"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// writing are the permissions by which what a znode says, or what lies below it, can be changed.
const writing = wire.PermWrite | wire.PermCreate | wire.PermDelete | wire.PermAdmin

var (
	errNoIdentity = errors.New("jobs: the servers know the executor by no identity: a digest or a certificate is " +
		"needed, by which alone jobs can be written")
	errNoTree = errors.New("jobs: there is no scheduler at this path; `ordeal jobs init` makes one")
)

// connect begins a session, and says who the client is.
func (c Config) connect(p host.Process) (*client.Client, error) {
	var servers []host.Addr
	for _, s := range c.Servers {
		servers = append(servers, host.Addr(s))
	}
	k := client.New(p, client.Config{Servers: servers, SessionTimeout: c.SessionTimeout})
	if c.Auth == "" {
		return k, nil
	}
	scheme, secret, _ := strings.Cut(c.Auth, ":")
	return k, k.AddAuth(scheme, []byte(secret))
}

// identities are those by which the servers know the client: of a digest, the one that it has said it is; and those
// that a certificate shows.
func (c Config) identities(k *client.Client) (own []wire.ID, err error) {
	scheme, secret, _ := strings.Cut(c.Auth, ":")
	if user, password, ok := strings.Cut(secret, ":"); scheme == "digest" && ok {
		own = append(own, wire.ID{Scheme: scheme, ID: cluster.Digest(user, password)})
	}
	all, err := k.WhoAmI()
	if err != nil && err != error(wire.Unimplemented) {
		return nil, err
	}
	for _, id := range all {
		if id.Scheme == "x509" || id.Scheme == "sasl" {
			own = append(own, id)
		}
	}
	if len(own) == 0 {
		return nil, errNoIdentity
	}
	return own, nil
}

// aclOf lets these do everything, and no others anything.
func aclOf(own []wire.ID) (acl []wire.ACL) {
	for _, id := range own {
		acl = append(acl, wire.ACL{Perms: wire.PermAll, ID: id})
	}
	return acl
}

// onlyBy returns an error if others than these can write a znode.
func onlyBy(c *client.Client, path string, own []wire.ID) error {
	acl, _, err := c.GetACL(path)
	if err != nil {
		return err
	}
	for _, a := range acl {
		if a.Perms&writing != 0 && !slices.Contains(own, a.ID) {
			return fmt.Errorf("%s can be written by %s:%s, who is not the executor: jobs there are not trusted", path,
				a.ID.Scheme, a.ID.ID)
		}
	}
	return nil
}

// guarded makes the scheduler's configuration of a session. It refuses jobs that others could have written: what lies
// above them is looked at here, once, since only who is trusted can change it.
func (c Config) guarded(k *client.Client) (schedule.Config, error) {
	own, err := c.identities(k)
	if err != nil {
		return schedule.Config{}, err
	}
	s := schedule.Config{Path: c.Path, ACL: aclOf(own), Zones: time.LoadLocation}
	shards, _, err := k.SyncChildren(c.Path+"/jobs", nil)
	if err == error(wire.NoNode) {
		return s, errNoTree
	} else if err != nil {
		return s, err
	}
	for _, path := range []string{"", "/assignment", "/generations", "/instances", "/claims", "/log", "/jobs"} {
		if err := onlyBy(k, c.Path+path, own); err != nil {
			return s, fmt.Errorf("jobs: %w", err)
		}
	}
	trusted := map[string]bool{}
	for _, shard := range shards {
		trusted[c.Path+"/jobs/"+shard] = onlyBy(k, c.Path+"/jobs/"+shard, own) == nil
	}
	s.Admit = func(path string) error {
		if above := path[:strings.LastIndexByte(path, '/')]; !trusted[above] {
			return fmt.Errorf("%s can be written by others than the executor", above)
		}
		return onlyBy(k, path, own)
	}
	return s, nil
}
