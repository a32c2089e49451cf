package shell

import (
	"bufio"
	"fmt"
	"strings"

	"ordeal/host/oshost"
)

// lineBytesMax is the longest line that is read: a znode's data may stand in it.
const lineBytesMax = 4 << 20

// feed hands the lines of the input to the process.
func (s *session) feed(p *oshost.Process) {
	in := bufio.NewScanner(s.cfg.In)
	in.Buffer(nil, lineBytesMax)
	for in.Scan() {
		line := in.Text()
		if !p.Do(func() { s.lines = append(s.lines, line); s.wake.Set() }) {
			return
		}
	}
	err := in.Err()
	p.Do(func() {
		if err != nil {
			s.complain(fmt.Errorf("the input can't be read: %w", err))
		}
		s.inputOver = true
		s.wake.Set()
	})
}

// carryOutLines goes on when a line fails, as one who types would.
func (s *session) carryOutLines() error {
	for n := 0; !s.quit; n++ {
		s.prompt(n)
		line, ok := s.nextLine()
		if !ok {
			break
		}
		if strings.TrimSpace(line) != "" {
			s.typed = append(s.typed, line)
		}
		words, err := split(line)
		if err == nil && len(words) > 0 {
			err = s.carryOut(words)
		}
		if err != nil {
			s.complain(err)
		}
	}
	if s.failed {
		return ErrFailed
	}
	return nil
}

func (s *session) prompt(n int) {
	if !s.cfg.Prompt {
		return
	}
	state := "CONNECTING"
	if s.c != nil && s.c.Connected() {
		state = "CONNECTED"
	}
	s.printf("[zk: %s(%s) %d] ", strings.Join(s.cfg.Servers, ","), state, n)
}

func (s *session) nextLine() (string, bool) {
	for len(s.lines) == 0 {
		if s.inputOver || s.interrupted {
			return "", false
		}
		s.wake.Wait(-1)
	}
	line := s.lines[0]
	s.lines = s.lines[1:]
	return line, !s.interrupted
}

func (s *session) complain(err error) {
	s.failed = true
	fmt.Fprintln(s.cfg.Err, err)
}

// split cuts a line into words. Quotes, of either kind, keep what is between them together, and are not part of it.
func split(line string) (words []string, err error) {
	var word strings.Builder
	var quote rune
	inside := false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, inside = r, true
		case r == ' ' || r == '\t' || r == '\r':
			if inside {
				words = append(words, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteRune(r)
			inside = true
		}
	}
	if quote != 0 {
		return nil, usagef("a quote is not closed: %s", line)
	}
	if inside {
		words = append(words, word.String())
	}
	return words, nil
}
