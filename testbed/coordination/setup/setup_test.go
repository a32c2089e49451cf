package setup

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

func draw(seed uint64) Settings { return Draw(rand.New(rand.NewPCG(seed, 1))) }

func TestWhatIsDrawn(t *testing.T) {
	const draws = 4000
	plain := 0
	seen := map[string]int{}
	for seed := range uint64(draws) {
		s := draw(seed)
		if s == (Settings{Storage: s.Storage}) {
			plain++
		}
		for o, value := range s.options {
			seen[options[o].name+"="+options[o].values[value]]++
		}
		read, err := Parse(s.String())
		if err != nil || read != s {
			t.Fatalf("%s is read as %s: %v", s, read, err)
		}
	}
	if plain < draws/plainOf || plain > draws/2 {
		t.Errorf("%d of %d are plain", plain, draws)
	}
	for _, o := range options {
		for i, value := range o.values {
			if drawn := seen[o.name+"="+value] > 0; drawn != (i == 0 || o.permille > 0) {
				t.Errorf("%s=%s is drawn: %v", o.name, value, drawn)
			}
		}
	}
}

func TestLiesAreSettings(t *testing.T) {
	plain := draw(1)
	for i, lie := range Lies() {
		s, err := Parse(Lying(plain.String(), lie))
		if err != nil || !s.Is(Disk, lie) || s.options[Disk] != uint8(i+1) {
			t.Errorf("%s: %s, %v", lie, s, err)
		}
	}
	if !plain.Is(Disk, DiskTrue) || len(Lies()) != 3 {
		t.Errorf("%s, and the lies are %v", plain, Lies())
	}
}

func TestAnotherOptionMovesNoOther(t *testing.T) {
	before := make([]Settings, 200)
	for seed := range before {
		before[seed] = draw(uint64(seed))
	}
	was := options[Observers]
	defer func() { options[Observers] = was }()
	options[Observers].permille = 1000
	for seed, s := range before {
		now := draw(uint64(seed))
		s.options[Observers], now.options[Observers] = 0, 0
		if s != now {
			t.Errorf("seed %d: %s, and was %s", seed, now, s)
		}
	}
}

func TestWhatIsNoSettings(t *testing.T) {
	for text, want := range map[string]string{
		"30/6/8192":                "30/6/8192 is not four numbers",
		"30/6/8192/300,":           " is not known: there are tick, timeouts",
		"30/6/8192/300,tack=1":     "tack=1 is not known",
		"30/6/8192/300,tick=500":   "tick=500: tick is one of 500ms, 300ms, 800ms",
		"30/6/8192/300 tick=500ms": "30/6/8192/300 tick=500ms is not four numbers",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestSimpler(t *testing.T) {
	s, err := Parse("8/1/8192/300,tick=300ms,observers=1")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, one := range s.Simpler() {
		got = append(got, one.String())
	}
	want := []string{"8/1/8192/300", "8/1/8192/300,observers=1", "8/1/8192/300,tick=300ms"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	s.options = [optionsEnd]uint8{}
	if list := s.Simpler(); len(list) != 0 {
		t.Errorf("%q is simpler than %s", list, s)
	}
}

// TestTheOptionsAreInTheTable holds docs/COVERAGE.md to the options.
func TestTheOptionsAreInTheTable(t *testing.T) {
	doc, err := os.ReadFile("../../../docs/COVERAGE.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range options {
		row := "| `" + o.name + "` | `" + strings.Join(o.values, "` `") + "` |"
		if !strings.Contains(string(doc), row) {
			t.Errorf("there is no row that begins with %s", row)
		}
	}
}
