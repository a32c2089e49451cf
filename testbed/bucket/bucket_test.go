package bucket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rclone/gofakes3"
	"github.com/rclone/gofakes3/s3mem"
)

// serving is a server that speaks as S3 does, with a bucket called nights and one pair of credentials. What it is asked
// goes through before first, unless that is nil; it says whether it has answered.
func serving(t *testing.T, first func(http.ResponseWriter, *http.Request) bool) (environment map[string]string) {
	t.Helper()
	store := s3mem.New()
	if err := store.CreateBucket(t.Context(), "nights"); err != nil {
		t.Fatal(err)
	}
	inner := gofakes3.New(store, gofakes3.WithV4Auth(map[string]string{"who": "secret"})).Server()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if first == nil || !first(w, r) {
			inner.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return map[string]string{"AWS_ENDPOINT_URL_S3": s.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "who",
		"AWS_SECRET_ACCESS_KEY": "secret"}
}

// opened is a place at a URL.
func opened(t *testing.T, url string, environment map[string]string) *Place {
	t.Helper()
	p, err := Open(url, func(name string) string { return environment[name] })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// folder makes one with files, each of which has its own name in it.
func folder(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(name), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestFoldersComeBack: what shards put there is found and read again, and nothing besides.
func TestFoldersComeBack(t *testing.T) {
	environment := serving(t, nil)
	p := opened(t, "s3://nights/17/", environment)
	for _, shard := range []string{"shard-1-of-2", "shard-2-of-2"} {
		dir := folder(t, "shard.json", "index.html", "lock-n3-seed1/verdict.json")
		if err := p.Put(t.Context(), dir, shard, "shard.json"); err != nil {
			t.Fatal(err)
		}
	}
	half := folder(t, "index.html", "shard.json")
	if err := p.Put(t.Context(), half, "half", "shard.json"); err != nil {
		t.Fatal(err)
	}
	other := opened(t, "s3://nights/1", environment) // 17 begins with it
	if err := other.Put(t.Context(), half, "shard-1-of-1", "shard.json"); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	names, err := p.Fetch(t.Context(), "lock-n3-seed1/verdict.json", dir)
	if err == nil {
		t.Errorf("a file in a folder of a folder was written: %q", names)
	}
	if names, err = p.Fetch(t.Context(), "shard.json", dir); err != nil ||
		!slices.Equal(names, []string{"half", "shard-1-of-2", "shard-2-of-2"}) {
		t.Errorf("%q, %v", names, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "shard-2-of-2", "shard.json")); string(text) != "shard.json" {
		t.Errorf("%q, %v", text, err)
	}
	all := t.TempDir()
	one := opened(t, p.URL("shard-2-of-2/lock-n3-seed1"), environment)
	if n, err := one.Get(t.Context(), all); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if text, err := os.ReadFile(filepath.Join(all, "verdict.json")); string(text) != "lock-n3-seed1/verdict.json" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := one.Get(t.Context(), all); err == nil || !strings.Contains(err.Error(), "verdict.json is there already") {
		t.Errorf("%v", err)
	}
}

// TestAPlaceIsClaimedOnce: of many who claim a place at once all are told of the same one.
func TestAPlaceIsClaimedOnce(t *testing.T) {
	p := opened(t, "s3://nights/17", serving(t, nil))
	told := make([]string, 20)
	var all sync.WaitGroup
	for i := range told {
		all.Go(func() {
			text, err := p.Claim(t.Context(), fmt.Append(nil, i))
			if told[i] = string(text); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if told[0] == "" || len(slices.Compact(told)) != 1 {
		t.Errorf("they were told %q", told)
	}
}

// TestWhatComesLast: when a folder can't be copied whole, the file that says it is whole is not there.
func TestWhatComesLast(t *testing.T) {
	environment := serving(t, func(w http.ResponseWriter, r *http.Request) bool {
		if refused := strings.Contains(r.URL.Path, "index.html"); refused {
			w.WriteHeader(http.StatusForbidden)
			return true
		}
		return false
	})
	p := opened(t, "s3://nights/17", environment)
	err := p.Put(t.Context(), folder(t, "a.json", "index.html", "shard.json"), "shard-1-of-1", "shard.json")
	if !errors.Is(err, ErrRefused) {
		t.Errorf("%v", err)
	}
	if _, err := p.read(t.Context(), "shard-1-of-1/shard.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is there: %v", err)
	}
	if names, err := p.Fetch(t.Context(), "shard.json", t.TempDir()); len(names) > 0 || err != nil {
		t.Errorf("%q, %v", names, err)
	}
}

// TestAServerThatIsAway is asked again.
func TestAServerThatIsAway(t *testing.T) {
	var asked atomic.Int32
	p := opened(t, "s3://nights/17", serving(t, func(w http.ResponseWriter, r *http.Request) bool {
		if n := asked.Add(1); n <= 2 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	}))
	if err := p.Put(t.Context(), folder(t, "shard.json"), "shard-1-of-1", "shard.json"); err != nil || asked.Load() < 3 {
		t.Errorf("it was asked %d times: %v", asked.Load(), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Claim(ctx, nil); !errors.Is(err, context.Canceled) || errors.Is(err, ErrRefused) {
		t.Errorf("%v", err)
	}
}

// TestAnAnswerThatIsFinal: what a server says in words of its own is a refusal if its status is one, and is not told as
// what would pass.
func TestAnAnswerThatIsFinal(t *testing.T) {
	for status, want := range map[int]bool{http.StatusNotFound: true, http.StatusUnprocessableEntity: true,
		http.StatusConflict: false} {
		p := opened(t, "s3://nights/17", serving(t, func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(status)
			fmt.Fprint(w, "<Error><Code>NoUser</Code><Message>Who is that?</Message></Error>")
			return true
		}))
		_, err := p.Claim(t.Context(), []byte("x"))
		if err == nil || errors.Is(err, ErrRefused) != want || !strings.Contains(err.Error(), "Who is that?") {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// TestWhatIsWrongWithAPlace: one clear sentence for each, and no secret in it.
func TestWhatIsWrongWithAPlace(t *testing.T) {
	good := serving(t, nil)
	for _, c := range []struct{ url, name, value, want string }{
		{"s3://", "", "", "s3://: it must be as s3://BUCKET/FOLDER"},
		{"nights/17", "", "", "it must be as s3://BUCKET/FOLDER"},
		{"s3://n/17", "", "", "Bucket name cannot be shorter than 3 characters"},
		{"s3://days/17", "", "", "there is no bucket days"},
		{"s3://nights/17", "AWS_ENDPOINT_URL_S3", "here", "AWS_ENDPOINT_URL_S3 here: it must be as https://host:port"},
		{"s3://nights/17", "AWS_ACCESS_KEY_ID", "", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"},
		{"s3://nights/17", "AWS_SECRET_ACCESS_KEY", "hidden", "the credentials do not do"},
		{"s3://nights/17", "AWS_ACCESS_KEY_ID", "you", "the credentials do not do"},
	} {
		environment := map[string]string{c.name: c.value}
		p, err := Open(c.url, func(name string) string {
			if value, ok := environment[name]; ok {
				return value
			}
			return good[name]
		})
		if err == nil {
			if _, err = p.Claim(t.Context(), []byte("x")); !errors.Is(err, ErrRefused) {
				t.Errorf("%s: %v", c.url, err)
			}
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") ||
			strings.Contains(err.Error(), "hidden") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s with %s=%s: %v", c.url, c.name, c.value, err)
		}
	}
}
