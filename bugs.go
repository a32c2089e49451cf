package ordeal

import (
	"slices"
	"strings"
)

// Bug is a bug that is planted in the service or its recipes, to see whether the checkers find it.
type Bug struct {
	Name string
	// Class says which part of the service's promises it breaks: one of BugClasses.
	Class string
	// Package is the import path of the code that it is planted in.
	Package string
	// What says what the code then does wrong.
	What string
	// Imitates names the published bugs that it is like.
	Imitates string
	// Caught names the checker that must catch it, or those of which one must, with " or " between them; "linearizable" is
	// that of whatever model.
	Caught string
}

// BugClasses are the classes of planted bugs, in the order of Bugs.
func BugClasses() []string {
	return []string{classConsensus, classDurability, classRecovery, classSessions, classWatches, classTree, classRecipes}
}

// The classes.
const (
	classConsensus  = "consensus"  // replication, elections and reads
	classDurability = "durability" // what must be on disk when it is promised
	classRecovery   = "recovery"   // what a restart or a snapshot brings back
	classSessions   = "sessions"   // sessions, their requests and their ephemerals
	classWatches    = "watches"
	classTree       = "tree" // the state machine
	classRecipes    = "recipes"
)

// CaughtBy says whether a checker of that name, as in a trial's verdict, is one that must catch the bug.
func (b Bug) CaughtBy(checker string) bool {
	return slices.ContainsFunc(strings.Split(b.Caught, " or "), func(one string) bool {
		return checker == one || strings.HasPrefix(checker, one+" ")
	})
}

// Bugs lists the planted bugs.
func Bugs() []Bug { return append([]Bug(nil), bugs...) }

// BugNamed finds a planted bug.
func BugNamed(name string) (Bug, bool) {
	for _, b := range bugs {
		if b.Name == name {
			return b, true
		}
	}
	return Bug{}, false
}

const (
	inNode    = "ordeal/cluster"
	inWAL     = "ordeal/cluster/wal"
	inTree    = "ordeal/cluster/tree"
	inClient  = "ordeal/cluster/client"
	inRecipes = "ordeal/cluster/recipes"
)
