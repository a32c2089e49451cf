package load_test

import (
	"math/rand/v2"
	"testing"

	"ordeal/testbed/load"
)

// TestDraw: every kind is asked for as often as the mix has it, objects are there when they are asked for, and only who
// has created one removes it.
func TestDraw(t *testing.T) {
	const n, clients = 2000, 30
	for _, shape := range load.Shapes() {
		s := shape.Filled()
		there, sum := make(map[int]int), 0
		for k := range s.Keys {
			there[k] = -1
		}
		for _, one := range s.Mix {
			sum += one.Weight
		}
		counts := make(map[load.Kind]int)
		for i, r := range load.Draw(shape, n, clients, rand.New(rand.NewPCG(1, 2))) {
			counts[r.Kind]++
			for _, k := range r.Keys {
				owner, is := there[k]
				switch {
				case is == (r.Kind == load.Create):
					t.Fatalf("%s: request %d is %v, and %d is there: %v", s.Name, i, r, k, is)
				case r.Kind == load.Remove && owner != i%clients:
					t.Fatalf("%s: client %d removes what %d has created", s.Name, i%clients, owner)
				case r.Kind == load.Remove:
					delete(there, k)
				case r.Kind == load.Create:
					there[k] = i % clients
				}
			}
		}
		for _, one := range s.Mix {
			want, slack := n*one.Weight/sum, 1
			if one.Kind == load.Create || one.Kind == load.Remove {
				slack = n / 20 // what is to be removed may not be there, and is then created
			}
			if got := counts[one.Kind]; got < want-slack || got > want+slack {
				t.Errorf("%s: %d requests of kind %s, wanted %d", s.Name, got, one.Kind, want)
			}
		}
	}
}

// TestShapesAreTenAndSeven, with names of their own, and of a class each.
func TestShapesAreTenAndSeven(t *testing.T) {
	names := make(map[string]bool)
	for _, s := range load.Shapes() {
		names[s.Name] = true
		if s.What == "" || len(s.Mix) > 8 {
			t.Errorf("%s: %q, %d kinds", s.Name, s.What, len(s.Mix))
		}
	}
	for _, n := range load.Networks() {
		names[n.Name] = true
	}
	if len(names) != 17 {
		t.Errorf("there are %d names", len(names))
	}
	for _, k := range load.Kinds() {
		if c := k.Class(); c != "reads" && c != "writes" {
			t.Errorf("%s is of the class %s", k, c)
		}
	}
	if load.Kind("renew").Class() != "renew" {
		t.Error("a kind of a service's own is of another class")
	}
}
