// Package setup is how a trial of the coordination service is set up: how servers keep their logs, what stands in
// their configuration, and what the clients of the trial are like. The seed decides, and the word behind settings= in
// a trial's line says it.
package setup

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
)

// Settings is how a trial is set up. The zero value of each Option is its default.
type Settings struct {
	Storage
	options [optionsEnd]uint8 // which of the option's values
}

// String is "30/6/8192/300", and behind it what is not the default: "30/6/8192/300,tick=300ms,observers=1".
func (s Settings) String() string {
	text := s.Storage.String()
	for o, value := range s.options {
		if value != 0 {
			text += "," + options[o].name + "=" + options[o].values[value]
		}
	}
	return text
}

// Parse reads what String wrote.
func Parse(text string) (s Settings, err error) {
	words := strings.Split(text, ",")
	if s.Storage, err = parseStorage(words[0]); err != nil {
		return s, err
	}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		o := slices.IndexFunc(options[:], func(one option) bool { return one.name == name })
		if o < 0 {
			return Settings{}, fmt.Errorf("%s is not known: there are %s", word, strings.Join(names(), ", "))
		}
		i := slices.Index(options[o].values, value)
		if i < 0 {
			return Settings{}, fmt.Errorf("%s: %s is one of %s", word, name, strings.Join(options[o].values, ", "))
		}
		s.options[o] = uint8(i)
	}
	return s, nil
}

func names() (list []string) {
	for _, o := range options {
		list = append(list, o.name)
	}
	return list
}

// plainOf is of how many trials one has everything at its default.
const plainOf = 3

// Draw draws how a trial is set up: in one of three trials everything but the storage is as it is by default, and in
// the others each option has its own chance to be something else. Each draws from a stream of its own, so that another
// option changes nothing in those that there are.
func Draw(rng *rand.Rand) Settings {
	s := Settings{Storage: drawStorage(rng)}
	seed := rng.Uint64()
	if stream(seed, "plain").IntN(plainOf) == 0 {
		return s
	}
	for i, o := range options {
		if own := stream(seed, o.name); own.IntN(1000) < o.permille {
			s.options[i] = uint8(1 + own.IntN(len(o.values)-1))
		}
	}
	return s
}

// stream is the chance of one option.
func stream(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// Simpler lists settings with which a trial may be easier to follow: everything at its default, one thing at its
// default, and logs without snapshots or with many.
func (s Settings) Simpler() (list []Settings) {
	plain := Settings{Storage: s.Storage}
	if plain != s {
		list = append(list, plain)
		for o := range s.options {
			if t := s; t.options[o] != 0 {
				t.options[o] = 0
				if t != plain {
					list = append(list, t)
				}
			}
		}
	}
	for _, storage := range s.simpler() {
		t := s
		t.Storage = storage
		list = append(list, t)
	}
	return list
}
