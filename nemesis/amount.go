package nemesis

import (
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"time"
)

const (
	// durationMax bounds every duration in a plan, so that sums of a few never overflow.
	durationMax = 1000 * time.Hour
	// DriftMax, in parts per million, keeps a clock running forwards, whatever drifts are on it.
	DriftMax = 900_000
	// certain is the probability of what always happens, in parts per million.
	certain = 1_000_000

	ppmInPercent = 10_000
)

var units = []struct {
	name string
	of   time.Duration
}{
	{"ns", time.Nanosecond}, {"us", time.Microsecond}, {"µs", time.Microsecond}, {"ms", time.Millisecond},
	{"s", time.Second}, {"m", time.Minute}, {"h", time.Hour},
}

// formatDuration spells d exactly, as one number and the largest of s, ms, us and ns that is not more than d: columns
// of times in seconds are easier to compare than 1m30s.
func formatDuration(d time.Duration) string {
	sign, size := "", uint64(d)
	if d < 0 {
		sign, size = "-", -size
	}
	switch {
	case size == 0:
		return "0s"
	case size >= uint64(time.Second):
		return sign + formatDecimal(size, uint64(time.Second)) + "s"
	case size >= uint64(time.Millisecond):
		return sign + formatDecimal(size, uint64(time.Millisecond)) + "ms"
	case size >= uint64(time.Microsecond):
		return sign + formatDecimal(size, uint64(time.Microsecond)) + "us"
	}
	return sign + formatDecimal(size, 1) + "ns"
}

// formatDecimal spells size/unit exactly; unit is a power of ten.
func formatDecimal(size, unit uint64) string {
	whole, rest := fmt.Sprint(size/unit), size%unit
	if rest == 0 {
		return whole
	}
	digits := fmt.Sprint(unit + rest)[1:] // the leading 1 keeps the zeros
	return whole + "." + strings.TrimRight(digits, "0")
}

func formatPercent(ppm int) string { return formatDecimal(uint64(ppm), ppmInPercent) + "%" }

// parseDuration reads 500ms, 6.5s, 1m30s or -2s in whole nanoseconds.
func parseDuration(text string) (time.Duration, error) {
	form := fmt.Errorf("%q is no duration: write a number and a unit, as in 500ms, 6.5s or 1m30s", text)
	rest, negative := strings.CutPrefix(text, "-")
	if !negative {
		rest = strings.TrimPrefix(rest, "+")
	}
	if rest == "" {
		return 0, form
	}
	var sum time.Duration
	for rest != "" {
		number, behind := splitNumber(rest)
		name, next := splitUnit(behind)
		unit := unitNamed(name)
		if unit == 0 {
			return 0, form
		}
		part, err := scale(number, uint64(unit))
		switch {
		case errors.Is(err, errTooFine):
			return 0, fmt.Errorf("%q is finer than a nanosecond", text)
		case errors.Is(err, errNoNumber):
			return 0, form
		case err != nil || part > uint64(durationMax) || sum+time.Duration(part) > durationMax:
			return 0, fmt.Errorf("%q is longer than %s", text, "1000h")
		}
		sum, rest = sum+time.Duration(part), next
	}
	if negative {
		sum = -sum
	}
	return sum, nil
}

// parsePercent reads 20% or 0.5% as parts per million.
func parsePercent(text string) (int, error) {
	number, isPercent := strings.CutSuffix(text, "%")
	if !isPercent {
		return 0, fmt.Errorf("%q is no percentage: write it as 20%% or 0.5%%", text)
	}
	ppm, err := scale(number, ppmInPercent)
	switch {
	case errors.Is(err, errTooFine):
		return 0, fmt.Errorf("%q is finer than 0.0001%%", text)
	case errors.Is(err, errNoNumber):
		return 0, fmt.Errorf("%q is no percentage: write it as 20%% or 0.5%%", text)
	case err != nil || ppm == 0 || ppm > certain:
		return 0, fmt.Errorf("%q is out of range: from 0.0001%% to 100%%", text)
	}
	return int(ppm), nil
}

