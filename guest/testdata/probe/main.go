// Command probe is a guest that tries what guests can do: its first argument says what.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"runtime"
	"time"
)

func main() {
	switch os.Args[1] {
	case "talk":
		talk()
	case "same":
		same()
	case "order":
		order()
	case "panic":
		go deep(3)
		time.Sleep(time.Second)
	case "exit":
		fmt.Fprintln(os.Stderr, "no configuration")
		os.Exit(3)
	case "return":
	case "deadlock":
		select {}
	case "memory":
		for all := [][]byte{}; ; {
			all = append(all, make([]byte, 64<<20))
			runtime.Gosched()
		}
	case "output":
		for {
			fmt.Println("again and again and again and again and again and again and again and again and again")
		}
	case "many":
		for all := []net.PacketConn{}; ; {
			c, err := net.ListenPacket("udp", ":0")
			if err != nil {
				log.Fatalf("after %d sockets: %v", len(all), err)
			}
			all = append(all, c)
		}
	case "durable":
		durable()
	case "compute":
		x := uint64(1)
		for range 300_000_000 {
			x = x*6364136223846793005 + 1442695040888963407
		}
		fmt.Println("computed", x)
	case "refused":
		refused()
	case "sockets":
		sockets()
	case "spin":
		for end := time.Now().Add(10 * time.Millisecond); time.Now().Before(end); {
		}
		fmt.Println("done")
	}
}

func deep(n int) {
	if n == 0 {
		var m map[string]int
		m["x"]++
	}
	deep(n - 1)
}

// order has goroutines run once each, and prints in which order they do.
func order() {
	for range 20 {
		turns := make(chan int, 8)
		for i := range 8 {
			go func() { turns <- i }()
		}
		text := ""
		for range 8 {
			text += fmt.Sprint(<-turns)
		}
		fmt.Println(text)
	}
}
