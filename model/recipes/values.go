package recipes

import (
	"fmt"
	"math/bits"

	"ordeal/history"
	"ordeal/model"
)

func sessionOf(v any) (string, error) {
	s, ok := v.(string)
	if !ok || s == "" {
		return "", fmt.Errorf("%s where a session belongs, which is a string", model.TextOf(v))
	}
	return s, nil
}

// tenure reads [session token], or [session token value] if it has three parts.
func tenure(v any, parts int) (session string, token int64, value any, err error) {
	l, ok := v.([]any)
	if !ok || len(l) != parts {
		return "", 0, nil, fmt.Errorf("%s where [session token] belongs, with %d parts", model.TextOf(v), parts)
	}
	if session, err = sessionOf(l[0]); err == nil {
		token, err = model.Number(l[1], "token")
	}
	if parts > 2 && !history.Plain(l[2]) {
		err = fmt.Errorf("%s where a single value belongs", model.TextOf(l[2]))
	}
	return session, token, l[len(l)-1], err
}

// Tenure reads [session token].
func Tenure(v any) (session string, token int64, err error) {
	session, token, _, err = tenure(v, 2)
	return session, token, err
}

// versioned reads [value version].
func versioned(v any) (value any, version int64, err error) {
	l, ok := v.([]any)
	if !ok || len(l) != 2 || !history.Plain(l[0]) {
		return nil, 0, fmt.Errorf("%s where [value version] belongs", model.TextOf(v))
	}
	version, err = model.Number(l[1], "version")
	return l[0], version, err
}

const hashSeed = 0x9e3779b97f4a7c15

func mix(h, x uint64) uint64 {
	high, low := bits.Mul64(h^x^hashSeed, hashSeed)
	return bits.RotateLeft64(high^low, 23) + x
}

// unknown is an operation as one of which it is not known whether it took effect.
func unknown(op *history.Operation) *history.Operation {
	other := *op
	other.End = history.Info
	return &other
}
