package main

import (
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/pprof"

	"ordeal"
	"ordeal/cluster/zoocfg"
)

func main() {
	debug.SetGCPercent(50)
	c := zoocfg.Config{DataDir: os.Args[1], ClientAddr: os.Args[2], TickTime: 2e9, Standalone: true}
	s, err := ordeal.StartServer(c, 0, slog.New(slog.DiscardHandler))
	if err != nil {
		panic(err)
	}
	fmt.Println("up")
	ch := make(chan os.Signal, 3)
	signal.Notify(ch)
	for sig := range ch {
		switch sig.String() {
		case "user defined signal 1":
			f, _ := os.Create(os.Args[3])
			pprof.StartCPUProfile(f)
		case "user defined signal 2":
			pprof.StopCPUProfile()
		case "interrupt", "terminated":
			s.Close()
			return
		}
	}
}
