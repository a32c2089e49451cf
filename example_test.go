package ordeal_test

import (
	"fmt"
	"testing"

	"ordeal"
	"ordeal/testbed/play"
)

// A test of the service: twenty trials of the default campaign, which must all be valid.
func ExampleTest() {
	test := func(t *testing.T) { ordeal.Test(t, ordeal.Service().Campaign("", "swarm"), 1, 20) }
	_ = test // go test runs it
}

// A trial that once failed, as `ordeal shrink --emit-test` writes it down.
func ExampleRegression() {
	test := func(t *testing.T) {
		ordeal.Regression(t, `ordeal/2 seed=408448 workload=queue nodes=3 length=11s rate=100 `+
			`plan="at 0s for 4s crash follower; at 1s demote minority-with-leader" ops="" settings=8/1/1048576/300`)
	}
	_ = test // go test runs it
}

// One trial, played from its line.
func ExampleService() {
	t, err := ordeal.Service().Parse(`ordeal/2 seed=1 workload=register nodes=3 length=5s rate=20 ` +
		`plan="at 2s for 1s partition isolate leader"`)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := play.Run(t, play.Ask{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Summary.Outcome, "with", r.Summary.Fired["partition"], "partition, which moved the lead to another "+
		"server:",
		len(r.Leaders) > 1)
	// Output: valid with 1 partition, which moved the lead to another server: true
}
