package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"ordeal/cluster/wire"
)

// neighbourFlags are the flags of `bench neighbour`.
type neighbourFlags struct {
	program, dir             string
	servers, creates, rounds int
}

// missedMax is the share of reads at another server that may miss what was just acknowledged.
const missedMax = 0.03

func neighbourCommand() *cobra.Command {
	var f neighbourFlags
	c := &cobra.Command{
		Use:   "neighbour",
		Short: "how often a read at another server misses what was just created, beside Apache ZooKeeper",
		Long: `neighbour creates a znode at one server and, once that is acknowledged, looks for it at another: reads are
local, so it may not be there yet. It does so again and again, for every pair of servers in turns, with
nothing else going on, and counts the looks that found nothing.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.measure(cmd.Context(), cmd.OutOrStdout()) },
	}
	c.Flags().StringVar(&f.program, "program", "bin/ordeal", "what to measure, as `make build` makes it")
	c.Flags().StringVar(&f.dir, "dir", "", "where the servers have their data for the time being (default: the system's "+
		"folder for temporary files)")
	c.Flags().IntVar(&f.servers, "servers", 3, "how many servers")
	c.Flags().IntVar(&f.creates, "creates", 1200, "znodes in a round")
	c.Flags().IntVar(&f.rounds, "rounds", 3, "rounds, in which each has its turn")
	return c
}

func (f neighbourFlags) measure(ctx context.Context, out io.Writer) (err error) {
	if f.servers < 2 || f.creates < 1 || f.rounds < 1 {
		return errors.New("neighbour takes two servers at least, and a create and a round")
	}
	products := []product{ours(f.program)}
	if zk, err := zookeeper(); err == nil {
		products = append(products, zk)
	} else {
		fmt.Fprintln(out, err)
	}
	dir, err := os.MkdirTemp(f.dir, "ordeal-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	printMachine(out)
	var all []*running
	for _, p := range products {
		r, err := p.start(filepath.Join(dir, p.name), f.servers)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		defer r.stop()
		all = append(all, r)
	}
	misses := make([]int, len(all))
	for turn := range f.rounds {
		for i, r := range all {
			n, err := f.lookAround(ctx, r, fmt.Sprintf("/neighbour-%d", turn))
			if err != nil { // an ensemble that has just begun may hang up once more
				n, err = f.lookAround(ctx, r, fmt.Sprintf("/neighbour-%d-again", turn))
			}
			if err != nil {
				return fmt.Errorf("%s: %w", r.name(), err)
			}
			misses[i] += n
		}
	}
	return f.print(out, products, misses)
}

// lookAround counts the looks that miss what was created.
func (f neighbourFlags) lookAround(ctx context.Context, r *running, path string) (missed int, err error) {
	all, err := r.meet()
	if err != nil {
		return 0, err
	}
	for _, s := range all {
		defer s.close()
	}
	for i := range f.creates {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		from := i % f.servers
		to := (from + 1 + i/f.servers%(f.servers-1)) % f.servers
		there, err := createAndLook(all[from], all[to], fmt.Sprintf("%s-%d", path, i))
		if err != nil {
			return 0, err
		}
		if !there {
			missed++
		}
	}
	return missed, nil
}

// meet opens a session at every server, after another try if it must, as gather does.
func (r *running) meet() (all []*session, err error) {
	end := time.Now().Add(startLimit)
	for len(all) < len(r.addrs) {
		s, err := openSession(r.addrs[len(all)])
		switch {
		case err == nil:
			all = append(all, s)
		case time.Now().After(end):
			return nil, err
		default:
			time.Sleep(100 * time.Millisecond)
		}
	}
	return all, nil
}

// createAndLook creates a znode at one server and looks for it at another.
func createAndLook(at, from *session, path string) (there bool, err error) {
	if err := at.send(wire.CreateRequest{Path: path, ACL: openACL}); err != nil {
		return false, err
	}
	if err := at.receive(); err != nil {
		return false, err
	}
	if err := from.send(wire.ExistsRequest{Path: path}); err != nil {
		return false, err
	}
	code, err := from.reply()
	if err == nil && code != wire.OK && code != wire.NoNode {
		err = fmt.Errorf("a look was answered with %v", code)
	}
	return code == wire.OK, err
}

func (f neighbourFlags) print(out io.Writer, products []product, misses []int) error {
	var figures []figure
	for i, p := range products {
		share := float64(misses[i]) / float64(f.creates*f.rounds)
		one := figure{name: p.name + ": looks at another server that missed a create",
			measured: fmt.Sprintf("%.1f %% of %d", 100*share, f.creates*f.rounds)}
		if i == 0 {
			one.target, one.verdict = fmt.Sprintf("<= %.0f %%", 100*missedMax), judged(share <= missedMax)
		}
		figures = append(figures, one)
	}
	return printFigures(out, figures)
}
