// Command tiny says what its marks do.
package main

import (
	"fmt"
	"tiny/part"

	"github.com/pingcap/failpoint"
)

func main() {
	failpoint.Inject("loud", func(v failpoint.Value) { fmt.Println("main is", v) })
	if err := failpoint.EnableCall("tiny/part/place", func(who string) { fmt.Println("place of", who) }); err != nil {
		panic(err)
	}
	if err := failpoint.EnableCall("tiny/part/second", func(who string) { fmt.Println("second of", who) }); err != nil {
		panic(err)
	}
	part.Work("n1")
	part.Each("n1")
	fmt.Println("done")
}
