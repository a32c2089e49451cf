package command

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ordeal/reports"
	"ordeal/testbed/job"
	"ordeal/testbed/kept"
	"ordeal/testbed/pricing"
	"ordeal/testbed/shards"
)

func (f *bugsFlags) shardFlags(c *cobra.Command) {
	c.Flags().StringVar(&f.shard, "shard", "", "price one part of the bugs, as 3/8; auto: the one that GitLab or "+
		"Kubernetes says; `merge` puts them together")
	c.Flags().StringVar(&f.out, "out", "", "the folder for what merge needs of a shard")
	f.app.addStore(c.Flags(), &f.upload)
}

// bugsPart is the part of a search for planted bugs that this program has: all of it, unless --shard says otherwise.
type bugsPart struct {
	own    []string
	prices shards.Prices // of no shard: nothing is handed on
	folder reports.Folder
}

// part is the part of the search for some bugs.
func (f *bugsFlags) part(names []string) (bugsPart, error) {
	if f.shard == "" {
		if f.out != "" {
			return bugsPart{}, errors.New("--out goes with --shard")
		}
		return bugsPart{own: names}, nil
	}
	of, err := shards.Parse(f.shard, os.Getenv)
	switch {
	case err != nil:
		return bugsPart{}, err
	case f.out == "":
		return bugsPart{}, errors.New("--shard hands prices on: --out is wanted")
	case f.documents.write != "":
		return bugsPart{}, errors.New("--shard and --write: either one or the other; `merge` writes for all shards")
	}
	if err := kept.CheckOut(f.out); err != nil {
		return bugsPart{}, err
	}
	build, err := job.Build()
	if err != nil {
		return bugsPart{}, err
	}
	s := f.app.service
	return bugsPart{of.Share(names), shards.Prices{Shard: of, Search: shards.Search{
		Service: s.Name, Line: s.Version, Build: build, Command: f.command(), Bugs: names,
	}}, kept.Folder(f.out)}, nil
}

// write hands on what was found.
func (p bugsPart) write(found []pricing.Price) error {
	if p.folder == nil {
		return nil
	}
	p.prices.Prices = found
	return p.prices.Write(p.folder)
}

// mergePrices puts together what shards of `bugs run` have found.
func (f mergeFlags) mergePrices(cmd *cobra.Command, dirs []shards.Folder) error {
	for _, name := range []string{"out", "junit", "sarif", "summary", "findings"} {
		if cmd.Flags().Changed(name) {
			return Usage(fmt.Errorf("--%s is for shards of campaigns, and these are of `bugs run`", name))
		}
	}
	if err := f.documents.check(f.app.service); err != nil {
		return Usage(err)
	}
	all, lacks, err := shards.MergePrices(dirs, f.app.service, f.partial)
	if err != nil {
		return Usage(err)
	}
	t := newTable(cmd.OutOrStdout(), cmd.ErrOrStderr(), false, 0)
	t.priceHead()
	list := pricing.Of(f.app.service, all.Prices)
	for _, p := range all.Prices {
		one, _ := list.Of(p.Bug)
		t.price(one)
	}
	t.end()
	fmt.Fprintln(t.text, list.Sum())
	for _, text := range lacks {
		fmt.Fprintln(t.text, text)
	}
	if err := f.documents.takePrices(f.app.service, all.Command, list.Bugs); err != nil {
		return err
	}
	if err := troubled(list.Bugs); err != nil || len(lacks) == 0 {
		return err
	}
	return exitError{Code: exitUnknown}
}
