package nemesis

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// slot is a place for one argument in a fault's text. A kind is a list of them, which both printing and parsing
// follow.
type slot uint8

const (
	slotTarget    slot = iota
	slotShape          // a shape, and its target if it has one
	slotPercent        // a probability
	slotShare          // a probability that may be left out when it is 100%
	slotDrift          // a signed rate
	slotJump           // a signed duration
	slotDelay          // a duration
	slotJitter         // "jitter" and a duration, or nothing
	slotSyncDelay      // a duration
	slotMark           // a name
	slotEvery          // "every" and a duration
	slotRate           // bits a second
	slotSwing          // a duration
	slotMachine        // a machine's name
	slotNumber         // a number from 1
	slotLeaving        // "leaving" and a number from 1, or nothing
)

const withClients = "with-clients"

// spell is the slot's text in f; "" where it may be left out and is.
func (s slot) spell(f Fault) string {
	switch s {
	case slotTarget, slotMachine:
		return string(f.Target)
	case slotShape:
		return strings.TrimSpace(string(f.Shape) + " " + string(f.Target))
	case slotPercent:
		return formatPercent(f.PPM)
	case slotShare:
		if f.PPM == certain {
			return ""
		}
		return formatPercent(f.PPM)
	case slotDrift:
		if f.Each {
			return fmt.Sprintf("+-%dppm", f.PPM)
		}
		return fmt.Sprintf("%+dppm", f.PPM)
	case slotJump:
		if f.Each {
			return "+-" + formatDuration(f.Amount)
		}
		return formatDuration(f.Amount)
	case slotDelay, slotSyncDelay, slotSwing:
		return formatDuration(f.Amount)
	case slotEvery:
		return "every " + formatDuration(f.Every)
	case slotRate:
		return formatRate(f.Rate)
	case slotNumber:
		return strconv.Itoa(f.N)
	case slotLeaving:
		if f.Leaving == 0 {
			return ""
		}
		return "leaving " + strconv.Itoa(f.Leaving)
	case slotJitter:
		if f.Jitter == 0 {
			return ""
		}
		return "jitter " + formatDuration(f.Jitter)
	}
	return f.Mark
}

// read takes the slot's words and sets f.
func (s slot) read(p *stepParser, f *Fault) (err error) {
	switch s {
	case slotTarget:
		f.Target, err = p.target()
	case slotShape:
		err = p.shape(f)
	case slotPercent:
		f.PPM, err = read(p, "a percentage such as 20%", parsePercent)
	case slotShare:
		f.PPM = certain
		if strings.HasSuffix(p.peek(), "%") {
			f.PPM, err = read(p, "a percentage such as 20%", parsePercent)
		}
	case slotDrift:
		f.Each = strings.HasPrefix(p.peek(), "+-")
		f.PPM, err = read(p, "a drift such as +5000ppm", parseDrift)
	case slotJump:
		f.Each = strings.HasPrefix(p.peek(), "+-")
		f.Amount, err = read(p, "how far, such as -2s", parseJump)
	case slotEvery:
		if p.peek() != "every" {
			return p.fail(p.next, "here must be every and a duration, as in %q", p.kind.Example)
		}
		p.next++
		f.Every, err = read(p, "a duration such as 100ms", parsePeriod)
	case slotRate:
		f.Rate, err = read(p, "bits a second, such as 1mbit", parseRate)
	case slotDelay, slotSyncDelay, slotSwing:
		f.Amount, err = read(p, "a duration such as 50ms", parseSpan)
	case slotJitter:
		if p.peek() == "jitter" {
			p.next++
			f.Jitter, err = read(p, "a duration such as 10ms", parseSpan)
		}
	case slotMachine:
		f.Target, err = read(p, "a machine such as n2", parseMachine)
	case slotNumber:
		f.N, err = read(p, "a number such as 17", parseNumber)
	case slotLeaving:
		if p.peek() == "leaving" {
			p.next++
			f.Leaving, err = read(p, "the number of a state of the disk, such as 3", parseNumber)
		}
	case slotMark:
		f.Mark, err = read(p, "the name of a mark, such as walBeforeSync", parseMark)
	}
	return err
}

// parseSpan reads a duration that is more than nothing.
func parseSpan(text string) (time.Duration, error) {
	d, err := parseDuration(text)
	if err == nil && d <= 0 {
		err = fmt.Errorf("%q must be more than 0s", text)
	}
	return d, err
}

// periodMin keeps a plan from stopping the world's time.
const periodMin = time.Millisecond

func parsePeriod(text string) (time.Duration, error) {
	d, err := parseDuration(text)
	if err == nil && d < periodMin {
		err = fmt.Errorf("%q is too often: at least %s", text, formatDuration(periodMin))
	}
	return d, err
}

func parseJump(text string) (time.Duration, error) {
	d, err := parseDuration(strings.TrimPrefix(text, "+-"))
	if err == nil && d < 0 && strings.HasPrefix(text, "+-") {
		err = fmt.Errorf("%q goes both ways: leave out the second sign", text)
	}
	if err == nil && d == 0 {
		err = fmt.Errorf("%q moves nothing", text)
	}
	return d, err
}

func parseInstant(text string) (time.Duration, error) {
	d, err := parseDuration(text)
	if err == nil && d < 0 {
		err = fmt.Errorf("%q is before the start", text)
	}
	return d, err
}

func parseMark(text string) (string, error) {
	for i := range len(text) {
		if !isLetter(text[i]) && (i == 0 || !isDigit(text[i]) && text[i] != '_') {
			return "", fmt.Errorf("%q is no name of a mark: write letters and digits, as in walBeforeSync", text)
		}
	}
	return text, nil
}

func isLetter(b byte) bool { return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' }
