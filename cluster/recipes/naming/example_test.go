package naming_test

import (
	"fmt"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/naming"
	"ordeal/host"
	"ordeal/server/servertest"
)

func ExampleName() {
	e := new(servertest.Example)
	defer e.End()
	servertest.Do(e, func(p host.Process, connect func() *client.Client) {
		web, user := connect(), connect()
		defer user.Close()
		orders := naming.Instance{ID: "web-1", Address: "10.0.0.1:8080", Weight: 5}
		naming.NewName(p, web, "/services/orders").Register(orders, 10*time.Second)

		name, turns := naming.NewName(p, user, "/services/orders"), new(naming.Weighted)
		name.Refresh(0)
		list, _ := name.Instances()
		picked, err := turns.Pick(list)
		fmt.Println(picked.ID, picked.Address, err)

		web.Close() // the session ends, and what it has registered with it
		name.Refresh(10 * time.Second)
		list, _ = name.Instances()
		_, err = turns.Pick(list)
		fmt.Println(err)
	})
	// Output:
	// web-1 10.0.0.1:8080 <nil>
	// naming: no instance is there that is well
}
