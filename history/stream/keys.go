package stream

import (
	"errors"

	"ordeal/history"
)

// Keys sets the objects of events that have a key beside their value. There are two ways to write one: with the value
// that is meant, as Porcupine's histories have it, or with [key value], as WriteEDN has it for Jepsen's sake. A file
// keeps to one of them, and its first event with a key shows which.
type Keys struct{ known, pairs bool }

// Set sets the key of an event, and takes the value out of [key value] if that is the way.
func (k *Keys) Set(e *Event, key any) error {
	name := history.KeyText(key)
	pair, isPair := e.Value.([]any)
	fits := isPair && len(pair) == 2 && pair[0] == any(name) && history.Plain(pair[0])
	if !k.known {
		k.known, k.pairs = true, fits
	}
	if k.pairs && !fits {
		return errors.New("the events before have values [key value], whose key is their :key, and this has none")
	}
	e.Key = name
	if k.pairs {
		e.Value = pair[1]
	}
	return nil
}
