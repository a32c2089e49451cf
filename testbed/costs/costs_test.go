package costs

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"ordeal/sim"
)

func TestTextAndBack(t *testing.T) {
	const text = "cpu-frame:20us,cpu-boot:0s,latency:61.5us,bandwidth:5000000,sync:1.2ms,disk-bandwidth:1000"
	c, err := Parse(text)
	want := sim.Config{
		CPU:     sim.CPU{Frame: 20 * time.Microsecond, Boot: -1},
		Network: sim.Network{Latency: 61500 * time.Nanosecond, BytesPerSecond: 5_000_000},
		Disk:    sim.Disk{Sync: 1200 * time.Microsecond, BytesPerSecond: 1000},
	}
	if err != nil || !reflect.DeepEqual(c, want) || Text(c) != text {
		t.Errorf("%+v, %v, written as %s", c, err, Text(c))
	}
	if c, err := Parse(""); err != nil || Text(c) != "" {
		t.Errorf("nothing is read as %s, %v", Text(c), err)
	}
}

// TestEveryCostHasAName says which costs of a world can't be written.
func TestEveryCostHasAName(t *testing.T) {
	var c sim.Config
	for _, one := range all {
		if one.time != nil {
			*one.time(&c) = 7
		} else {
			*one.rate(&c) = 7000
		}
	}
	for _, group := range []any{c.CPU, c.Disk} {
		for v, i := reflect.ValueOf(group), 0; i < v.NumField(); i++ {
			if v.Field(i).Int() == 0 {
				t.Errorf("%T.%s has no name", group, v.Type().Field(i).Name)
			}
		}
	}
	if n := c.Network; n.Latency == 0 || n.LatencyTail == 0 || n.BytesPerSecond == 0 {
		t.Errorf("%+v", n)
	}
	if back, err := Parse(Text(c)); err != nil || !reflect.DeepEqual(back, c) {
		t.Errorf("%+v is read as %+v, %v", c, back, err)
	}
}

func TestWhatIsNoCost(t *testing.T) {
	for text, want := range map[string]string{
		"price:3us":               "price is not known: there are cpu-message",
		",":                       "nothing is not known",
		"sync:1ms,sync:1ms":       "sync stands there twice",
		"sync:-1ms":               "is no time from 0s to 10s",
		"sync:11s":                "is no time from 0s to 10s",
		"sync":                    "is no time from 0s to 10s",
		"bandwidth:999":           "is no number of bytes a second",
		"bandwidth:fast":          "is no number of bytes a second",
		"latency:3us sync:1ms":    "is no time",
		"disk-bandwidth:9,sync:x": "disk-bandwidth: ",
	} {
		if c, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v", text, c, err)
		}
	}
}

func TestFiles(t *testing.T) {
	got, err := FromFile([]byte("# a machine\n\nsync: 85us  # p50 of 500\n latency : 60us\n"))
	if err != nil || got != "latency:60us,sync:85us" {
		t.Errorf("%s, %v", got, err)
	}
	for text, want := range map[string]string{
		"":                         "it names no cost",
		"# sync: 3ms\n":            "it names no cost",
		"sync: 1ms\nsink: 1ms\n":   "line 2: sink is not known",
		"sync: 1ms\nsync: 2ms\n":   "sync stands there twice",
		"sync: 1ms, latency: 1s\n": "line 1",
	} {
		if got, err := FromFile([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
}
