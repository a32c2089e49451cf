package etcdv3

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/etcd/api/v3/authpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"ordeal/workloads/clients"
)

// users is how many there are whose rights are changed. Each has a role of their own, for keys of their own.
const users = 4

func userName(i int) string      { return fmt.Sprintf("user%d", i) }
func roleName(i int) string      { return fmt.Sprintf("role%d", i) }
func keysOf(i int) string        { return fmt.Sprintf("of%d/", i) }
func secretOf(who string) string { return "secret of " + who }

// superuser is who may do everything: who looks around is that, and who gives rights and takes them away.
const superuser = "root"

// openRights makes the users and their roles, and has them count from then on.
func (v *visit) openRights(ctx context.Context, c *clientv3.Client) error {
	for i := range users {
		_, err := c.UserAdd(ctx, userName(i), secretOf(userName(i)))
		if err == nil {
			_, err = c.RoleAdd(ctx, roleName(i))
		}
		if err != nil {
			return err
		}
	}
	if _, err := c.UserAdd(ctx, superuser, secretOf(superuser)); err != nil {
		return err
	}
	if _, err := c.RoleAdd(ctx, superuser); err != nil && !errors.Is(err, rpctypes.ErrRoleAlreadyExist) {
		return err
	}
	if _, err := c.UserGrantRole(ctx, superuser, superuser); err != nil {
		return err
	}
	_, err := c.AuthEnable(ctx)
	return err
}

// who is whom a client claims to be: each third gives rights and takes them away, and the others use them.
func (w *worker) who() string {
	if w.c.Number()%3 == 0 {
		return superuser
	}
	return userName(w.c.Number() % users)
}

// stepRights changes a user's rights, or uses those that the client has.
func stepRights(w *worker) {
	if w.who() == superuser {
		w.changeRight(w.c.Rand().IntN(users))
		return
	}
	w.useRight(w.c.Number() % users)
}

// accesses are what may be done to keys, as the model names it, and as etcd does.
var accesses = []struct {
	word string
	kind authpb.Permission_Type
}{{"read", clientv3.PermRead}, {"write", clientv3.PermWrite}, {"readwrite", clientv3.PermReadWrite}}

// changeRight gives a user a right, or takes it away: what the role may do, or the role itself. More is given than
// taken, or hardly anything could be done.
func (w *worker) changeRight(i int) {
	user, role, from := userName(i), roleName(i), keysOf(i)
	to := clientv3.GetPrefixRangeEnd(from)
	client := w.client
	change := func(f string, argument any, settled error, ask func(ctx context.Context) error) {
		w.one(user, f, argument, false, func(ctx context.Context) (any, int64, error) {
			err := ask(ctx)
			if settled != nil && errors.Is(err, settled) {
				err = nil // there was nothing to take away
			}
			return nil, 0, err
		})
	}
	switch n := w.c.Rand().IntN(100); {
	case n < 35:
		a := accesses[w.c.Rand().IntN(len(accesses))]
		change("permit", a.word, nil, func(ctx context.Context) error {
			_, err := client.RoleGrantPermission(ctx, role, from, to, clientv3.PermissionType(a.kind))
			return err
		})
	case n < 50:
		change("forbid", nil, rpctypes.ErrPermissionNotGranted, func(ctx context.Context) error {
			_, err := client.RoleRevokePermission(ctx, role, from, to)
			return err
		})
	case n < 80:
		change("assign", nil, nil, func(ctx context.Context) error {
			_, err := client.UserGrantRole(ctx, user, role)
			return err
		})
	default:
		change("unassign", nil, rpctypes.ErrRoleNotGranted, func(ctx context.Context) error {
			_, err := client.UserRevokeRole(ctx, user, role)
			return err
		})
	}
}

// useRight reads a key or all of the user's, puts or deletes one, or reads and puts one in a transaction.
func (w *worker) useRight(i int) bool {
	client, value := w.client, fmt.Sprint(w.c.NewValue())
	key := fmt.Sprintf("%s%d", keysOf(i), w.c.Rand().IntN(3))
	word := accesses[w.c.Rand().IntN(len(accesses))].word
	rarer := w.c.Chance(30)
	_, outcome := w.one(userName(i), "use", word, word == "read", func(ctx context.Context) (any, int64, error) {
		var err error
		switch {
		case word == "read" && rarer:
			_, err = client.Get(ctx, keysOf(i), clientv3.WithPrefix())
		case word == "read":
			_, err = client.Get(ctx, key)
		case word == "write" && rarer:
			_, err = client.Delete(ctx, key)
		case word == "write":
			_, err = client.Put(ctx, key, value)
		default:
			_, err = client.Txn(ctx).If(clientv3.Compare(clientv3.Version(key), ">", 0)).
				Then(clientv3.OpGet(key), clientv3.OpPut(key, value)).Else(clientv3.OpGet(key), clientv3.OpPut(key, value)).Commit()
		}
		if errors.Is(err, rpctypes.ErrPermissionDenied) {
			return "denied", 0, nil
		}
		return "done", 0, err
	})
	return outcome == clients.Done
}

// probeRights says whether the store serves: a superuser changes something, and a user gets an answer.
func probeRights(w *worker) bool {
	if w.who() != superuser {
		return w.useRight(w.c.Number() % users)
	}
	client := w.client
	_, outcome := w.one(userName(0), "permit", "read", false, func(ctx context.Context) (any, int64, error) {
		_, err := client.RoleGrantPermission(ctx, roleName(0), keysOf(0), clientv3.GetPrefixRangeEnd(keysOf(0)),
			clientv3.PermissionType(clientv3.PermRead))
		return nil, 0, err
	})
	return outcome == clients.Done
}
