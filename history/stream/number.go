package stream

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"ordeal/history"
)

// digitsMax bounds the digits of a number that is worked out, so that a hostile exponent can't fill the memory.
const digitsMax = 10_000

// ParseNumber is a number in the way that a history writes it: an int64 if it is one, else a history.Number. It takes
// EDN's forms, among them JSON's: 1, 1N, 1.5, 1e3, 1.50M, 1/3. A float stays one, even if it is whole.
func ParseNumber(word string) (any, error) {
	if n, err := strconv.ParseInt(strings.TrimSuffix(word, "N"), 10, 64); err == nil {
		return n, nil
	}
	if word == "" || len(word) > digitsMax || !strings.ContainsAny(word, "0123456789") {
		return nil, errors.New("it is no number")
	}
	body := strings.TrimPrefix(word, "+")
	if top, bottom, ratio := strings.Cut(body, "/"); ratio {
		return parseRatio(top, bottom)
	}
	if n, ok := new(big.Int).SetString(strings.TrimSuffix(body, "N"), 10); ok {
		return history.Number(n.String()), nil
	}
	if strings.Trim(body, "0123456789+-.eEM") != "" {
		return nil, errors.New("it is no number")
	}
	if decimal, ok := strings.CutSuffix(body, "M"); ok {
		if _, err := strconv.ParseFloat(decimal, 64); err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, errors.New("it is no number")
		}
		return parseDecimal(decimal)
	}
	f, err := strconv.ParseFloat(body, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, errors.New("it is no number")
	}
	return Float(f), nil
}

func parseRatio(top, bottom string) (any, error) {
	a, ok := new(big.Int).SetString(top, 10)
	b, fine := new(big.Int).SetString(bottom, 10)
	if !ok || !fine || b.Sign() <= 0 || strings.ContainsAny(bottom, "+-") {
		return nil, errors.New("it is no ratio of two whole numbers")
	}
	r := new(big.Rat).SetFrac(a, b)
	if r.IsInt() {
		return Big(r.Num()), nil
	}
	return history.Number(r.String()), nil
}

// parseDecimal reads a decimal without its M.
func parseDecimal(text string) (any, error) {
	mantissa, exponent := text, int64(0)
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		var err error
		if exponent, err = strconv.ParseInt(text[at+1:], 10, 32); err != nil {
			return nil, errors.New("its exponent is too large")
		}
		mantissa = text[:at]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	n, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return nil, errors.New("it is no number")
	}
	return Decimal(n, int64(len(fraction))-exponent), nil
}

// zerosMax is how many zeros a decimal is written with, rather than with an exponent.
const zerosMax = 40

// Decimal is n with a decimal point before its last digits, of which scale says how many; they may be negative. Numbers
// are equal whatever their scales are, as they are for Clojure.
func Decimal(n *big.Int, scale int64) history.Number {
	digits := new(big.Int).Abs(n).String()
	short := strings.TrimRight(digits, "0")
	if scale -= int64(len(digits) - len(short)); short == "" {
		short, scale = "0", 0
	}
	point := int64(len(short)) - scale // where it stands in them
	switch {
	case scale > 0 && point > 0:
		short = short[:point] + "." + short[point:]
	case scale > 0 && -point < zerosMax:
		short = "0." + strings.Repeat("0", int(-point)) + short
	case scale <= 0 && -scale < zerosMax:
		short += strings.Repeat("0", int(-scale))
	default:
		short += fmt.Sprintf("E%d", -scale)
	}
	if n.Sign() < 0 {
		short = "-" + short
	}
	return history.Number(short + "M")
}

// Big is a whole number of any size.
func Big(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return history.Number(n.String())
}

// Float is a float, which remains one even if it is whole.
func Float(f float64) history.Number {
	switch {
	case math.IsNaN(f):
		return "##NaN"
	case math.IsInf(f, 1):
		return "##Inf"
	case math.IsInf(f, -1):
		return "##-Inf"
	}
	if f == 0 {
		f = 0 // which equals -0
	}
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return history.Number(text)
}

// Plain is a float of a format that has but one kind of number: whole ones are integers.
func Plain(v any) any {
	n, isNumber := v.(history.Number)
	if !isNumber {
		return v
	}
	if f, err := strconv.ParseFloat(string(n), 64); err == nil && f == math.Trunc(f) {
		if math.Abs(f) < 1<<53 {
			return int64(f)
		}
		if r, ok := new(big.Rat).SetString(string(n)); ok && r.IsInt() { // what is written, not what is near it
			return Big(r.Num())
		}
	}
	return v
}

func truncate(n history.Number) (int64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSuffix(string(n), "M"), 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) >= 1<<63 {
		return 0, false
	}
	return int64(f), true
}
