package config_test

import (
	"fmt"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/config"
	"ordeal/host"
	"ordeal/server/servertest"
)

func ExampleStore() {
	e := new(servertest.Example)
	defer e.End()
	servertest.Do(e, func(p host.Process, connect func() *client.Client) {
		c := connect()
		defer c.Close()
		shop := config.New(p, c, "/config/shop")
		shop.Publish("ada", []config.Change{{Name: "pool", Value: "10"}}, config.Any, patience)
		shop.Try("bob", []config.Change{{Name: "pool", Value: "50"}}, 40, patience)

		cache := shop.Cache(config.Both, time.Minute)
		cache.Follow(0)
		view, _ := cache.Kept()
		for _, instance := range []string{"web-1", "web-2", "web-3"} {
			settings, gray := view.For(instance)
			pool, _ := settings.Get("pool")
			fmt.Println(instance, pool, gray)
		}
		shop.Promote("bob", patience)
		r, _, err := shop.Rollback("ada", 1, patience)
		fmt.Println(r.Number, r.Changes, err)
	})
	// Output:
	// web-1 50 true
	// web-2 10 false
	// web-3 50 true
	// 4 [{pool 10 false}] <nil>
}
