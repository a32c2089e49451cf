package command

import (
	"cmp"
	"path/filepath"

	"github.com/spf13/cobra"
)

// documents are the folders that a command writes what it measured to: a table for people, and a file of which the
// program is made.
type documents struct{ write, measured string }

// flags adds the flags that say which they are; table and file name what is in them.
func (d *documents) flags(c *cobra.Command, table, file string) {
	c.Flags().StringVar(&d.write, "write", "", "a folder whose "+table+" takes over what is measured: docs")
	c.Flags().StringVar(&d.measured, "measured", "", "the folder of "+file+", from which the program is built; that of "+
		"--write unless it is given")
}

// table and file are the paths of what is written.
func (d documents) table(name string) string { return filepath.Join(d.write, name) }

func (d documents) file(name string) string { return filepath.Join(cmp.Or(d.measured, d.write), name) }
