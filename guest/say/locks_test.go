package say_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/guest/say"
)

// silent is a service that does not tell when sessions end. What is acquired in its first session is lost on its way.
type silent struct {
	session int
	over    bool
}

func (s *silent) Session(time.Duration) string { return fmt.Sprintf("s%d", s.session) }

func (s *silent) Acquire(string) (int64, say.Outcome, error) {
	if s.session == 1 {
		return 0, say.Unknown, errors.New("lost")
	}
	return 7, say.OK, nil
}

func (s *silent) Release(string) (say.Outcome, error)            { return say.OK, nil }
func (s *silent) Holder(string) (who string, n int64, err error) { return "", 0, nil }
func (s *silent) Close()                                         { s.over = true }
func (s *silent) Over() bool                                     { return s.over }

func (s *silent) End() (say.Outcome, error) {
	s.session, s.over = s.session+1, false
	return say.OK, nil
}

// said is what a program says that is given turns.
func said(t *testing.T, turns string, program func()) (lines []say.Line) {
	t.Helper()
	defer func(in, out *os.File) { os.Stdin, os.Stdout = in, out }(os.Stdin, os.Stdout)
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, []byte(turns), 0o600); err != nil {
		t.Fatal(err)
	}
	os.Stdin, os.Stdout = say.Must(os.Open(in)), say.Must(os.Create(out))
	program()
	_, _ = os.Stdin.Close(), os.Stdout.Close()
	for text := range strings.Lines(string(say.Must(os.ReadFile(out)))) {
		var l say.Line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		lines = append(lines, l)
	}
	return lines
}

// TestAnEnderTells: after an outcome that is unknown the session is ended, which is an operation on each lock, around
// the one call that does it; and not after others.
func TestAnEnderTells(t *testing.T) {
	const turns = `{"kind":"probe","n":1,"draw":1,"patience":-1}` + "\n" +
		`{"kind":"probe","n":2,"draw":2,"patience":-1}` + "\n"
	service := &silent{session: 1}
	var got []string
	began := map[int]string{}
	for _, l := range said(t, turns, func() { say.Locks(2, service) }) {
		switch {
		case l.Begin != nil && l.Begin.F == "end":
			began[l.Begin.ID] = fmt.Sprintf("end %v of %s", l.Begin.Argument, l.Begin.Key)
			got = append(got, began[l.Begin.ID])
		case l.Begin != nil:
			began[l.Begin.ID] = l.Begin.F
			got = append(got, fmt.Sprintf("%s %v", l.Begin.F, l.Begin.Argument))
		case l.End != nil:
			got = append(got, fmt.Sprintf("%s: %s, %v", began[l.End.ID], l.End.Outcome, l.End.Result))
		case l.Done != nil:
			got = append(got, fmt.Sprintf("over: %t", l.Done.OK))
		}
	}
	want := []string{
		"acquire s1", "acquire: unknown, <nil>",
		"end s1 of l2", "end s1 of l1", "end s1 of l1: done, <nil>", "end s1 of l2: done, <nil>", "over: false",
		"acquire s2", "acquire: done, [s2 7]", "release [s2 7]", "release: done, [s2 7]", "over: true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("it says\n%s\nin place of\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if service.session != 2 || service.over {
		t.Errorf("%+v", service)
	}
}
