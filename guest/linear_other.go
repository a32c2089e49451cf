//go:build !linux && !darwin && !freebsd

package guest

// reserve returns so many bytes, all 0. Go's own memory is of pages that are made when they are touched, too.
func reserve(size uint64) []byte { return make([]byte, size) }

// release gives back what reserve has returned: the collector does.
func release([]byte) {}
