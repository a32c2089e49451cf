// Package config is a configuration centre: settings that many instances read and few people change. Every change has
// a revision, the latest ones can be looked at and gone back to, a schema says what may be published, and a change can
// be tried by a share of the instances before all have it.
//
// The znodes below a store's path:
//
//	PATH                   the head: which revision this is, and the gray release, as JSON
//	PATH/entries/NAME      a setting; its data is the value
//	PATH/history/REVISION  who made a revision, and what each setting was before and behind it, as JSON
//
// Every change sets the head in the transaction that makes it, and only if the head is of the version that the change
// was made from. So changes have one order, the head's mzxid tells the states of the whole subtree apart, and one watch
// on the head tells of any change. What other programs put below the path is not looked at, and never deleted.
//
// Guaranteed: a change takes effect once or not at all, also where its answer was lost; what is read, or kept by a
// Cache, is the whole subtree at one instant, never half of a change. Not guaranteed: that settings which other
// programs set by themselves show before the next change; that they pass the schema.
//
// Failpoint marks, which do nothing in a plain build:
//
//	bugCacheByVersion    a setting whose znode has the version that it had is kept as it was
//	bugCacheNeverStale   what is kept is never said to be stale
//	bugCacheReadsApart   settings are read one after the other, without a look whether the head is the same behind them
//	bugCacheReadStale    a cache reads what the server has that it comes to, however far that is behind
//	bugReadThenWatch     a cache reads first, and sets its watch then
//	bugPublishTwice      a change whose answer was lost is made once more
//	bugRollbackKeepsNew  a rollback leaves the settings there that came later
//	bugGrayRedrawn       who is in the share of a gray release is drawn anew with every revision
package config

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/host"
)

// Store is one client's side of the configuration at a path.
type Store struct {
	p    host.Process
	c    *client.Client
	path string
	// Schema, unless it is nil, says what is wrong with settings: what would be in force behind a change, and what the
	// instances of a gray release would see. What it refuses is not written.
	Schema func(Settings) error
}

// New makes a client's side of the configuration at a path, such as "/config/shop". The znodes are made by the first
// change.
func New(p host.Process, c *client.Client, path string) *Store { return &Store{p: p, c: c, path: path} }

const (
	// Kept is how many revisions of history are kept at least, the present one included.
	Kept = 64
	// NameMax is the most bytes that the name of a setting may have.
	NameMax = 128
)

var (
	// ErrNoGray says that there is no gray release.
	ErrNoGray = errors.New("config: there is no gray release")
	// ErrGone says that a cache has seen the configuration, and that it is not there any more. What is kept stays.
	ErrGone = errors.New("config: the configuration is gone")
	// ErrNoRevision says that there is no such revision, or none any more.
	ErrNoRevision = errors.New("config: the revision is not kept, or never was")
)

// Change is of one setting: another value, or that it is gone.
type Change struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
	Gone  bool   `json:"gone,omitempty"`
}

// Check says what is wrong with a change.
func (c Change) Check() error {
	switch {
	case c.Name == "" || len(c.Name) > NameMax || c.Name == "." || c.Name == ".." || !utf8.ValidString(c.Name) ||
		strings.ContainsFunc(c.Name, func(r rune) bool { return r <= ' ' || r == '/' || r >= 0x7f && r < 0xa0 }):
		return fmt.Errorf("config: %.40q is no name of a setting: 1 to %d bytes without spaces and slashes", c.Name, NameMax)
	case !utf8.ValidString(c.Value):
		return fmt.Errorf("config: the value of %s is not UTF-8", c.Name)
	}
	return nil
}

// Revision is one that was made.
type Revision struct {
	Number int64
	// Zxid is the transaction that made it.
	Zxid int64
	// By is who made it, in their own words.
	By string
	// Changes are what it did to the settings in force, and Gray is the gray release behind it, nil for none.
	Changes []Change
	Gray    *Gray
}

func (s *Store) entries() string          { return s.path + "/entries" }
func (s *Store) entry(name string) string { return s.entries() + "/" + name }
func (s *Store) history() string          { return s.path + "/history" }
func (s *Store) revision(n int64) string  { return fmt.Sprintf("%s/%010d", s.history(), n) }

// until is the instant that lies timeout ahead.
func (s *Store) until(timeout time.Duration) time.Duration { return recipes.Deadline(s.p, timeout) }
