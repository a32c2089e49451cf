package host

// Texter is a Program that answers operators in plain text: four letters sent instead of a first frame, as ZooKeeper
// has it. A host that can tell such a word from a frame may ask; one that never does owes a program nothing.
type Texter interface {
	// Text answers a word that a new connection from peer (see Conn.Peer) began with, and rest, the bytes that came
	// right behind it, of which there may be fewer than were sent. The host sends the text as it stands and closes the
	// connection: it is never shown to Accept. ok is false for a word that the program does not know; then the
	// connection is garbage.
	Text(peer, word string, rest []byte) (text string, ok bool)
}
