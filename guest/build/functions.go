package build

import (
	"encoding/binary"
	"slices"
)

// functions are what the other sections of a module say of those in its code section.
type functions struct {
	imported int
	types    []uint64 // of each that is not imported: which type it has
	params   [][]byte // of each type
	// endless are those that come back to their caller only to have it give way to another goroutine, by their numbers.
	endless map[uint64]bool
}

// endless are the names of such functions in Go's runtime: they go on elsewhere, or have the goroutine begin the call
// anew.
var endless = []string{"runtime.sigpanic", "runtime.morestack", "runtime.morestack_noctxt"}

const (
	typeFunction  = 0x60
	valueI32      = 0x7f
	valueI64      = 0x7e
	nameFunctions = 1 // the part of the section "name" that has the functions
)

func readFunctions(module []byte) (*functions, error) {
	f := &functions{endless: map[uint64]bool{}}
	_, err := eachSection(module, func(id byte, section []byte) ([]byte, error) {
		r := &reader{rest: section}
		switch id {
		case typeSection:
			for range r.uint() {
				if r.byte() != typeFunction {
					return nil, errModule
				}
				f.params = append(f.params, r.bytes())
				r.bytes() // results
			}
		case importSection:
			for range r.uint() {
				r.bytes()
				r.bytes()
				if r.byte() != 0 { // a function
					return nil, errModule
				}
				r.uint()
				f.imported++
			}
		case functionSection:
			for range r.uint() {
				f.types = append(f.types, r.uint())
			}
		case customSection:
			if string(r.bytes()) == "name" {
				f.readNames(r)
			}
		}
		if r.failed {
			return nil, errModule
		}
		return nil, nil
	})
	return f, err
}

func (f *functions) readNames(r *reader) {
	for len(r.rest) > 0 {
		part, text := r.byte(), r.bytes()
		if part != nameFunctions {
			continue
		}
		names := &reader{rest: text}
		for range names.uint() {
			number, name := names.uint(), string(names.bytes())
			if slices.Contains(endless, name) {
				f.endless[number] = true
			}
		}
		r.failed = r.failed || names.failed
	}
}

// rewrite rewrites the code section.
func (f *functions) rewrite(section []byte) ([]byte, error) {
	r := &reader{rest: section}
	count := r.uint()
	if count != uint64(len(f.types)) {
		return nil, errModule
	}
	out := binary.AppendUvarint(make([]byte, 0, len(section)), count)
	for i := range count {
		if f.types[i] >= uint64(len(f.params)) {
			return nil, errModule
		}
		b, err := readBody(r.bytes(), f.params[f.types[i]])
		if err != nil {
			return nil, err
		}
		b.jumpDirectly()
		b.stopBehind(f.endless)
		b.keepAddresses()
		b.lookAhead()
		text := b.write()
		out = append(binary.AppendUvarint(out, uint64(len(text))), text...)
	}
	if r.failed {
		return nil, errModule
	}
	return out, nil
}

// body is one function.
type body struct {
	locals []byte // types, the parameters first
	params int
	code   []instruction
}

func readBody(text, params []byte) (*body, error) {
	b := &body{locals: slices.Clone(params), params: len(params)}
	r := &reader{rest: text}
	for range r.uint() {
		n, kind := r.uint(), r.byte()
		if n > localsMax {
			return nil, errModule
		}
		b.locals = append(b.locals, slices.Repeat([]byte{kind}, int(n))...)
	}
	for len(r.rest) > 0 {
		i := readInstruction(r)
		if r.failed {
			return nil, errModule
		}
		b.code = append(b.code, i)
	}
	return b, nil
}

// localsMax is how many local variables Go's compiler may have: there is one for each of its registers.
const localsMax = 1 << 10

func (b *body) write() []byte {
	var groups []byte
	n := 0
	for rest := b.locals[b.params:]; len(rest) > 0; n++ {
		same := 1
		for same < len(rest) && rest[same] == rest[0] {
			same++
		}
		groups = append(binary.AppendUvarint(groups, uint64(same)), rest[0])
		rest = rest[same:]
	}
	out := append(binary.AppendUvarint(nil, uint64(n)), groups...)
	for _, i := range b.code {
		out = append(out, i.text...)
	}
	return out
}

// kind is the type of a local variable.
func (b *body) kind(local uint64) byte {
	if local < uint64(len(b.locals)) {
		return b.locals[local]
	}
	return 0
}
