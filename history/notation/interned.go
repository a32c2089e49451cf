package notation

// interned remembers values that came lately, so that what a history says again and again is in memory once.
type interned struct {
	texts    [1024]entry
	integers [1024]any
}

type entry struct {
	text string
	v    any
}

// textMax is the longest text that is remembered.
const textMax = 40

// text is a text as a value.
func (k *interned) text(word []byte) any {
	if len(word) > textMax {
		return string(word)
	}
	h := uint32(len(word))
	if n := len(word); n > 0 {
		h = h*31 + uint32(word[0])*7 + uint32(word[n/2])*131 + uint32(word[n-1])*1031
	}
	e := &k.texts[h%uint32(len(k.texts))]
	if e.text != string(word) || e.v == nil {
		e.text = string(word)
		e.v = e.text
	}
	return e.v
}

// word is a text as a string.
func (k *interned) word(word []byte) string { return k.text(word).(string) }

// integer is an integer as a value.
func (k *interned) integer(n int64) any {
	at := &k.integers[uint64(n)%uint64(len(k.integers))]
	if known, ok := (*at).(int64); ok && known == n {
		return *at
	}
	*at = n
	return *at
}
