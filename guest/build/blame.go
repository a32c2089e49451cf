package build

import (
	"fmt"
	"regexp"
	"strings"
)

// advice is what people did about what can't be compiled for wasip1, by what the compiler says of it.
var advice = []struct {
	says *regexp.Regexp
	do   string
}{
	{regexp.MustCompile(`syscall\.(Flock|LOCK_|FcntlFlock)|unix\.Flock|undefined: flock`),
		"it locks files, which wasip1 does not know: build without that file by a tag, or replace the module by " +
			"a copy whose lock does nothing, by -modfile and a replace line"},
	{regexp.MustCompile(`(syscall|unix)\.(Mmap|Munmap|MAP_|PROT_)|undefined: mmap`),
		"it maps files into memory, which wasip1 does not know: use a store that reads and writes, or replace the " +
			"module by a copy that reads the file"},
	{regexp.MustCompile(`syscall\.(Kill|SIGUSR|SysProcAttr|Setsid|Umask)`),
		"it wants processes and signals, which wasip1 does not know: keep that in a file of its own with a build tag"},
	{regexp.MustCompile(`build constraints exclude all Go files|no Go files`),
		"it has no files for wasip1: those for other systems only. A file with the tag wasip1 that does without " +
			"helps, or a replace line"},
	{regexp.MustCompile(`cgo|C source files not allowed`),
		"it is written in C: take one that is written in Go"},
	{regexp.MustCompile(`golang\.org/x/sys/unix`),
		"it asks the system directly: newer versions of many packages have files for other systems"},
}

// blame makes an error of what go build said: which package is to blame, and what to do about it.
func blame(pkg string, o Options, said string) error {
	said = strings.TrimSpace(said)
	who := ""
	for line := range strings.Lines(said) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "# "); ok {
			who = name
		}
	}
	if m := regexp.MustCompile(`imports (\S+): build constraints exclude`).FindStringSubmatch(said); m != nil {
		who = m[1]
	}
	text := fmt.Sprintf("%s can't be compiled for wasip1", pkg)
	if who != "" {
		text += fmt.Sprintf(", because of %s%s", who, importedBy(who, pkg, o))
	}
	for _, a := range advice {
		if a.says.MatchString(said) {
			text += ": " + a.do
			break
		}
	}
	return fmt.Errorf("%s. The go command says:\n%s", text, said)
}

// importedBy says which package of the program imports the one that is to blame.
func importedBy(who, pkg string, o Options) string {
	args := append([]string{"list", "-e", "-deps", "-f", "{{.ImportPath}} {{.Imports}}"}, o.Flags...)
	out, err := command(o.Dir, append(args, pkg)...).Output()
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(out)) {
		by, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, one := range strings.Fields(strings.Trim(imports, "[]")) {
			if one == who && by != who {
				return ", which " + by + " imports"
			}
		}
	}
	return ""
}
