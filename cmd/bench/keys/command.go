// Package keys measures the real server of etcd's API beside etcd itself: the same requests by the same client, in
// turns.
package keys

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// flags are those of `bench keys`.
type flags struct {
	program, etcd, dir string
	servers            []int
	rounds, many       int
	measure, warmUp    time.Duration
	only               string
}

// Command is `bench keys`.
func Command() *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "keys",
		Short: "the real server of etcd's API beside etcd: puts, gets, lists, watches, memory, starting again",
		Long: `keys starts servers of both, of one and of three, and has clients put, get, list and watch keys, one
product after the other, again and again. It shows the median of the rounds, and ours over etcd's. Then it loads
one server of each with many keys, and shows what memory they take and how long they need to start again. What
is to be reached stands beside it. Each client is one connection, and as plain as it can be, so that it leaves
the machine to the servers.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	c.Flags().StringVar(&f.program, "program", "bin/ordeal", "what to measure, as `make build` makes it")
	c.Flags().StringVar(&f.etcd, "etcd", "etcd", "etcd's program; 3.6 is what the figures are about")
	c.Flags().StringVar(&f.dir, "dir", "", "where the servers have their data for the time being (default: the system's "+
		"folder for temporary files)")
	c.Flags().IntSliceVar(&f.servers, "servers", []int{1, 3}, "how many servers there are, one after the other")
	c.Flags().IntVar(&f.rounds, "rounds", 3, "rounds, in which everything has its turn")
	c.Flags().IntVar(&f.many, "many", 1_000_000, "how many keys memory is looked at with; 0 for not at all")
	c.Flags().DurationVar(&f.measure, "measure", 3*time.Second, "how long a turn is")
	c.Flags().DurationVar(&f.warmUp, "warm-up", time.Second, "how long it goes on before that")
	c.Flags().StringVar(&f.only, "only", "", "only the loads whose names have this")
	return c
}

// errMissed says that a figure was not reached.
var errMissed = errors.New("a figure was missed")

func (f flags) run(ctx context.Context, out io.Writer) (err error) {
	products, err := f.products(ctx, out)
	if errors.Is(err, exec.ErrNotFound) {
		fmt.Fprintf(out, "etcd: none to compare with (--etcd names one): %v\n", err)
		return nil
	}
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(f.dir, "ordeal-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	fmt.Fprintf(out, "%s %s/%s, %d cores\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	all := true
	for _, n := range f.servers {
		ok, err := f.compare(ctx, out, products, filepath.Join(dir, fmt.Sprint(n)), n)
		if err != nil {
			return err
		}
		all = all && ok
	}
	if f.many > 0 {
		ok, err := f.compareMany(ctx, out, products, filepath.Join(dir, "many"))
		if err != nil {
			return err
		}
		all = all && ok
	}
	if !all {
		return errMissed
	}
	return nil
}

// products are ours, and etcd.
func (f flags) products(ctx context.Context, out io.Writer) ([]product, error) {
	text, err := exec.CommandContext(ctx, f.etcd, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s does not say which etcd it is: %w", f.etcd, err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	fmt.Fprintf(out, "%s\n", first)
	return []product{{"ordeal", []string{f.program, "etcd"}}, {"etcd", []string{f.etcd}}}, nil
}

// compare has each load its turns on n servers of each product.
func (f flags) compare(ctx context.Context, out io.Writer, products []product, dir string, n int) (bool, error) {
	all := make([]*ensemble, 0, len(products))
	defer func() {
		for _, e := range all {
			e.stop()
		}
	}()
	for _, p := range products {
		e, err := p.start(ctx, filepath.Join(dir, p.name), n)
		if err != nil {
			return false, err
		}
		all = append(all, e)
	}
	w := newTable(out, n)
	ok := true
	for _, l := range loads() {
		if !strings.Contains(l.name, f.only) {
			continue
		}
		results := make([][]result, len(all))
		for round := range f.rounds {
			order := []int{0, 1}
			if round%2 == 1 {
				slices.Reverse(order)
			}
			for _, i := range order {
				r, err := f.turn(ctx, all[i], l)
				if err != nil {
					return false, fmt.Errorf("%s, %s: %w", products[i].name, l.name, err)
				}
				results[i] = append(results[i], r)
			}
		}
		ok = w.row(l, median(results[0]), median(results[1])) && ok
	}
	return ok, w.flush()
}
