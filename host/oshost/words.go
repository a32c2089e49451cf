package oshost

import (
	"bufio"
	"context"
	"io"
	"net"
	"time"

	"ordeal/host"
)

// wordBytes is how long an operator's word is: as long as a frame's length, whose place it has. Four letters would be a
// frame of over 1.6 GB.
const wordBytes = 4

// defaultPatience is how long a connection may take for its first bytes when the configuration does not say.
const defaultPatience = 10 * time.Second

// question is an operator's word on its way to the program; answer takes one text.
type question struct {
	peer   string
	word   string
	rest   []byte
	answer chan string
}

// greet hears the first bytes of a connection: it serves a word itself and reports that the connection is over, or
// leaves all bytes in r and reports that the program is to have the connection.
func (c *conn) greet(nc net.Conn, r *bufio.Reader) (over bool) {
	defer context.AfterFunc(c.live, func() { nc.Close() })()
	nc.SetReadDeadline(time.Now().Add(c.m.cfg.Patience))
	first, err := r.Peek(wordBytes)
	if err != nil {
		c.m.counters.silent.Add(1)
		nc.Close()
		return true
	}
	if !isWord(first) {
		nc.SetReadDeadline(time.Time{})
		return false
	}
	r.Discard(wordBytes)
	rest, _ := r.Peek(r.Buffered())
	c.answerWord(nc, r, question{peer: c.peer, word: string(first), rest: append([]byte(nil), rest...),
		answer: make(chan string, 1)})
	nc.Close()
	return true
}

func isWord(b []byte) bool {
	for _, letter := range b {
		if letter < 'a' || letter > 'z' {
			return false
		}
	}
	return true
}

// answerWord has the program answer and writes the text as it stands. What else the other end sent is read away, or
// closing would cut off what it has not read yet.
func (c *conn) answerWord(nc net.Conn, r io.Reader, q question) {
	if !c.m.inbox.Put(event{kind: eventText, asked: &q}, len(q.rest)) {
		return
	}
	var text string
	select {
	case text = <-q.answer:
	case <-c.live.Done():
		return
	}
	nc.SetDeadline(time.Now().Add(lingerMax))
	if _, err := io.WriteString(nc, text); err != nil {
		return
	}
	closeWrite(nc)
	io.Copy(io.Discard, r)
}

// closeWrite closes this end's way out only.
func closeWrite(nc net.Conn) {
	if half, ok := nc.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
}

// ask puts a word to the program. A word that it does not know gets no answer.
func (m *Machine) ask(q *question) {
	text, ok := m.program.(host.Texter).Text(q.peer, q.word, q.rest)
	if !ok {
		text = ""
		m.counters.garbage.Add(1)
	}
	q.answer <- text
}
