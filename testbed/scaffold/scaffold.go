// Package scaffold writes a module of one's own that puts something on trial and runs at once: what is on trial, its
// clients, a test with a campaign of some seconds, and a workflow file.
package scaffold

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// Kind is what the module is to put on trial.
type Kind string

// The kinds.
const (
	// Guest is an ordinary program: a server, and a client of it.
	Guest Kind = "guest"
	// Program is a server that is a host.Program.
	Program Kind = "program"
	// Client is an ordinary program that is a client of ordeal's own service.
	Client Kind = "client"
)

// Kinds lists them, with what each is.
func Kinds() [][2]string {
	return [][2]string{
		{string(Guest), "a server and a client that are ordinary programs, with goroutines, net and os"},
		{string(Program), "a server that is a host.Program: events, and no goroutines; many more trials a second"},
		{string(Client), "an ordinary program that uses a client library, with ordeal's own service as its ZooKeeper"},
	}
}

// Ordeal is where ordeal's source is: its folder, as a go.mod file names it, and the texts of the go.mod and go.sum
// files of its modules, the root's first.
type Ordeal struct {
	Dir       string
	Mods, Sum []string
}

//go:embed all:templates
var templates embed.FS

var nameRule = regexp.MustCompile(`^[a-z][a-z0-9]{0,30}$`)

// Module is the files of a new module, by their paths in it.
func Module(name string, kind Kind, from Ordeal) (map[string]string, error) {
	switch {
	case !nameRule.MatchString(name) || name == "ordeal" || name == "guest":
		return nil, fmt.Errorf("%q can't be the name: it is to be of small letters and digits, and not ordeal's own", name)
	case kind != Guest && kind != Program && kind != Client:
		return nil, fmt.Errorf("%q is no kind: there are guest, program and client", kind)
	}
	nodes := "1"
	if kind == Client {
		nodes = "3"
	}
	if len(from.Mods) == 0 {
		return nil, errors.New("there is no go.mod of ordeal's")
	}
	ordeal := modfile.ModulePath([]byte(from.Mods[0])) // it may have been given another path
	words := strings.NewReplacer("NAME", name, "NODES", nodes, `"ordeal/`, `"`+ordeal+"/")
	files := map[string]string{}
	for _, folder := range []string{"all", string(kind)} {
		root := path.Join("templates", folder)
		err := fs.WalkDir(templates, root, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := templates.ReadFile(file)
			to := strings.TrimSuffix(strings.TrimPrefix(file, root+"/"), ".txt")
			files[strings.ReplaceAll(to, "_github", ".github")] = words.Replace(string(text))
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	mod, err := goMod(name, kind, from)
	sums := slices.Sorted(strings.Lines(strings.Join(from.Sum, "")))
	files["go.mod"], files["go.sum"] = mod, strings.Join(slices.Compact(sums), "")
	return files, err
}

// goMod requires what ordeal's modules do, in the newest version that any of them names: so nothing is looked up. `go
// mod tidy` takes away what the module does not need.
func goMod(name string, kind Kind, from Ordeal) (string, error) {
	out := new(modfile.File)
	if err := out.AddModuleStmt(name); err != nil {
		return "", err
	}
	newest := map[string]string{}
	var order []string
	for i, text := range from.Mods {
		mod, err := modfile.Parse("go.mod", []byte(text), nil)
		if err != nil {
			return "", err
		}
		if i == 0 {
			if err := out.AddGoStmt(mod.Go.Version); err != nil {
				return "", err
			}
		}
		for _, r := range mod.Require {
			is, known := newest[r.Mod.Path]
			if !known {
				order = append(order, r.Mod.Path)
			}
			if !known || semver.Compare(is, r.Mod.Version) < 0 {
				newest[r.Mod.Path] = r.Mod.Version
			}
		}
	}
	ordeal := modfile.ModulePath([]byte(from.Mods[0]))
	own := []string{ordeal}
	if kind != Program {
		own = append(own, ordeal+"/guest")
	}
	for _, module := range own {
		out.AddNewRequire(module, "v0.0.0", false)
		if err := out.AddReplace(module, "", from.Dir+strings.TrimPrefix(module, ordeal), ""); err != nil {
			return "", err
		}
	}
	for _, module := range order {
		if module != ordeal {
			out.AddNewRequire(module, newest[module], !strings.HasPrefix(module, "github.com/go-zookeeper/") || kind != Client)
		}
	}
	out.SetRequireSeparateIndirect(out.Require)
	out.Cleanup()
	text, err := out.Format()
	return string(text), err
}
