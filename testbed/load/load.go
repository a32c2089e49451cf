// Package load is what clients ask of a service when it is measured, and over what network: shapes as data, in words
// that fit any service. A service says which kinds of request it has, and may have kinds, shapes and networks of its
// own. Nothing here sends anything, and nothing knows a service.
package load

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"ordeal/host"
)

// Kind is what one request asks for. Those below are asked for by the built-in shapes; a service may have more.
type Kind string

// The kinds. An object is what a service keeps under a name: a key, a register, a znode.
const (
	Read       Kind = "read"        // the value of one object
	Write      Kind = "write"       // a new value for one object, whatever its old one
	ReadMulti  Kind = "read-multi"  // the values of several objects, in one request
	WriteMulti Kind = "write-multi" // new values for several objects, all or none, in one request
	List       Kind = "list"        // the names of all objects
	Create     Kind = "create"      // an object that is not there
	Remove     Kind = "remove"      // an object that is there
)

// Kinds are those that the built-in shapes ask for.
func Kinds() []Kind { return []Kind{Read, Write, ReadMulti, WriteMulti, List, Create, Remove} }

// Request is one thing to ask for.
type Request struct {
	Kind Kind
	// Keys number the objects that it is about, from 0: one, several of a multi, none of a list. Those below Shape.Keys
	// are there before the load begins; those of Create are new.
	Keys []int
	// Bytes is how long each value is that it writes.
	Bytes int
}

// Share is a kind, and how often it is asked for in proportion to the others.
type Share struct {
	Kind   Kind
	Weight int
}

// Shape is a load.
type Shape struct {
	Name, What string
	Mix        []Share
	// Keys is how many objects there are, Bytes how long a value is, and Many how many objects a multi is about; 64, 100
	// and 4 if they are 0.
	Keys, Bytes, Many int
	// Rate is how many requests a second there are where the load neither rises nor is as high as it can be; 500 if it is
	// 0.
	Rate int
	// Requests is how many there are at most, where each costs much to simulate; 0 is no bound.
	Requests int
}

// Called is the shape's name.
func (s Shape) Called() string { return s.Name }

// Class is of which class a kind is, where figures tell only these apart: it is "reads", "writes", or the kind itself
// where a service has it of its own.
func (k Kind) Class() string {
	switch k {
	case Read, ReadMulti, List:
		return "reads"
	case Write, WriteMulti, Create, Remove:
		return "writes"
	}
	return string(k)
}

// Filled is the shape with its defaults.
func (s Shape) Filled() Shape {
	s.Keys, s.Bytes = cmp.Or(s.Keys, 64), cmp.Or(s.Bytes, 100)
	s.Many, s.Rate = cmp.Or(s.Many, 4), cmp.Or(s.Rate, 500)
	return s
}

// Asks are the kinds that a shape asks for.
func (s Shape) Asks() (kinds []Kind) {
	for _, one := range s.Mix {
		kinds = append(kinds, one.Kind)
	}
	return kinds
}

// Shapes are the built-in ones.
func Shapes() []Shape {
	return []Shape{
		{Name: "production-mix", What: "what a store of metadata is asked for: seven reads to three writes", Mix: []Share{
			{Read, 50}, {List, 10}, {ReadMulti, 10}, {Write, 14}, {WriteMulti, 6}, {Create, 5}, {Remove, 5}}},
		{Name: "read", What: "one object is read", Mix: []Share{{Read, 1}}},
		{Name: "write", What: "one object is written", Mix: []Share{{Write, 1}}},
		{Name: "read-multi", What: "four objects are read in one request", Mix: []Share{{ReadMulti, 1}}},
		{Name: "write-multi", What: "four objects are written in one request", Mix: []Share{{WriteMulti, 1}}},
		{Name: "list-heavy", What: "three lists of 256 objects to one read", Mix: []Share{{List, 3}, {Read, 1}}, Keys: 256},
		{Name: "churn", What: "objects are created and removed", Mix: []Share{{Create, 1}, {Remove, 1}}},
		{Name: "large-payload", What: "values of 32 KiB are written and read", Mix: []Share{{Write, 1}, {Read, 1}},
			Bytes: 32 << 10, Keys: 32, Rate: 100, Requests: 1000},
		{Name: "hot-key", What: "one object is written and read by all", Mix: []Share{{Write, 1}, {Read, 1}}, Keys: 1},
		{Name: "large-multi", What: "twenty objects are written in one request", Mix: []Share{{WriteMulti, 1}}, Many: 20,
			Rate: 200, Requests: 1000},
	}
}

// Client is one client of a load. It asks for one thing at a time; its methods run in the client's process, and wait.
type Client interface {
	// Fill makes the objects of which the number, modulo of, is i: it is called once by each of so many clients, before
	// the load begins.
	Fill(s Shape, i, of int) error
	// Ask asks for one thing and waits for the answer. An error says that it was not done, or that this is not known.
	Ask(r Request) error
	// Close ends the client.
	Close()
}

// Place is where a client is: its number among so many, from 0, and the server that it is to ask.
type Place struct {
	Index, Of int
	Server    host.Addr
}

// Draw draws what n requests of a shape ask for, in their order. Each kind is asked for as often as the mix has it, to
// the nearest whole number, so that two draws differ in the order and in the objects alone. Objects that are removed
// are those that were created before by a request whose place is the same modulo clients: so whoever asks for every
// clients-th one removes what it has created.
func Draw(s Shape, n, clients int, rng *rand.Rand) []Request {
	s = s.Filled()
	kinds := s.kinds(n)
	rng.Shuffle(n, func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	made, fresh := make([][]int, clients), s.Keys
	list := make([]Request, n)
	for i, k := range kinds {
		own := &made[i%clients]
		if k == Remove && len(*own) == 0 {
			k = Create
		}
		r := Request{Kind: k, Bytes: s.Bytes}
		switch k {
		case Create:
			r.Keys = []int{fresh}
			*own = append(*own, fresh)
			fresh++
		case Remove:
			r.Keys = []int{(*own)[0]}
			*own = (*own)[1:]
		case ReadMulti, WriteMulti:
			r.Keys = rng.Perm(s.Keys)[:min(s.Many, s.Keys)]
		case List:
		default:
			r.Keys = []int{rng.IntN(s.Keys)}
		}
		list[i] = r
	}
	return list
}

// kinds are those of n requests, in the order of the mix.
func (s Shape) kinds(n int) (list []Kind) {
	sum, upTo := 0, 0
	for _, one := range s.Mix {
		sum += one.Weight
	}
	for _, one := range s.Mix {
		upTo += one.Weight
		list = append(list, slices.Repeat([]Kind{one.Kind}, (n*upTo+sum/2)/sum-len(list))...)
	}
	return list
}
