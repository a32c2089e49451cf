package say_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"ordeal/guest/say"
)

// TestLeaders: a turn asks one server, and a probe all of them; one that does not lead has led at no time.
func TestLeaders(t *testing.T) {
	t.Setenv("SERVERS", "n1,n2,n3")
	leader := "n2"
	lines := said(t, `{"kind":"probe"}`+"\n"+`{"kind":"run","draw":1}`+"\n", func() {
		say.Leaders(func(server string) (int64, error) {
			if server != leader {
				return 0, errors.New("another one")
			}
			return 17, nil
		})
	})
	var got []string
	for _, l := range lines {
		switch {
		case l.End != nil:
			got = append(got, fmt.Sprint(l.End.Outcome, l.End.Result))
		case l.Done != nil:
			got = append(got, fmt.Sprint("over ", l.Done.OK))
		}
	}
	want := []string{"none<nil>", "done[17 n2]", "none<nil>", "over true"}
	if len(got) != 6 || !slices.Equal(got[:4], want) || got[5] != "over true" {
		t.Errorf("a client says %q", got)
	}
	leader = ""
	lines = said(t, `{"kind":"probe"}`+"\n", func() {
		say.Leaders(func(string) (int64, error) { return 0, errors.New("none") })
	})
	if last := lines[len(lines)-1]; last.Done == nil || last.Done.OK {
		t.Errorf("a probe that found no leader ends with %+v", last)
	}
}
