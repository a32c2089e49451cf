package system

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"ordeal/guest"
)

// settings are what a word of a trial line says, such as "careful,priorities-3". What is neither a variant nor a
// schedule is of the servers, if these are no guests.
type settings struct {
	variant  string
	schedule guest.Schedule
	lie      guest.Lie // of the disks of servers that are guests
	servers  string
}

// String is as it was written, in that order.
func (set settings) String() string {
	schedule := string(set.schedule)
	if set.schedule == guest.ByChance {
		schedule = "by-chance"
	}
	return strings.Join(slices.DeleteFunc([]string{set.variant, string(set.lie), schedule, set.servers},
		func(word string) bool { return word == "" }), ",")
}

func (s System) settings(text string) (set settings, err error) {
	var servers []string
	for word := range strings.SplitSeq(text, ",") {
		schedule, unknown := guest.ParseSchedule(word)
		switch {
		case slices.Contains(s.Variants, word):
			set.variant = word
		case s.Servers == nil && slices.Contains(guest.Lies(), guest.Lie(word)):
			set.lie = guest.Lie(word)
		case unknown == nil:
			set.schedule = schedule
		case s.Servers != nil:
			servers = append(servers, word)
		case len(s.Variants) > 0:
			return set, fmt.Errorf("%w; and the variants %s", unknown, strings.Join(s.Variants, ", "))
		default:
			return set, unknown
		}
	}
	if set.servers = strings.Join(servers, ","); s.Servers != nil {
		if set.servers == "" {
			set.servers = s.Servers.Settings
		}
		err = s.Servers.CheckSettings(set.servers)
	}
	return set, err
}

// draw has goroutines run by chance in most trials, and by priorities in others.
func (s System) draw(rng *rand.Rand) string {
	var set settings
	if rng.IntN(3) == 0 {
		set.schedule = guest.ByPriority(rng.IntN(6))
	}
	if s.Servers != nil {
		set.servers = s.Servers.DrawSettings(rng)
	}
	return set.String()
}

// simpler has goroutines run in turn, and servers set up more simply.
func (s System) simpler(text string) (list []string) {
	set, err := s.settings(text)
	if err != nil {
		return nil
	}
	if set.schedule != guest.InTurn {
		one := set
		one.schedule = guest.InTurn
		list = append(list, one.String())
	}
	if s.Servers != nil && s.Servers.SimplerSettings != nil {
		for _, servers := range s.Servers.SimplerSettings(set.servers) {
			one := set
			one.servers = servers
			list = append(list, one.String())
		}
	}
	return list
}
