package guest

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"

	"ordeal/guest/build"
	"ordeal/sim"
)

// TestInterpreterAndCompilerAgree: what compiles a program for this machine makes of it what an interpreter does.
func TestInterpreterAndCompilerAgree(t *testing.T) {
	file, err := build.Compile("./testdata/probe", build.Options{})
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRuntime(wazero.NewRuntimeConfigInterpreter())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(t.Context())
	module, err := r.CompileModule(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	runs := map[string]bool{}
	for _, p := range []*Program{compiled, {"interpreted", r, module}} {
		text := ""
		w := sim.New(7, sim.Config{})
		w.AddMachine("n1", p.Boot(Setup{Args: []string{"durable"}, Output: func(line string) {
			text += fmt.Sprintln(w.Now(), line)
		}}))
		w.RunUntil(time.Minute)
		if text == "" || len(w.Failures()) > 0 {
			t.Errorf("%s: %q, %v", p.name, text, w.Failures())
		}
		runs[fmt.Sprintf("%x\n%s", w.TraceHash(), text)] = true
		w.Close()
	}
	if len(runs) != 1 {
		t.Errorf("they have %d different runs: %v", len(runs), runs)
	}
}
