package sim

import (
	"path"
	"strings"
)

// framesMax is how many calls Places names.
const framesMax = 6

// Places are where the panic was, and who had called that: functions with their files and lines, the innermost first,
// without what the runtime and the world added.
func (f Failure) Places() (list []string) {
	lines := strings.Split(f.Stack, "\n")
	for i := range lines {
		if strings.HasPrefix(lines[i], "panic(") {
			lines = lines[i+2:]
			break
		}
	}
	for i := 0; i+1 < len(lines) && len(list) < framesMax; i += 2 {
		name, _, _ := strings.Cut(path.Base(lines[i]), "({")
		if at := strings.LastIndexByte(name, '('); at > 0 && !strings.HasPrefix(name[at:], "(*") {
			name = name[:at]
		}
		file, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " ")
		if strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "panic(") {
			continue
		}
		if strings.HasPrefix(name, "sim.") {
			break
		}
		list = append(list, name+", "+path.Join(path.Base(path.Dir(file)), path.Base(file)))
	}
	return list
}
