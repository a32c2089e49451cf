package build

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"
)

// The locals of a function that is drawn: where to go in the table, as Go's compiler has it; a stack pointer; numbers
// that are addresses; a sum of all that was read; and how many pieces may yet be executed.
const (
	localPC, localSP, localA, localB, localSum, localFuel = 0, 1, 2, 3, 4, 5
	pieces                                                = 6
)

// drawn draws a function as Go's compiler writes them: a loop round a table of pieces.
type drawn struct {
	*rand.Rand
	code  []instruction
	depth uint64 // of the loop
}

func (d *drawn) add(list ...instruction) { d.code = append(d.code, list...) }

func constant(op byte, v int64) instruction {
	return instruction{op: op, number: v, text: appendSigned([]byte{op}, v)}
}

func opening(op byte) instruction { return instruction{op: op, text: []byte{op, 0x40}} }

// goTo has another piece be executed.
func (d *drawn) goTo(piece int64) {
	d.add(constant(opI32Const, piece), plain(opLocalSet, localPC), plain(opBr, d.depth))
}

// address puts one on the stack.
func (d *drawn) address() {
	if d.IntN(3) == 0 {
		d.add(plain(opLocalGet, localSP))
		return
	}
	d.add(plain(opLocalGet, localA+d.Uint64N(2)), plain(opI32WrapI64))
}

// statement draws something that is done: a store, a read, another address, or one of these under a condition, behind
// which the piece may be left.
func (d *drawn) statement(leave bool) {
	const add, mul, and, eqz = 0x7c, 0x7e, 0x83, 0x50
	offset := 8 * d.Uint64N(40)
	switch d.IntN(8) {
	case 0, 1, 2:
		d.add(plain(opLocalGet, localSum), constant(opI64Const, 31), plain(mul))
		d.address()
		d.add(plain(0x29, 3, offset), plain(add), plain(opLocalSet, localSum))
	case 3, 4:
		d.address()
		d.add(plain(opLocalGet, localSum), plain(0x37, 3, offset))
	case 5:
		d.add(constant(opI64Const, d.Int64N(1<<16)), plain(opLocalSet, localA+d.Uint64N(2)))
	case 6:
		d.add(constant(opI32Const, d.Int64N(1<<15)), plain(opLocalTee, localSP), plain(opDrop))
	case 7:
		if !leave {
			return
		}
		d.add(plain(opLocalGet, localSum), constant(opI64Const, 1+d.Int64N(3)), plain(and), plain(eqz), opening(opIf))
		d.depth++
		d.statement(false)
		if d.IntN(2) == 0 {
			d.goTo(d.Int64N(pieces))
		} else if d.IntN(3) == 0 {
			d.add(plain(opElse))
			d.statement(false)
		}
		d.depth--
		d.add(plain(opEnd))
	}
}

// function draws a whole one.
func (d *drawn) function() {
	const sub, eqz, wrap = 0x7d, 0x50, opI32WrapI64
	d.add(constant(opI64Const, 40), plain(opLocalSet, localFuel), opening(opLoop))
	table := binary.AppendUvarint([]byte{opBrTable}, pieces-1)
	for i := range pieces {
		d.add(opening(opBlock))
		table = append(table, byte(i))
	}
	r := &reader{rest: table}
	d.add(plain(opLocalGet, localPC), readInstruction(r), plain(opEnd))
	for i := range pieces {
		d.depth = uint64(pieces - 1 - i)
		d.add(plain(opLocalGet, localFuel), constant(opI64Const, 1), plain(sub), plain(opLocalTee, localFuel))
		d.add(plain(eqz), opening(opIf), plain(opLocalGet, localSum), plain(wrap), plain(opReturn), plain(opEnd))
		for range 2 + d.IntN(8) {
			d.statement(true)
		}
		if d.IntN(4) == 0 {
			d.goTo(d.Int64N(pieces))
		}
		d.add(plain(opEnd))
	}
	d.add(plain(opLocalGet, localSum), plain(wrap), plain(opEnd))
}

// drawnModule is a module with such a function, and a page of memory.
func drawnModule(d *drawn) []byte {
	d.function()
	b := &body{locals: []byte{valueI32, valueI32, valueI64, valueI64, valueI64, valueI64}, params: 1, code: d.code}
	text := b.write()
	module := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range []struct {
		id   byte
		text []byte
	}{
		{typeSection, []byte{1, typeFunction, 1, valueI32, 1, valueI32}},
		{functionSection, []byte{1, 0}},
		{5, []byte{1, 0, 1}},
		{7, []byte("\x02\x01f\x00\x00\x01m\x02\x00")},
		{codeSection, append(binary.AppendUvarint([]byte{1}, uint64(len(text))), text...)},
	} {
		module = append(binary.AppendUvarint(append(module, s.id), uint64(len(s.text))), s.text...)
	}
	return module
}

