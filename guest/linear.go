package guest

import (
	"context"

	"github.com/tetratelabs/wazero/experimental"
)

// linear is the memory of an instance: a range of addresses that is as long as the memory may ever become, of which the
// system makes pages when they are first touched. So memory that grows is never copied, and none is cleared that no
// program has touched.
type linear struct {
	all []byte
}

// withLinear has the instances that are made in a context have such memories.
func withLinear(ctx context.Context) context.Context {
	return experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(
		func(_, most uint64) experimental.LinearMemory { return &linear{all: reserve(most)} }))
}

// Reallocate implements experimental.LinearMemory, as Free does.
func (l *linear) Reallocate(size uint64) []byte {
	if size > uint64(len(l.all)) {
		return nil
	}
	return l.all[:size]
}

func (l *linear) Free() {
	release(l.all)
	l.all = nil
}
