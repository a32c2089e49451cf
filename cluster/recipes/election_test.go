package recipes_test

import (
	"testing"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/host"
)

func TestElectionPassesTheOfficeOn(t *testing.T) {
	o, done := newTown(t), 0
	var epochs []int64
	for _, name := range []host.Addr{"c1", "c2", "c3"} {
		o.enter(name, func(p host.Process, c *client.Client) {
			e := recipes.NewElection(p, c, "/office")
			epoch, _, err := e.Campaign(recipes.Forever)
			if err != nil {
				t.Errorf("campaign: %v", err)
			}
			session, _ := c.Session()
			if leader, ok, err := e.Observe(second); leader != (recipes.Leader{session, epoch}) || !ok || err != nil {
				t.Errorf("session %d leads in epoch %d and sees %+v, %v, %v", session, epoch, leader, ok, err)
			}
			epochs = append(epochs, epoch)
			p.Sleep(second)
			if outcome, err := e.Resign(second); outcome != recipes.Done {
				t.Errorf("resign: %v, %v", outcome, err)
			}
			done++
		})
	}
	o.enter("c4", func(p host.Process, c *client.Client) {
		e := recipes.NewElection(p, c, "/office")
		if leader, ok, err := e.Observe(second); ok || err != nil {
			t.Errorf("no candidate has campaigned, and there is %+v, %v", leader, err)
		}
		p.Sleep(10 * second)
		if leader, ok, err := e.Observe(second); ok || err != nil {
			t.Errorf("everybody has resigned, and there is %+v, %v", leader, err)
		}
		done++
	})
	o.run(&done, 4)
	if epochs[0] >= epochs[1] || epochs[1] >= epochs[2] {
		t.Errorf("the epochs are %v", epochs)
	}
}

func TestElectionGoesOnWhenTheLeadersSessionEnds(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		recipes.NewElection(p, c, "/office").Campaign(second)
		p.Sleep(second)
		leader, _ := c.Session()
		o.s.expire(leader)
		done++
	})
	o.enter("c2", func(p host.Process, c *client.Client) {
		p.Sleep(second / 2)
		e := recipes.NewElection(p, c, "/office")
		epoch, outcome, err := e.Campaign(recipes.Forever)
		if epoch == 0 || outcome != recipes.Done {
			t.Errorf("epoch %d, %v, %v", epoch, outcome, err)
		}
		done++
	})
	o.run(&done, 2)
}
