package wire

import "fmt"

// EncodeEvent makes a whole notification frame. Servers up to ZooKeeper 3.8 send zxid -1; later ones the zxid of the
// change.
func EncodeEvent(ev WatcherEvent, zxid int64) []byte {
	return EncodeReply(ReplyHeader{Xid: XidNotification, Zxid: zxid}, ev)
}

// DecodeEvent reads a notification frame.
func DecodeEvent(frame []byte) (ReplyHeader, WatcherEvent, error) {
	h, d, err := DecodeReplyHeader(frame)
	if err != nil {
		return h, WatcherEvent{}, err
	}
	ev := WatcherEvent{Type: EventType(d.Int32()), State: d.Int32(), Path: d.String()}
	if err := d.Err(); err != nil {
		return h, WatcherEvent{}, fmt.Errorf("a notification: %w", err)
	}
	return h, ev, nil
}

func (ev WatcherEvent) encodeResponse(e *Encoder) {
	e.Int32(int32(ev.Type))
	e.Int32(ev.State)
	e.String(ev.Path)
}
