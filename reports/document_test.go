package reports

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// fields collects the JSON names of a struct and of all structs in it.
func fields(t reflect.Type, into map[string]bool) {
	for t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		into[name] = true
		fields(t.Field(i).Type, into)
	}
}

// A field or a file that the page for readers does not name is a riddle.
func TestResultsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/RESULTS.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	fields(reflect.TypeFor[Result](), names)
	if len(names) < 40 {
		t.Fatalf("only %d fields found: the test looks at the wrong thing", len(names))
	}
	into := map[string][]byte{}
	if err := WriteTrial(keep(into), Trial{}); err != nil {
		t.Fatal(err)
	}
	for name := range into {
		names[name] = true
	}
	for name := range names {
		if !strings.Contains(string(page), "`"+name+"`") && !strings.Contains(string(page), "`"+name+"[]`") {
			t.Errorf("docs/RESULTS.md does not name %s", name)
		}
	}
}
