// Command pages makes the page of a trial that never was, with as many operations as wanted, to see what a browser
// makes of it: acceptance/pages.sh uses it.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"ordeal/reports"
	"ordeal/reports/timeline"
)

func main() {
	operations := flag.Int("operations", 1_000_000, "how many operations the page has")
	hostile := flag.Bool("hostile", false, "a page whose every word is meant to be taken for something else")
	flag.Parse()
	timeline := synthetic(*operations)
	if *hostile {
		timeline = misleading()
	}
	page, err := timeline.Page()
	if err == nil {
		_, err = os.Stdout.Write(page)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// synthetic is a timeline of ten clients that write one value after the other for ten minutes.
func synthetic(operations int) timeline.Timeline {
	const length, clients = 10 * time.Minute, 10
	t := timeline.Timeline{
		Trial:  reports.Trial{Title: "a trial that never was", Line: "no trial", Length: length},
		Length: length, Moment: -1, Traffic: new(timeline.Traffic),
	}
	for c := range clients {
		t.Clients = append(t.Clients, fmt.Sprintf("c%d", c+1))
	}
	chance := rand.New(rand.NewPCG(1, 1))
	each := length * clients / time.Duration(max(operations, 1))
	for i := range operations {
		from := time.Duration(i/clients) * each
		o := timeline.Op{
			Index: 2 * i, Client: i % clients, From: from, To: from + time.Duration(chance.Int64N(int64(each))),
			F: "write", Text: fmt.Sprintf("write %d -> %d", i, i),
		}
		if chance.IntN(1000) == 0 {
			o.End = timeline.Info
		}
		t.Ops = append(t.Ops, o)
	}
	return t
}
