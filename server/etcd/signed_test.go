package etcd

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"

	"ordeal/cluster"
)

// TestSignedTokens: whose a signed token is, is found out where the call comes in. It counts while its time is not
// over, also for a call that lasts.
func TestSignedTokens(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("a secret of some length"), 0o600); err != nil {
		t.Fatal(err)
	}
	made := func(ttl string) (node cluster.Etcd, verify func(string) signed) {
		verify, err := Config{AuthToken: "jwt,sign-method=HS256,priv-key=" + key + ",ttl=" + ttl}.tokens(&node)
		if err != nil {
			t.Fatal(err)
		}
		return node, verify
	}
	node, verify := made("1h")
	f := &front{verify: verify}
	head := func(token string) cluster.EtcdHead {
		ctx := metadata.NewIncomingContext(context.Background(), metadata.Pairs(tokenHTTPKey, token))
		return f.headOf(ctx, "m")
	}
	good, err := node.Assign("alice", 7)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{good, "Bearer " + good} {
		h := head(token)
		if h.Signed == nil {
			t.Fatalf("%q is not known to be good", token)
		}
		if user, revision, ok := h.Signed(); user != "alice" || revision != 7 || !ok {
			t.Errorf("it is %s's as of %d, %v", user, revision, ok)
		}
	}
	for name, token := range map[string]string{
		"forged": good[:len(good)-2] + "AA", "no token": "x", "given out": "abc.12",
	} {
		if head(token).Signed != nil {
			t.Errorf("a token that is %s counts", name)
		}
	}

	short, _ := made("1ms")
	over, err := short.Assign("alice", 7)
	if err != nil {
		t.Fatal(err)
	}
	lasts := verify(over)
	time.Sleep(10 * time.Millisecond)
	if lasts != nil {
		if _, _, ok := lasts(); ok {
			t.Error("the token of a call that lasts counts behind its time")
		}
	}
	if head(over).Signed != nil {
		t.Error("a token counts behind its time")
	}
}
