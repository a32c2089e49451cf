package main

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand"
	"runtime"
	"sync"
	"time"
)

// same does what could differ from run to run: goroutines, select, maps, timers, chance, the collector, addresses.
func same() {
	var lock sync.Mutex
	var wait sync.WaitGroup
	first, second := make(chan int), make(chan int)
	for i := range 20 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for j := range 20 {
				select {
				case first <- i:
				case second <- i * j:
				case <-time.After(time.Duration(mathrand.Intn(2000)) * time.Microsecond):
				}
				_ = make([]byte, 10_000)
			}
		}()
	}
	sum := uint64(0)
	go func() {
		for {
			select {
			case x := <-first:
				lock.Lock()
				sum = sum*31 + uint64(x)
				lock.Unlock()
			case x := <-second:
				lock.Lock()
				sum = sum*37 + uint64(x)
				lock.Unlock()
			}
		}
	}()
	wait.Wait()
	m := map[int]bool{}
	for i := range 50 {
		m[i] = true
	}
	for k := range m {
		sum = sum*41 + uint64(k)
	}
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	x := new(int)
	fmt.Printf("%x %x %d %p\n", sum, b, stats.NumGC, x)
}
