package wire

import "strings"

// ValidPath says whether a znode may have this path.
func ValidPath(path string) bool {
	if path == "/" {
		return true
	}
	if !strings.HasPrefix(path, "/") {
		return false
	}
	for name := range strings.SplitSeq(path[1:], "/") {
		if name == "" || name == "." || name == ".." || strings.ContainsFunc(name, invalidRune) {
			return false
		}
	}
	return true
}

// invalidRune follows ZooKeeper's rule, which is about UTF-16 units: so everything beyond 16 bits, being made of
// surrogates, is out; and so is U+FFFD, which is also what bytes that are not UTF-8 decode to.
func invalidRune(r rune) bool {
	switch {
	case r <= 0x1f, r >= 0x7f && r <= 0x9f, r >= 0xd800 && r <= 0xf8ff, r >= 0xfff0:
		return true
	}
	return false
}
