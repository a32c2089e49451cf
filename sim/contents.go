package sim

import (
	"fmt"
	"slices"

	"ordeal/host"
)

// Files are those on a machine's disk, as its programs see them.
func (w *World) Files(name host.Addr) (map[string][]byte, error) {
	m, err := w.machine(name)
	if err != nil {
		return nil, err
	}
	list := make(map[string][]byte)
	for _, file := range m.disk.files.list() {
		if m.disk.files.names[file].node.dir {
			continue
		}
		if list[m.disk.files.path(file)], err = m.disk.files.read(file); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Fill puts files on a machine's disk that has none, durably, as whoever sets the machine up does.
func (w *World) Fill(name host.Addr, list map[string][]byte) error {
	m, err := w.machine(name)
	switch {
	case err != nil:
		return err
	case len(m.disk.files.names) > 0:
		return fmt.Errorf("there are files on the disk of %s already", name)
	}
	m.disk.settled++
	for file, data := range list { //house:unordered into a map
		m.disk.files.names[file] = &content{data: slices.Clone(data)}
	}
	return nil
}
