package client

import (
	"errors"

	"ordeal/cluster/wire"
)

// The errors that a server does not give. Servers' answers are wire.Codes.
var (
	// ErrConnectionLoss says that the request was sent and no answer will come: it may have taken effect, or may
	// yet do so.
	ErrConnectionLoss error = wire.ConnectionLoss
	// ErrSessionExpired says that the cluster has ended the session. The request had no effect.
	ErrSessionExpired error = wire.SessionExpired
	// ErrNotSent says that no server was there to take the request in time. The request had no effect.
	ErrNotSent = errors.New("client: the request was not sent, because no server could be reached in time")
	// ErrClosed says that the client was closed or abandoned before the request was sent.
	ErrClosed = errors.New("client: the client is closed")
)

// MaybeApplied says whether a write that ended with err may have taken effect: true for success, and wherever
// that is not known. A false is certain.
func MaybeApplied(err error) bool {
	if err == nil {
		return true
	}
	if errors.Is(err, ErrNotSent) || errors.Is(err, ErrClosed) {
		return false
	}
	var code wire.Code
	if !errors.As(err, &code) {
		return true
	}
	switch code {
	case wire.ConnectionLoss, wire.SystemError, wire.OperationTimeout:
		return true
	}
	return false
}
