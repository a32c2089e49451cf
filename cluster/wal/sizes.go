package wal

// Sizes is what the log's segments have on disk, and what the newest snapshot has, in bytes.
func (l *Log) Sizes() (log, snapshot int64) {
	for i := range l.segments {
		log += l.segments[i].bytes
	}
	return log, l.snapshotBytes
}
