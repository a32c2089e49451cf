package wal

import (
	"errors"
	"fmt"

	"ordeal/host"
)

// File is what Examine found in one file.
type File struct {
	Name     string
	Bytes    int64
	Snapshot bool // else it is a segment of the log
	// Records is how many a segment has that make sense; First and Last are the lowest and the highest entry in them, 0
	// for none. A snapshot's index is its Last.
	Records     int
	First, Last uint64
	// Problem says what makes no sense at Offset, "" if all does. If it is Torn a crash may have left it so, and the next
	// start cuts it off; else it is damage, and no start goes past it.
	Problem string
	Offset  int64
	Torn    bool
}

// Examine reads every file of a log's directory, one by one, and says what is in each and where it stops making sense.
// It submits nothing. Whether the files make a log together is for Open to say. An error is the disk's.
func Examine(d host.Disk) ([]File, error) {
	names, err := d.ReadDir()
	if err != nil {
		return nil, fmt.Errorf("wal: the directory cannot be listed: %w", err)
	}
	var files []File
	newest := -1 // the last segment, among files
	for _, name := range names {
		index, isSnapshot := fileNumber(name, snapshotSuffix)
		sequence, isSegment := fileNumber(name, segmentSuffix)
		if !isSnapshot && !isSegment {
			continue
		}
		data, err := d.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("wal: %s cannot be read: %w", name, err)
		}
		f := File{Name: name, Bytes: int64(len(data)), Snapshot: isSnapshot}
		if isSnapshot {
			f.examineSnapshot(data, index)
		} else {
			f.examineSegment(data, sequence)
			if newest >= 0 {
				files[newest].Torn = false // a later one exists
			}
			newest = len(files)
		}
		files = append(files, f)
	}
	return files, nil
}

func (f *File) examineSnapshot(data []byte, index uint64) {
	f.Last = index
	r := snapshotReader{index: index}
	err := r.add(data, func([]byte) error { return nil })
	if err == nil {
		err = r.end()
	}
	var damage *Damage
	if errors.As(err, &damage) {
		f.Problem, f.Offset = damage.Reason, damage.Offset
	}
}

// examineSegment reads frames for as long as they make sense. Torn is said as if the segment were the last.
func (f *File) examineSegment(data []byte, sequence uint64) {
	s := segment{sequence: sequence}
	var c contents
	for s.bytes < int64(len(data)) {
		frame, ok := readFrame(data, sequence, s.bytes)
		if !ok {
			f.Problem, f.Offset = "no frame begins here", s.bytes
			f.Torn = !durableBehind(data, sequence, s.bytes)
			break
		}
		if err := c.decode(&s, frame.payload); err != nil {
			f.Problem, f.Offset = err.Error(), s.bytes
			break
		}
		c.records = nil // they were counted and are not needed
		f.Records++
		s.bytes = frame.next
	}
	f.First, f.Last = s.low, s.top
}
