// Package costs writes what things cost in a simulated world as text, and reads it. A trial's line may have it, and a
// file that says what a machine is like.
package costs

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/sim"
)

// cost is one thing that costs something: a time, or bytes a second.
type cost struct {
	name string
	time func(c *sim.Config) *time.Duration
	rate func(c *sim.Config) *int64
}

func timed(name string, field func(c *sim.Config) *time.Duration) cost {
	return cost{name: name, time: field}
}
func rated(name string, field func(c *sim.Config) *int64) cost { return cost{name: name, rate: field} }

// all are the costs, in the order in which they are written.
var all = []cost{
	timed("cpu-message", func(c *sim.Config) *time.Duration { return &c.CPU.Message }),
	timed("cpu-frame", func(c *sim.Config) *time.Duration { return &c.CPU.Frame }),
	timed("cpu-connect", func(c *sim.Config) *time.Duration { return &c.CPU.Connect }),
	timed("cpu-wake", func(c *sim.Config) *time.Duration { return &c.CPU.Wake }),
	timed("cpu-done", func(c *sim.Config) *time.Duration { return &c.CPU.Done }),
	timed("cpu-boot", func(c *sim.Config) *time.Duration { return &c.CPU.Boot }),
	timed("cpu-send", func(c *sim.Config) *time.Duration { return &c.CPU.Send }),
	timed("cpu-kib", func(c *sim.Config) *time.Duration { return &c.CPU.PerKiB }),
	timed("latency", func(c *sim.Config) *time.Duration { return &c.Network.Latency }),
	timed("latency-tail", func(c *sim.Config) *time.Duration { return &c.Network.LatencyTail }),
	rated("bandwidth", func(c *sim.Config) *int64 { return &c.Network.BytesPerSecond }),
	timed("sync", func(c *sim.Config) *time.Duration { return &c.Disk.Sync }),
	timed("sync-tail", func(c *sim.Config) *time.Duration { return &c.Disk.SyncTail }),
	timed("disk-step", func(c *sim.Config) *time.Duration { return &c.Disk.Step }),
	rated("disk-bandwidth", func(c *sim.Config) *int64 { return &c.Disk.BytesPerSecond }),
}

// Text is what a world's costs are where they are not the default, as "latency:80us,sync:1.2ms"; of the rest of the
// configuration it says nothing.
func Text(c sim.Config) string {
	var words []string
	for _, one := range all {
		value := ""
		if one.time != nil {
			if d := *one.time(&c); d < 0 {
				value = "0s"
			} else if d > 0 {
				value = strings.ReplaceAll(d.String(), "µ", "u")
			}
		} else if n := *one.rate(&c); n > 0 {
			value = strconv.FormatInt(n, 10)
		}
		if value != "" {
			words = append(words, one.name+":"+value)
		}
	}
	return strings.Join(words, ",")
}

// Parse reads what Text wrote; what it does not name costs what it does by default.
func Parse(text string) (c sim.Config, err error) {
	if text == "" {
		return c, nil
	}
	seen := make(map[string]bool)
	for word := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(word, ":")
		i := slices.IndexFunc(all, func(one cost) bool { return one.name == name })
		switch {
		case i < 0:
			return sim.Config{}, fmt.Errorf("%s is not known: there are %s", cmp.Or(name, "nothing"),
				strings.Join(names(), ", "))
		case seen[name]:
			return sim.Config{}, fmt.Errorf("%s stands there twice", name)
		}
		seen[name] = true
		if err := all[i].set(&c, value); err != nil {
			return sim.Config{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	return c, nil
}

// The most that anything may cost, and the least that goes through in a second.
const (
	timeMax = 10 * time.Second
	rateMin = 1000
)

func (one cost) set(c *sim.Config, value string) error {
	if one.time != nil {
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 || d > timeMax {
			return fmt.Errorf("%q is no time from 0s to %v, such as 80us", value, timeMax)
		}
		if d == 0 {
			d = -1 // by which a world knows that it costs nothing
		}
		*one.time(c) = d
		return nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < rateMin {
		return fmt.Errorf("%q is no number of bytes a second of at least %d", value, rateMin)
	}
	*one.rate(c) = n
	return nil
}

func names() (list []string) {
	for _, one := range all {
		list = append(list, one.name)
	}
	return list
}

// FromFile is what a file says, as Text writes it: one thing a line, as "latency: 80us", and behind # whatever else
// there is to know.
func FromFile(content []byte) (string, error) {
	var words []string
	for n, line := range strings.Split(string(content), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		word := strings.TrimSpace(name) + ":" + strings.TrimSpace(value)
		if _, err := Parse(word); err != nil {
			return "", fmt.Errorf("line %d: %w", n+1, err)
		}
		words = append(words, word)
	}
	c, err := Parse(strings.Join(words, ","))
	if err == nil && len(words) == 0 {
		err = fmt.Errorf("it names no cost: there are %s", strings.Join(names(), ", "))
	}
	return Text(c), err
}
