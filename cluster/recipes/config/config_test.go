package config_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/config"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/server/servertest"
)

const patience = 10 * time.Second

func text(s config.Settings) (text string) {
	for _, one := range s {
		text += one.Name + "=" + one.Value + " "
	}
	return text
}

func set(name, value string) []config.Change { return []config.Change{{Name: name, Value: value}} }

func TestHistoryAndRollback(t *testing.T) {
	servertest.Do(t, func(p host.Process, connect func() *client.Client) {
		c := connect()
		defer c.Close()
		s := config.New(p, c, "/config/shop")
		see := func(revision int64, want string) {
			t.Helper()
			now, err := s.Now(patience)
			if err != nil || now.Revision != revision || text(now.Settings) != want {
				t.Errorf("revision %d, %q, %v; want revision %d, %q", now.Revision, text(now.Settings), err, revision, want)
			}
		}
		see(0, "")
		both := []config.Change{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}}
		first, outcome, err := s.Publish("ada", both, 0, patience)
		if outcome != recipes.Done || first.Number != 1 || first.Zxid == 0 {
			t.Fatalf("%+v, %v, %v", first, outcome, err)
		}
		see(1, "a=1 b=2 ")
		s.Publish("bob", []config.Change{{Name: "a", Gone: true}, {Name: "c", Value: ""}}, config.Any, patience)
		see(2, "b=2 c= ")
		if _, outcome, err := s.Publish("ada", set("a", "9"), 1, patience); outcome != recipes.NoEffect ||
			!errors.Is(err, recipes.ErrConflict) {
			t.Errorf("of an old revision: %v, %v", outcome, err)
		}
		s.Publish("bob", set("a", "1"), config.Any, patience)
		if _, _, err := s.Rollback("ada", 1, patience); err != nil {
			t.Error(err)
		}
		see(4, "a=1 b=2 ")
		s.Rollback("ada", 0, patience)
		see(5, "")
		list, err := s.History(2, patience)
		if err != nil || len(list) != 3 || list[1].Number != 4 || list[1].By != "ada" || list[1].Zxid <= first.Zxid ||
			!slices.Equal(list[1].Changes, []config.Change{{Name: "c", Gone: true}}) {
			t.Errorf("%+v, %v", list, err)
		}
		if _, _, err := s.Rollback("ada", 6, patience); !errors.Is(err, config.ErrNoRevision) {
			t.Error(err)
		}
	})
}

// What the schema refuses, and what is no change, is not written.
func TestSchema(t *testing.T) {
	servertest.Do(t, func(p host.Process, connect func() *client.Client) {
		c := connect()
		defer c.Close()
		s := config.New(p, c, "/config")
		s.Schema = func(settings config.Settings) error {
			if limit, ok := settings.Get("limit"); ok && limit == "none" {
				return errors.New("limit: none is no number")
			}
			return nil
		}
		s.Publish("ada", set("limit", "5"), config.Any, patience)
		for what, do := range map[string]func() (config.Revision, recipes.Outcome, error){
			"publish": func() (config.Revision, recipes.Outcome, error) {
				return s.Publish("ada", set("limit", "none"), config.Any, patience)
			},
			"try": func() (config.Revision, recipes.Outcome, error) {
				return s.Try("ada", set("limit", "none"), 5, patience)
			},
			"name":  func() (config.Revision, recipes.Outcome, error) { return s.Try("ada", set("a/b", ""), 5, patience) },
			"share": func() (config.Revision, recipes.Outcome, error) { return s.Try("ada", set("a", ""), 101, patience) },
			"widen": func() (config.Revision, recipes.Outcome, error) { return s.Widen("ada", 5, patience) },
		} {
			if _, outcome, err := do(); outcome != recipes.NoEffect || err == nil {
				t.Errorf("%s: %v, %v", what, outcome, err)
			}
		}
		if now, err := s.Now(patience); now.Revision != 1 || err != nil {
			t.Errorf("%+v, %v", now, err)
		}
		c.Set("/config", []byte("what another program writes"), wire.AnyVersion)
		_, outcome, err := s.Publish("ada", set("limit", "6"), config.Any, patience)
		if outcome != recipes.NoEffect || err == nil {
			t.Errorf("over another program's: %v, %v", outcome, err)
		}
		if data, _, _ := c.Get("/config", nil); string(data) != "what another program writes" {
			t.Errorf("another program's znode holds %q", data)
		}
	})
}

// Whoever has a gray release in a share has it in every larger one; about a share of the instances has it.
func TestGrayRelease(t *testing.T) {
	servertest.Do(t, func(p host.Process, connect func() *client.Client) {
		c := connect()
		defer c.Close()
		s := config.New(p, c, "/config")
		s.Publish("ada", set("pool", "10"), config.Any, patience)
		s.Try("ada", set("pool", "20"), 0, patience)
		before := map[string]bool{}
		for _, share := range []int{0, 10, 30, 30, 70, 100} {
			if _, _, err := s.Widen("ada", share, patience); err != nil {
				t.Fatal(err)
			}
			now, _ := s.Now(patience)
			count := 0
			for i := range 1000 {
				name := fmt.Sprint("web", i)
				settings, has := now.For(name)
				if value, _ := settings.Get("pool"); has != (value == "20") || before[name] && !has {
					t.Fatalf("%s at %d: %v, %s", name, share, has, value)
				}
				if before[name] = has; has {
					count++
				}
			}
			if count < 10*share-40 || count > 10*share+40 {
				t.Errorf("%d of 1000 have a release to %d in a hundred", count, share)
			}
		}
		s.Promote("ada", patience)
		if now, _ := s.Now(patience); text(now.Settings) != "pool=20 " || now.Gray != nil {
			t.Errorf("%+v", now)
		}
		if _, _, err := s.Withdraw("ada", patience); !errors.Is(err, config.ErrNoGray) {
			t.Error(err)
		}
	})
}

// A cache is told, or asks, and goes on with another session.
func TestCaches(t *testing.T) {
	for _, mode := range []config.Mode{config.Push, config.Pull, config.Both} {
		servertest.Do(t, func(p host.Process, connect func() *client.Client) {
			writer, reader := connect(), connect()
			defer writer.Close()
			s := config.New(p, writer, "/config")
			cache := config.New(p, reader, "/config").Cache(mode, time.Minute)
			if _, ok := cache.Kept(); ok {
				t.Error("it has seen something")
			}
			see := func(want string) {
				t.Helper()
				if err := cache.Follow(50 * time.Millisecond); err != nil {
					t.Error(err)
				}
				if view, ok := cache.Kept(); !ok || text(view.Settings) != want || view.Stale {
					t.Errorf("mode %d: %+v, and want %s", mode, view, want)
				}
			}
			see("")
			s.Publish("ada", set("a", "1"), config.Any, patience)
			see("a=1 ")
			s.Publish("ada", []config.Change{{Name: "a", Gone: true}}, config.Any, patience)
			s.Publish("ada", set("a", "2"), config.Any, patience)
			see("a=2 ")
			reader.Close()
			if err := cache.Follow(0); err == nil && mode != config.Push {
				t.Error("it asked without a session")
			}
			if view, _ := cache.Kept(); mode == config.Push && !view.Stale {
				t.Error("it is not stale without a session")
			}
			s.Publish("ada", set("a", "3"), config.Any, patience)
			again := connect()
			defer again.Close()
			cache.Use(config.New(p, again, "/config"))
			see("a=3 ")
			again.Delete("/config/entries/a", wire.AnyVersion)
		})
	}
}
