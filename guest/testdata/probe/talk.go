package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// talk greets other machines over streams and datagrams, and counts in a file how often it was started.
func talk() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	name, _ := os.Hostname()
	fmt.Println("start", count())
	go serve()
	go datagrams(name)
	for _, other := range strings.Split(os.Args[2], ",") {
		if other != name {
			go greet(name, other)
		}
	}
	<-signals
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func count() int {
	must(os.MkdirAll("data", 0o700))
	old, _ := os.ReadFile("data/count")
	f, err := os.Create("data/new")
	must(err)
	fmt.Fprintf(f, "%s!", old)
	must(f.Sync())
	must(f.Close())
	must(os.Rename("data/new", "data/count"))
	for _, name := range []string{"data", "/"} {
		dir, err := os.Open(name)
		must(err)
		must(dir.Sync())
	}
	return len(old)
}

func serve() {
	l, err := net.Listen("tcp", ":8000")
	must(err)
	for {
		c, err := l.Accept()
		must(err)
		go func() {
			defer c.Close()
			for s := bufio.NewScanner(c); s.Scan(); {
				fmt.Fprintf(c, "hello %s from %s\n", s.Text(), c.LocalAddr())
			}
		}()
	}
}

func greet(me, other string) {
	for {
		c, err := net.DialTimeout("tcp", other+":8000", time.Second)
		if err != nil {
			fmt.Println("dial", err)
			time.Sleep(300 * time.Millisecond)
			continue
		}
		for s := bufio.NewScanner(c); ; {
			must(c.SetReadDeadline(time.Now().Add(2 * time.Second)))
			if _, err := fmt.Fprintf(c, "%s\n", me); err != nil || !s.Scan() {
				fmt.Println("broken", err, s.Err())
				break
			}
			fmt.Println(s.Text())
			time.Sleep(time.Second)
		}
		c.Close()
	}
}

func datagrams(me string) {
	c, err := net.ListenPacket("udp", ":9000")
	must(err)
	go func() {
		for b := make([]byte, 100); ; {
			n, from, err := c.ReadFrom(b)
			must(err)
			fmt.Println("datagram", string(b[:n]), from)
		}
	}()
	for {
		for _, other := range strings.Split(os.Args[2], ",") {
			a, err := net.ResolveUDPAddr("udp", other+":9000")
			must(err)
			_, err = c.WriteTo([]byte(me), a)
			must(err)
		}
		time.Sleep(time.Second)
	}
}
