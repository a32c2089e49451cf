package schedule_test

import (
	"fmt"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/schedule"
	"ordeal/host"
	"ordeal/server/servertest"
)

// onAServer starts a real server and does something as its client.
func onAServer(do func(p host.Process, c *client.Client)) {
	e := new(servertest.Example)
	defer e.End()
	servertest.Do(e, func(p host.Process, connect func() *client.Client) {
		c := connect()
		do(p, c)
		c.Close()
	})
}

func Example() {
	onAServer(func(p host.Process, c *client.Client) {
		cfg := schedule.Config{Path: "/cron"}
		admin := schedule.NewAdmin(p, c, cfg)
		admin.Add(schedule.Job{Name: "backup", Cron: "0 30 3 * * MON-FRI", Retries: 2, Backoff: 60_000}, patience)
		admin.Add(schedule.Job{Name: "verify", After: []string{"backup"}}, patience)
		admin.Trigger("backup", patience) // now, besides its schedule

		instance := schedule.NewScheduler(p, c, cfg)
		instance.Join(patience)
		for range 2 {
			run, ok, _, err := instance.Claim(patience)
			fmt.Println(run.Job, "attempt", run.Attempt, ok, err)
			ended, outcome, _ := instance.Finish(run, true, "it went well", patience)
			fmt.Println(ended.Outcome, outcome)
		}
		log, _ := admin.Log("backup", patience)
		fmt.Println(log[0].Outcome, log[0].Note)
	})
	// Output:
	// backup attempt 1 true <nil>
	// done done
	// verify attempt 1 true <nil>
	// done done
	// done it went well
}
