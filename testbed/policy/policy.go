// Package policy says which trials a campaign plays by what it is for, so that it finds the same bugs as others do as
// seldom as may be: pull requests draw their seeds from the commit, nights take intervals that no other night has, and
// releases play what was found before. And it says which planted bug a campaign has to find before it is believed.
package policy

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"
)

// Purpose is what a campaign is for; "" is for whoever asks.
type Purpose string

// The purposes.
const (
	PullRequest Purpose = "pull-request"
	Night       Purpose = "night"
	Release     Purpose = "release"
)

// ParsePurpose reads a purpose.
func ParsePurpose(word string) (Purpose, error) {
	switch p := Purpose(word); p {
	case "", PullRequest, Night, Release:
		return p, nil
	}
	return "", fmt.Errorf("--for %s: it must be pull-request, night or release", word)
}

// Learns says that the findings folder is to take over what the campaign finds: a pull request only asks it.
func (p Purpose) Learns() bool { return p != PullRequest }

// Forgives says that what was known before does not count against the campaign.
func (p Purpose) Forgives() bool { return p == PullRequest }

// The seeds of a night are in an interval of their own, and those of commits behind the last night's.
const (
	nightSeeds = 1 << 32
	nightMax   = 1<<31 - 1
	// commitTrials is how many trials a commit's seeds are for at most.
	commitTrials = 1 << 16
)

// NightSeeds is the interval of a night, the first and the last.
func NightSeeds(night int) (first, last uint64, err error) {
	if night < 1 || night > nightMax {
		return 0, 0, fmt.Errorf("night %d: it must be from 1 to %d", night, nightMax)
	}
	first = uint64(night) * nightSeeds
	return first, first + nightSeeds - 1, nil
}

// NightOf is the number of a night by its day, the days since 1970 in UTC.
func NightOf(now time.Time) int { return int(now.Unix() / (24 * 60 * 60)) }

// CommitSeeds are the seeds that a commit draws for so many trials. Two commits have different ones, but for chance:
// one in 2^47.
func CommitSeeds(commit string, trials int) (first, last uint64, err error) {
	switch {
	case commit == "":
		return 0, 0, fmt.Errorf("no commit to draw the seeds from: --commit is wanted")
	case trials < 1 || trials > commitTrials:
		return 0, 0, fmt.Errorf("--trials %d: it must be from 1 to %d", trials, commitTrials)
	}
	sum := sha256.Sum256([]byte(commit))
	first = 1<<63 | binary.BigEndian.Uint64(sum[:8])>>17*commitTrials
	return first, first + uint64(trials) - 1, nil
}

// Commit is the commit that CI is at, by the variables that GitHub, GitLab and Jenkins set; "" if there is none.
func Commit(variable func(string) string) string {
	for _, name := range []string{"GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT"} {
		if commit := variable(name); commit != "" {
			return commit
		}
	}
	return ""
}
