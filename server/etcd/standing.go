package etcd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"ordeal/cluster"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/server/datadir"
)

// standing is what a server remembers of itself besides its log: its number, and who was there when it was founded.
// With it the flags about the initial cluster count no more, as etcd has it.
type standing struct {
	Number uint64 `json:"number"`
	// Members are those of the founding, by their numbers from 1; none for a server that was added later.
	Members []member `json:"members,omitempty"`
	// ClusterID is 0 for a server that was added later: the log says it.
	ClusterID uint64 `json:"cluster_id,omitempty,string"`
}

// standingFile is where it is, in the data directory.
const standingFile = "etcd-member.json"

// etcdsFolder is where etcd itself has everything.
const etcdsFolder = "member"

// The two states that a cluster may be in when a server is started for the first time.
const (
	clusterNew      = "new"
	clusterExisting = "existing"
)

// stand finds out what this server is: what it remembers, or what the flags say; or, in a cluster that exists already,
// what the others call it, for which it waits until one of them calls.
func (c Config) stand(log *slog.Logger) (s standing, err error) {
	file := filepath.Join(c.DataDir, standingFile)
	b, err := os.ReadFile(file)
	if err == nil {
		if err = json.Unmarshal(b, &s); err == nil && s.Number == 0 {
			err = errors.New("it has no number")
		}
		if err != nil {
			return s, fmt.Errorf("%s does not say who this server is: %w", file, err)
		}
		return s, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	if _, err := os.Stat(filepath.Join(c.DataDir, etcdsFolder)); err == nil {
		return s, fmt.Errorf("%s has a folder %s, as etcd's own data has: this server can't read that", c.DataDir,
			etcdsFolder)
	}
	if c.InitialClusterState == clusterExisting {
		if s, err = c.called(log); err != nil {
			return s, err
		}
	} else if s, err = c.founding(); err != nil {
		return s, err
	}
	if b, err = json.Marshal(s); err != nil {
		return s, err
	}
	if err := os.MkdirAll(c.DataDir, 0o750); err != nil {
		return s, err
	}
	return s, datadir.WriteWhole(file, b, 0o600)
}

// called waits until another server says which number this one was given.
func (c Config) called(log *slog.Logger) (s standing, err error) {
	listen, err := hostPort(first(c.ListenPeerURLs))
	if err != nil {
		return s, fmt.Errorf("listen-peer-urls: %w", err)
	}
	config, err := c.peerTLS()
	if err != nil {
		return s, err
	}
	log.Info("waiting for the cluster to call", "at", listen)
	self, _, err := oshost.Called(context.Background(), listen, c.InitialClusterToken, config)
	if err != nil {
		return s, err
	}
	for id := uint64(1); id <= membersMax; id++ {
		if cluster.ServerName(id) == self {
			return standing{Number: id}, nil
		}
	}
	return s, fmt.Errorf("the cluster calls this server %q, which is no name of one", self)
}

// nodeMembers are the servers as the node is to know them at its first start. One that was added later has to be told
// by the others: it founds nothing, since it is a learner of an ensemble that never was.
func (s standing) nodeMembers() (list []cluster.Member) {
	for i := range s.Members {
		id := uint64(i + 1)
		list = append(list, cluster.Member{ID: id, Addr: cluster.ServerName(id)})
	}
	if len(list) == 0 {
		other := uint64(1)
		if s.Number == other {
			other++
		}
		list = []cluster.Member{
			{ID: other, Addr: cluster.ServerName(other)},
			{ID: s.Number, Addr: cluster.ServerName(s.Number), Observer: true},
		}
	}
	return list
}

// peers are where the others of the founding are.
func (s standing) peers() map[host.Addr]string {
	all := map[host.Addr]string{}
	for i, m := range s.Members {
		if id := uint64(i + 1); id != s.Number {
			all[cluster.ServerName(id)], _ = hostPort(m.URLs[0]) // it was read before
		}
	}
	return all
}
