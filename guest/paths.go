package guest

import (
	"path"
	"strings"

	"ordeal/host"
)

// What a program asks of paths, which are relative to a directory that it has open.

// path is one that is relative to a directory that is open.
func (in *instance) path(number, at, n uint32) (string, errno) {
	d := in.file(number)
	switch {
	case d == nil:
		return "", eBadf
	case !d.directory:
		return "", eNotDir
	}
	return strings.TrimPrefix(path.Join("/", d.path, in.text(at, n)), "/"), 0
}

const (
	openCreate = 1 << iota
	openDirectory
	openExclusive
	openTruncate
)

func pathOpen(in *instance, a args) errno {
	p, no := in.path(a.u32(0), a.u32(2), a.u32(3))
	if no != 0 {
		return no
	}
	in.kernel.Spend(callCost)
	flags := a.u32(4)
	d := &descriptor{path: p, append: a.u32(7)&flagAppend != 0}
	if take := in.setup.Lines["/"+p]; take != nil {
		d.output = &lines{in: in, take: take}
	} else if text, ok := in.fixed(p); ok {
		if flags&(openCreate|openExclusive) == openCreate|openExclusive {
			return eExist
		}
		d.fixed = &text
	} else {
		node, err := in.kernel.Tree().Open(p, host.Opening{
			Create: flags&openCreate != 0, Exclusive: flags&openExclusive != 0, Truncate: flags&openTruncate != 0,
			Directory: flags&openDirectory != 0,
		})
		if err != nil {
			return numberOf(err)
		}
		d.node, d.directory = node, node.Info().Dir
	}
	fd, no := in.newFile(d)
	if no != 0 {
		return no
	}
	return in.put32(a.u32(8), uint32(fd))
}

func pathFilestatGet(in *instance, a args) errno {
	p, no := in.path(a.u32(0), a.u32(2), a.u32(3))
	if no != 0 {
		return no
	}
	in.kernel.Spend(callCost)
	if in.setup.Lines["/"+p] != nil {
		return in.putStat(a.u32(4), typeCharacters, host.NodeInfo{})
	}
	if text, ok := in.fixed(p); ok {
		return in.putStat(a.u32(4), typeFile, host.NodeInfo{Size: int64(len(text))})
	}
	info, err := in.kernel.Tree().Stat(p)
	if err != nil {
		return numberOf(err)
	}
	return in.putStat(a.u32(4), kindOf(info), info)
}

// change does something to a path.
func (in *instance) change(a args, do func(p string) error) errno {
	p, no := in.path(a.u32(0), a.u32(1), a.u32(2))
	if no != 0 {
		return no
	}
	in.kernel.Spend(callCost)
	return numberOf(do(p))
}

func pathCreateDirectory(in *instance, a args) errno { return in.change(a, in.kernel.Tree().Mkdir) }
func pathRemoveDirectory(in *instance, a args) errno { return in.change(a, in.kernel.Tree().Rmdir) }
func pathUnlinkFile(in *instance, a args) errno      { return in.change(a, in.kernel.Tree().Remove) }

func pathRename(in *instance, a args) errno {
	to, no := in.path(a.u32(3), a.u32(4), a.u32(5))
	if no != 0 {
		return no
	}
	return in.change(a, func(p string) error { return in.rename(p, to) })
}
