package config

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// State is the configuration at one instant. It must not be changed.
type State struct {
	// Revision counts the changes from 1; 0 is the state before the first.
	Revision int64
	// Zxid is the transaction of the last change: the states of one path differ by it, and a later one has a greater.
	Zxid int64
	// By is who made that change.
	By string
	// Settings are those in force.
	Settings Settings
	// Gray is the gray release, nil if there is none.
	Gray *Gray
}

// Settings are the values of settings, sorted by name.
type Settings []Setting

// Setting is a name and a value. Zxid is the transaction that wrote it: by that, and not by its znode's version, it is
// told whether it is another one.
type Setting struct {
	Name, Value string
	Zxid        int64
	version     int32 // of its znode
}

// Gray is a change that a share of the instances has.
type Gray struct {
	// Release is the revision with which it began; it tells gray releases apart.
	Release int64 `json:"release"`
	// Share is how many of a hundred instances have it, 0 to 100.
	Share   int      `json:"share"`
	Changes []Change `json:"changes"`
}

// Get finds a setting.
func (s Settings) Get(name string) (value string, ok bool) {
	i, ok := s.at(name)
	if !ok {
		return "", false
	}
	return s[i].Value, true
}

func (s Settings) at(name string) (int, bool) {
	return slices.BinarySearchFunc(s, name, func(one Setting, name string) int { return strings.Compare(one.Name, name) })
}

// with are the settings behind changes.
func (s Settings) with(changes []Change) Settings {
	s = slices.Clone(s)
	for _, c := range changes {
		switch i, there := s.at(c.Name); {
		case c.Gone && there:
			s = slices.Delete(s, i, i+1)
		case there:
			s[i].Value = c.Value
		case !c.Gone:
			s = slices.Insert(s, i, Setting{Name: c.Name, Value: c.Value})
		}
	}
	return s
}

// changesTo are what makes settings of others.
func (s Settings) changesTo(next Settings) (changes []Change) {
	for _, one := range s {
		if _, stays := next.Get(one.Name); !stays {
			changes = append(changes, Change{Name: one.Name, Gone: true})
		}
	}
	for _, one := range next {
		if value, there := s.Get(one.Name); !there || value != one.Value {
			changes = append(changes, Change{Name: one.Name, Value: one.Value})
		}
	}
	return changes
}

// For are the settings that an instance has to go by: those in force, and of a gray release its changes too, if the
// instance is in its share. An instance is told by its name; in a wider share of the same release it stays.
func (s State) For(instance string) (settings Settings, gray bool) {
	if s.Gray == nil || place(bendRelease(s), instance) >= s.Gray.Share {
		return s.Settings, false
	}
	return s.Settings.with(s.Gray.Changes), true
}

// place is where an instance stands in a release, 0 to 99: each about as often, and in each release another.
func place(release int64, instance string) int {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", release, instance))
	return int(binary.BigEndian.Uint64(sum[:8]) % 100)
}
