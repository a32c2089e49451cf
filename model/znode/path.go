package znode

import "strings"

// goodPath says whether a znode may have this path: names between single slashes, none of them empty, "." or "..", and
// no characters that ZooKeeper's documentation rules out.
func goodPath(path string) bool {
	if path == "/" {
		return true
	}
	if !strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/") {
		return false
	}
	for name := range strings.SplitSeq(path[1:], "/") {
		if name == "" || name == "." || name == ".." {
			return false
		}
	}
	for _, r := range path {
		if badRune(r) {
			return false
		}
	}
	return true
}

// badRune: controls, what is not text in one unit of UTF-16, and the specials at its end.
func badRune(r rune) bool {
	return r < ' ' || r >= 0x7f && r <= 0x9f || r >= 0xd800 && r <= 0xf8ff || r >= 0xfff0
}

func parentPath(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "/"
}
