package zone_test

import (
	"fmt"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/naming"
	"ordeal/cluster/recipes/zone"
	"ordeal/host"
	"ordeal/server/servertest"
)

func ExampleView_Answer() {
	e := new(servertest.Example)
	defer e.End()
	servertest.Do(e, func(p host.Process, _ func() *client.Client) {
		c := client.New(p, client.Config{Servers: []host.Addr{"server"}, SessionTimeout: 4 * time.Second})
		defer c.Close()
		orders := naming.Instance{ID: "web-1", Address: "10.0.0.1:8080", Weight: 5}
		naming.NewName(p, c, "/services/orders").Register(orders, 10*time.Second)

		svc := zone.Zone{Origin: "svc.example.", Path: "/services", TTL: time.Minute, Negative: time.Second}
		source := zone.NewSource(p, c, 3*time.Second, svc)
		source.Follow(0)
		a := source.View().Answer(zone.Question{Name: "orders.svc.example.", Type: zone.SRV}, p.Now(), 0)
		for _, r := range a.Records {
			fmt.Println(r.Target, r.Port, r.Weight, "TTL at most a session's length:", r.TTL <= 4*time.Second)
		}
		a = source.View().Answer(zone.Question{Name: "order.svc.example.", Type: zone.A}, p.Now(), 0)
		fmt.Println(a.Code == zone.NXDomain)
	})
	// Output:
	// web-1.orders.svc.example. 8080 5 TTL at most a session's length: true
	// true
}
