package checker

import (
	"os"
	"path/filepath"
	"testing"

	"ordeal/history/formats"
)

// FuzzModels judges any history by each model: it is valid, invalid, unknown or malformed, and never a crash.
func FuzzModels(f *testing.F) {
	for _, seed := range []string{
		`{:process 0 :type :invoke :f :txn :value [[:append :x 1] [:r :y nil]]}
{:process 0 :type :ok :f :txn :value [[:append :x 1] [:r :y [1]]]}
{:process 1 :type :invoke :f :txn :value [[:append :y 1] [:r :x nil]]}
{:process 1 :type :ok :f :txn :value [[:append :y 1] [:r :x [1]]]}`,
		`{:process 0 :type :invoke :f :txn :value [[:w :x 1] [:w :x 2] [:r :y nil]]}
{:process 0 :type :info :f :txn :value nil}
{:process 1 :type :invoke :f :txn :value [[:r :x nil] [:r :x nil]]}
{:process 1 :type :ok :f :txn :value [[:r :x 1] [:r :x 2]]}`,
		`{:process 0 :type :invoke :f :write :value 1}
{:process 0 :type :ok :f :write :value 1}
{:process 1 :type :invoke :f :read :value nil}
{:process 1 :type :ok :f :read :value [1 2]}`,
	} {
		f.Add([]byte(seed))
	}
	files, err := filepath.Glob("../docs/models/*.jsonl")
	if err != nil || len(files) == 0 {
		f.Fatalf("no history of each model: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := formats.Read("fuzzed", data)
		if err != nil || len(h) > 200 {
			return
		}
		for _, name := range Models() {
			c, err := ForModel(name)
			if err != nil {
				t.Fatal(err)
			}
			if v := c.Check(h); v.Disagreed() {
				t.Errorf("%s: %s", name, v.Reason)
			}
		}
	})
}
