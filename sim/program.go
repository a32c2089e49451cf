package sim

import (
	"log/slog"
	"math/rand/v2"
	"time"

	"ordeal/host"
)

// programHost is the machine as its program sees it in one life. Once that life is over it does nothing.
type programHost struct {
	m    *machine
	life uint32
	rng  *rand.Rand
	log  *slog.Logger
}

var (
	_ host.Host  = (*programHost)(nil)
	_ host.Clock = (*programHost)(nil)
	_ host.Disk  = (*programHost)(nil)
)

func (h *programHost) alive() bool { return h.m.up && h.m.life == h.life }

func (h *programHost) Self() host.Addr   { return h.m.name }
func (h *programHost) Clock() host.Clock { return h }
func (h *programHost) Disk() host.Disk   { return h }
func (h *programHost) Rand() *rand.Rand  { return h.rng }
func (h *programHost) Log() *slog.Logger { return h.log }

// Send hands a datagram to the network.
func (h *programHost) Send(to host.Addr, payload []byte) {
	if h.alive() {
		h.m.w.send(h.m, to, h.m.w.given(payload))
	}
}

// Stop ends the program.
func (h *programHost) Stop(reason error) { panic(stopped{reason}) }

// Now is the machine's monotonic clock. It stands still while an input is handled.
func (h *programHost) Now() time.Duration { return h.m.clock.at(h.m.w.now) }

// Wall is the machine's time of day.
func (h *programHost) Wall() time.Time { return epoch.Add(h.Now() + h.m.clock.wall) }

// SetAlarm sets the machine's one alarm.
func (h *programHost) SetAlarm(at time.Duration) {
	if h.alive() {
		h.m.setAlarm(at)
	}
}

// ReadDir lists the disk's files.
func (h *programHost) ReadDir() ([]string, error) { return h.m.disk.files.list(), nil }

// ReadFile reads one file, at the cost of its bytes.
func (h *programHost) ReadFile(name string) ([]byte, error) {
	data, err := h.m.disk.read(name)
	if h.m.w.running == h.m {
		h.m.busy += transfer(len(data), h.m.w.cfg.Disk.BytesPerSecond)
	}
	return data, err
}

// ReadAt reads a part of one file, at the cost of its bytes.
func (h *programHost) ReadAt(name string, b []byte, offset int64) (int, error) {
	n, err := h.m.disk.readAt(name, b, offset)
	if h.m.w.running == h.m {
		h.m.busy += transfer(n, h.m.w.cfg.Disk.BytesPerSecond)
	}
	return n, err
}

// Submit queues a job for the disk.
func (h *programHost) Submit(j host.Job, done func(error)) {
	if h.alive() {
		h.m.disk.submit(j, done)
	}
}
