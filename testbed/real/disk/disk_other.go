//go:build !linux

package disk

import (
	"fmt"

	"ordeal/sim"
)

type mount struct{}

// Mount says that there is none.
func Mount(func(func() error) error, string, *sim.Volume) (*Disk, error) {
	return nil, fmt.Errorf("%w: this is not Linux", errUnable)
}

// Try says that there is none.
func Try() error { return fmt.Errorf("%w: this is not Linux", errUnable) }

// Close has nothing to end.
func (d *Disk) Close() {}