// executed says what a module's function returns, or that it fails, and what memory holds then.
func executed(t *testing.T, engine wazero.Runtime, module []byte) (result string, memory []byte) {
	t.Helper()
	ctx := context.Background()
	m, err := engine.InstantiateWithConfig(ctx, module, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close(ctx)
	got, err := m.ExportedFunction("f").Call(ctx, 0)
	if err != nil {
		return "fails", nil // a store before that may have been done or not
	}
	text, _ := m.Memory().Read(0, m.Memory().Size())
	return fmt.Sprint(got), slices.Clone(text)
}

// TestImprovedDoesTheSame: what is rewritten does what it did, whatever the functions are.
func TestImprovedDoesTheSame(t *testing.T) {
	ctx := context.Background()
	engine := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer engine.Close(ctx)
	ended, jumps, looks := 0, 0, 0
	for seed := range uint64(400) {
		d := &drawn{Rand: rand.New(rand.NewPCG(seed, 1))}
		module := drawnModule(d)
		better, err := improve(module)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		want, before := executed(t, engine, module)
		got, behind := executed(t, engine, better)
		if got != want || !bytes.Equal(before, behind) {
			t.Fatalf("seed %d: %s, and not %s", seed, got, want)
		}
		if want != "fails" {
			ended++
		}
		b := &body{locals: []byte{valueI32, valueI32, valueI64, valueI64, valueI64, valueI64}, code: d.code}
		b.jumpDirectly()
		jumps += len(d.code) - len(b.code)
		b.keepAddresses()
		n := len(b.code)
		b.lookAhead()
		looks += len(b.code) - n
	}
	if ended < 200 || jumps < 200 || looks < 200 {
		t.Errorf("%d functions ended, %d instructions fewer for jumps, %d more for looks ahead", ended, jumps, looks)
	}
}

// TestBehindEndlessCalls: behind a function that does not come back there is nothing, and behind others there is.
func TestBehindEndlessCalls(t *testing.T) {
	for number, want := range map[uint64]int{7: 1, 8: 0} {
		b := &body{code: []instruction{opening(opIf), plain(opCall, number), plain(opGlobalGet, 0),
			plain(opLocalSet, 1), plain(opBrIf, 0), plain(opEnd), plain(opEnd)}}
		before := len(b.code)
		b.stopBehind(map[uint64]bool{7: true})
		if len(b.code) != before+want {
			t.Errorf("behind function %d %d instructions were added, and not %d", number, len(b.code)-before, want)
		}
	}
}

// TestBadFunctions: code that is cut short or unknown is refused.
func TestBadFunctions(t *testing.T) {
	module := drawnModule(&drawn{Rand: rand.New(rand.NewPCG(1, 1))})
	begin := bytes.Index(module, []byte("\x01m\x02\x00")) + 4
	for cut := begin + 1; cut < len(module); cut++ {
		if _, err := improve(module[:cut]); err == nil {
			t.Fatalf("cut at %d of %d it is taken for whole", cut, len(module))
		}
	}
	for _, op := range []byte{0x06, 0x1f, 0x25, 0xd0, 0xfd} {
		if i := readInstruction(&reader{rest: []byte{op, 0, 0, 0}}); i.op != op {
			t.Errorf("%#x is read as %#x", op, i.op)
		}
		r := &reader{rest: []byte{op, 0, 0, 0}}
		if readInstruction(r); !r.failed {
			t.Errorf("instruction %#x is taken for one that is known", op)
		}
	}
}

// TestImprovedIsKept: what was improved once is not improved again, and another program has another file.
func TestImprovedIsKept(t *testing.T) {
	dir := t.TempDir()
	program := []byte("\x00asm\x01\x00\x00\x00")
	first, err := keepImproved(program, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(first, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := keepImproved(program, dir)
	b, readErr := os.ReadFile(again)
	if err != nil || readErr != nil || again != first || string(b) != "kept" {
		t.Errorf("%s and then %s, %q (%v, %v)", first, again, b, err, readErr)
	}
	other, err := keepImproved(append(program, 0, 1, 0), dir)
	if err != nil || other == first {
		t.Errorf("another program is in %s, too (%v)", other, err)
	}
}
