package sim

import (
	"context"
	"log/slog"
	"math/rand/v2"
)

// logger is a machine's log: off unless the configuration has a handler.
func (w *World) logger(m *machine) *slog.Logger {
	if w.cfg.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(logHandler{w, w.cfg.Log.WithAttrs([]slog.Attr{slog.String("machine", string(m.name))})})
}

// logHandler puts virtual time, counted from the world's epoch, in place of the time of day.
type logHandler struct {
	w *World
	slog.Handler
}

// Handle passes a record on with virtual time.
func (h logHandler) Handle(ctx context.Context, r slog.Record) error {
	r.Time = epoch.Add(h.w.now)
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps virtual time.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.w, h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps virtual time.
func (h logHandler) WithGroup(name string) slog.Handler {
	return logHandler{h.w, h.Handler.WithGroup(name)}
}

func (w *World) newRand(name string) *rand.Rand { return rand.New(&w.newStream(name).pcg) }