// parseDrift reads +5000ppm or -200ppm.
func parseDrift(text string) (int, error) {
	number, isPPM := strings.CutSuffix(text, "ppm")
	number, either := strings.CutPrefix(number, "+-")
	if either {
		number = "+" + number
	}
	digits := strings.TrimLeft(number, "+-")
	signed := len(number) == len(digits)+1
	ppm, err := scale(digits, 1)
	switch {
	case !isPPM || !signed || err != nil && !errors.Is(err, errTooBig):
		return 0, fmt.Errorf("%q is no drift: write the sign and whole ppm, as in +5000ppm or -200ppm", text)
	case err != nil || ppm == 0 || ppm > DriftMax:
		return 0, fmt.Errorf("%q is out of range: from ±1ppm to ±%dppm", text, DriftMax)
	case number[0] == '-':
		return -int(ppm), nil
	}
	return int(ppm), nil
}

// formatRate spells bits a second with the largest unit that leaves them whole.
func formatRate(bits int) string {
	switch {
	case bits%1_000_000 == 0:
		return fmt.Sprintf("%dmbit", bits/1_000_000)
	case bits%1_000 == 0:
		return fmt.Sprintf("%dkbit", bits/1_000)
	}
	return fmt.Sprintf("%dbit", bits)
}

const (
	rateMin = 8              // a byte a second
	rateMax = 10_000_000_000 // ten times what a link is by nature
)

// parseRate reads 1mbit, 256kbit or 100bit as bits a second.
func parseRate(text string) (int, error) {
	number, unit := splitNumber(text)
	factor := map[string]uint64{"bit": 1, "kbit": 1_000, "mbit": 1_000_000}[unit]
	bits, err := scale(number, max(factor, 1))
	switch {
	case factor == 0 || errors.Is(err, errNoNumber):
		return 0, fmt.Errorf("%q is no rate: write a number and a unit, as in 1mbit, 256kbit or 100bit", text)
	case errors.Is(err, errTooFine):
		return 0, fmt.Errorf("%q is finer than a bit", text)
	case err != nil || bits < rateMin || bits > rateMax:
		return 0, fmt.Errorf("%q is out of range: from %s to %s", text, formatRate(rateMin), formatRate(rateMax))
	}
	return int(bits), nil
}

var (
	errNoNumber = errors.New("no number")
	errTooFine  = errors.New("too fine")
	errTooBig   = errors.New("too big")
)

// scale reads a decimal number and returns it times unit, exactly or not at all.
func scale(number string, unit uint64) (uint64, error) {
	whole, fraction, hasFraction := strings.Cut(number, ".")
	digits := whole + fraction
	if whole == "" || hasFraction && fraction == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, errNoNumber
	}
	if len(whole) > 18 {
		return 0, errTooBig
	}
	if len(digits) > 18 {
		return 0, errTooFine
	}
	mantissa, divisor := uint64(0), uint64(1)
	for i := range len(digits) {
		mantissa = mantissa*10 + uint64(digits[i]-'0')
		if i >= len(whole) {
			divisor *= 10
		}
	}
	high, low := bits.Mul64(mantissa, unit)
	if high >= divisor {
		return 0, errTooBig
	}
	product, rest := bits.Div64(high, low, divisor)
	if rest != 0 {
		return 0, errTooFine
	}
	return product, nil
}

func splitNumber(text string) (number, rest string) {
	n := 0
	for n < len(text) && (text[n] == '.' || isDigit(text[n])) {
		n++
	}
	return text[:n], text[n:]
}

func splitUnit(text string) (unit, rest string) {
	n := 0
	for n < len(text) && !isDigit(text[n]) {
		n++
	}
	return text[:n], text[n:]
}

func unitNamed(name string) time.Duration {
	for _, u := range units {
		if u.name == name {
			return u.of
		}
	}
	return 0
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }
