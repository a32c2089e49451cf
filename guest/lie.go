package guest

// Lie is what a machine's disk promises a guest and does not do: a mutation, to see whether those who test the guest
// notice. The zero value keeps all promises.
type Lie string

// The lies.
const (
	// NoSync has syncs do nothing, those of directories too.
	NoSync Lie = "no-sync"
	// NoDirSync has syncs of directories do nothing.
	NoDirSync Lie = "no-dir-sync"
	// TornRename has a rename that replaces a file remove that first: a crash may leave neither under the name.
	TornRename Lie = "torn-rename"
)

// Lies lists them.
func Lies() []Lie { return []Lie{NoSync, NoDirSync, TornRename} }

// syncs says whether a sync of a file or of a directory does anything.
func (l Lie) syncs(directory bool) bool { return l != NoSync && (l != NoDirSync || !directory) }

// rename renames as the disk does.
func (in *instance) rename(from, to string) error {
	tree := in.kernel.Tree()
	if in.setup.Lie == TornRename && from != to {
		if info, err := tree.Stat(to); err == nil && !info.Dir {
			if err := tree.Remove(to); err != nil {
				return err
			}
		}
	}
	return tree.Rename(from, to)
}
