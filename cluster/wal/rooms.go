package wal

// rooms is the memory of payloads that were written, for the next ones.
type rooms [][]byte

const (
	roomMax  = 64 << 10 // what is larger is let go
	roomsMax = 64
)

// take is a room that is empty, nil if there is none.
func (r *rooms) take() []byte {
	last := len(*r) - 1
	if last < 0 {
		return nil
	}
	room := (*r)[last]
	*r = (*r)[:last]
	return room[:0]
}

// give takes a room back that is not looked at any more.
func (r *rooms) give(room []byte) {
	if cap(room) <= roomMax && len(*r) < roomsMax {
		*r = append(*r, room)
	}
}
