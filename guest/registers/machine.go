// Package registers is all of a small replicated service but for what replicates it: the state machine, what servers
// say to their clients, and the clients. Who puts a consensus library on trial brings that, and hands each command to
// the machine when the library says that it is decided. The model "register" judges what the clients saw.
package registers

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"ordeal/guest/say"
)

// Machine is the state machine: registers with numbers, and how often each was written. Its commands, and their
// answers, are short texts. The zero value holds nothing.
type Machine struct {
	mu        sync.Mutex
	registers map[string]register
}

type register struct{ Value, Version int64 }

// Apply carries a command out, and returns its answer. A command that no client has made panics.
func (m *Machine) Apply(command []byte) (answer []byte) {
	key, o, err := parse(command)
	if err != nil {
		panic(err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	is := m.registers[key]
	if o.Write && is.Version == o.Expected {
		if m.registers == nil {
			m.registers = map[string]register{}
		}
		is = register{o.Value, is.Version + 1}
		m.registers[key] = is
	}
	answer = strconv.AppendInt(nil, is.Value, 10)
	return strconv.AppendInt(append(answer, ' '), is.Version, 10)
}

// Snapshot writes down what the machine holds.
func (m *Machine) Snapshot() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, err := json.Marshal(m.registers)
	if err != nil {
		panic(err) // it is plain data
	}
	return b
}

// Restore has the machine hold what a snapshot says, and nothing else.
func (m *Machine) Restore(snapshot io.Reader) error {
	registers := map[string]register{}
	if err := json.NewDecoder(snapshot).Decode(&registers); err != nil {
		return fmt.Errorf("no snapshot of registers: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.registers = registers
	return nil
}

// command is an operation as a text: "r1" reads, "r1 17 3" writes 17 over the third write.
func command(o say.RegisterOp) []byte {
	b := []byte(o.Key)
	if o.Write {
		b = strconv.AppendInt(append(b, ' '), o.Value, 10)
		b = strconv.AppendInt(append(b, ' '), o.Expected, 10)
	}
	return b
}

func parse(command []byte) (key string, o say.RegisterOp, err error) {
	key, numbers, write := strings.Cut(string(command), " ")
	if !write {
		return key, o, nil
	}
	o.Write = true
	o.Value, o.Expected, err = pair(numbers)
	return key, o, err
}

// pair reads two numbers.
func pair(text string) (a, b int64, err error) {
	first, second, _ := strings.Cut(text, " ")
	if a, err = strconv.ParseInt(first, 10, 64); err == nil {
		b, err = strconv.ParseInt(second, 10, 64)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("%q is not two numbers", text)
	}
	return a, b, nil
}
