package play

import "testing"

func TestKindsOfReasons(t *testing.T) {
	for _, c := range []struct{ reason, want string }{
		{"n2 and n3 both led term 5", "and both led term"},
		{"session 0x500000100000006 went back: event 7792 shows zxid 0x30", "session went back event shows zxid"},
		{"runtime error: index out of range [3] with length 2", "runtime error index out of range with length"},
		{"entry 7: wrong\nand more", "entry wrong"},
		{"%s, with xid %d and zxid 0x%x, took effect before %s, with xid %d and zxid 0x%x", "with xid and zxid took effect " +
			"before with xid and zxid"},
		{"3 elements are lost, the first of them 9; but", "elements are lost the first of them"},
	} {
		if got := KindOf(c.reason); got != c.want {
			t.Errorf("%q is of the kind %q, not %q", c.reason, got, c.want)
		}
	}
}
