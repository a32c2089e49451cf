package main

import (
	"fmt"
	"os"
	"time"
)

// durable says what its disk has, and then makes it durable, and replaces it twice, for good the first time.
func durable() {
	b, err := os.ReadFile("d/state")
	fmt.Println("found", string(b), err != nil)
	_ = os.Mkdir("d", 0o700) // it may be there
	for _, dir := range []string{"d", "."} {
		put("one")
		syncDir(dir)
	}
	put("two")
	fmt.Println("done")
	time.Sleep(time.Hour)
}

func put(text string) {
	f, err := os.Create("d/next")
	must(err)
	_, err = f.WriteString(text)
	must(err)
	must(f.Sync())
	must(f.Close())
	must(os.Rename("d/next", "d/state"))
}

func syncDir(name string) {
	d, err := os.Open(name)
	must(err)
	must(d.Sync())
	must(d.Close())
}
