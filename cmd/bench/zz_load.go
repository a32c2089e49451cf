package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"
)

func zzLoad() *cobra.Command {
	var addr string
	var write bool
	var cl, outst int
	var d time.Duration
	c := &cobra.Command{Use: "zzload", RunE: func(*cobra.Command, []string) error {
		from := time.Now().Add(time.Second)
		w := window{from, from.Add(d)}
		spans, err := load{write, cl, outst}.drive([]string{addr}, 0, w)
		if err != nil {
			return err
		}
		var took []time.Duration
		for _, s := range spans {
			took = append(took, s.duration())
		}
		slices.Sort(took)
		fmt.Printf("%.0f/s p50 %s p99 %s\n", float64(len(took))/d.Seconds(), millis(took[len(took)/2]), millis(took[len(took)*99/100]))
		return nil
	}}
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:7181", "")
	c.Flags().BoolVar(&write, "write", true, "")
	c.Flags().IntVar(&cl, "clients", 50, "")
	c.Flags().IntVar(&outst, "out", 1, "")
	c.Flags().DurationVar(&d, "d", 4*time.Second, "")
	return c
}
