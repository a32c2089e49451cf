// Command server keeps registers in the memory of the first of its machines. In the variant "forgetful" it forgets a
// write at times, in "fragile" it panics at one, and in "wrong" and "lost" it breaks what it asserts.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"

	"github.com/antithesishq/antithesis-sdk-go/assert"
	"github.com/antithesishq/antithesis-sdk-go/lifecycle"
	"github.com/antithesishq/antithesis-sdk-go/random"

	"ordeal/guest/say"
)

var (
	lock      sync.Mutex
	registers = map[string][2]int64{}
	writes    int
)

func main() {
	name, _ := os.Hostname()
	l, err := net.Listen("tcp", ":7")
	if err != nil {
		panic(err)
	}
	lifecycle.SetupComplete(map[string]any{"port": 7})
	say.Say(say.Status{Leads: strings.HasPrefix(os.Getenv("SERVERS"), name+","), Epoch: 1})
	for {
		c, err := l.Accept()
		if err != nil {
			panic(err)
		}
		go serve(c)
	}
}

func serve(c net.Conn) {
	defer c.Close()
	for s := bufio.NewScanner(c); s.Scan(); {
		var o say.RegisterOp
		if err := json.Unmarshal(s.Bytes(), &o); err != nil {
			panic(err)
		}
		is := carryOut(o)
		if _, err := fmt.Fprintln(c, is[0], is[1]); err != nil {
			return
		}
	}
}

func carryOut(o say.RegisterOp) [2]int64 {
	lock.Lock()
	defer lock.Unlock()
	is := registers[o.Key]
	if !o.Write || is[1] != o.Expected {
		return is
	}
	is = [2]int64{o.Value, o.Expected + 1}
	writes++
	variant := os.Getenv("VARIANT")
	assert.Sometimes(writes > 5, "more than five writes", nil)
	assert.Always(variant != "wrong" || writes < 20, "writes are counted, all of them", map[string]any{"writes": writes})
	if writes == 1 {
		lifecycle.SendEvent("first-write", map[string]any{"drawn": random.GetRandom()})
	}
	switch {
	case variant == "lost" && writes == 20:
		assert.Unreachable("the twentieth write", nil)
	case writes < 0:
		assert.Reachable("fewer writes than none", nil)
	}
	switch {
	case variant == "fragile" && writes == 20:
		panic("the twentieth write")
	case variant != "forgetful" || writes%20 != 0:
		registers[o.Key] = is
	}
	return is
}
