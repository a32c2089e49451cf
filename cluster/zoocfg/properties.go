package zoocfg

import (
	"fmt"
	"strconv"
	"strings"
)

// The form of the file is that of Java's properties: a key ends at the first =, :, or blank that no backslash stands
// before; a line that ends in a backslash goes on in the next one; \t, \n, \r, \f and \uXXXX are characters, and a
// backslash before any other is nothing. Of equal keys the last counts.

// property is one key with its value, and where it stands.
type property struct {
	key, value string
	line       int // the number of its first line
	text       string
}

// blanks are what separates keys from values, and stands in front of either.
const blanks = " \t\f"

// properties reads a text. The texts of what it returns, one behind the other, are the whole of it: what is no
// property, a comment or an empty line, has no key.
func properties(text string) ([]property, error) {
	var list []property
	for number := 1; text != ""; {
		one := property{line: number}
		logical, physical, lines := logicalLine(text)
		one.text, text = text[:physical], text[physical:]
		number += lines
		if logical != "" {
			key, value := cutProperty(logical)
			var err error
			if one.key, err = unescape(key); err == nil {
				one.value, err = unescape(value)
			}
			if err != nil {
				return nil, fmt.Errorf("%d: %w", one.line, err)
			}
			one.key, one.value = trim(one.key), trim(one.value)
		}
		list = append(list, one)
	}
	return list, nil
}

// trim takes off what ZooKeeper does: everything up to a space.
func trim(s string) string { return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' }) }

// logicalLine is what the first line of a text says together with those that it goes on in, "" for nothing; how
// many bytes they have, and how many lines they are.
func logicalLine(text string) (logical string, physical, lines int) {
	var b strings.Builder
	for {
		end := strings.IndexAny(text[physical:], "\r\n")
		line, ending := text[physical:], 0
		if end >= 0 {
			line = line[:end]
			if ending = 1; strings.HasPrefix(text[physical+end:], "\r\n") {
				ending = 2
			}
		}
		physical += len(line) + ending
		lines++
		line = strings.TrimLeft(line, blanks)
		if lines == 1 && (line == "" || line[0] == '#' || line[0] == '!') {
			return "", physical, lines
		}
		more := goesOn(line)
		if more {
			line = line[:len(line)-1]
		}
		b.WriteString(line)
		if !more || ending == 0 {
			return b.String(), physical, lines
		}
	}
}

// goesOn says that a line ends in a backslash that is not one of a pair.
func goesOn(line string) bool {
	return (len(line)-len(strings.TrimRight(line, `\`)))%2 == 1
}

// cutProperty takes a key and its value apart, both with their backslashes.
func cutProperty(line string) (key, value string) {
	end := len(line)
	for i := 0; i < len(line); i++ {
		if line[i] == '\\' {
			i++
		} else if strings.IndexByte("=:"+blanks, line[i]) >= 0 {
			end = i
			break
		}
	}
	value = strings.TrimLeft(line[end:], blanks)
	if value != "" && (value[0] == '=' || value[0] == ':') {
		value = strings.TrimLeft(value[1:], blanks)
	}
	return line[:end], value
}

func unescape(text string) (string, error) {
	var b strings.Builder
	for {
		plain, rest, found := strings.Cut(text, `\`)
		b.WriteString(plain)
		if !found || rest == "" {
			return b.String(), nil
		}
		text = rest[1:]
		switch rest[0] {
		case 't':
			b.WriteByte('\t')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 'f':
			b.WriteByte('\f')
		case 'u':
			code, err := strconv.ParseUint(text[:min(4, len(text))], 16, 16)
			if err != nil || len(text) < 4 {
				return "", fmt.Errorf(`\u%s is no character: four digits in hex are wanted`, text[:min(4, len(text))])
			}
			b.WriteRune(rune(code))
			text = text[4:]
		default:
			b.WriteByte(rest[0])
		}
	}
}
