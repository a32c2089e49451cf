package cluster_test

import (
	"reflect"
	"testing"
	"time"

	"ordeal/cluster"
)

// A server says what its Status is, and nothing that differs from it in any field.
func TestAServerSaysItsStatusAlone(t *testing.T) {
	e := newEnsemble(t, 1, 3)
	e.RunUntil(5 * time.Second)
	n := e.node("n1")
	if st := n.Status(); !n.Says(&st) {
		t.Fatalf("it does not say %+v", st)
	}
	for i := range reflect.TypeFor[cluster.Status]().NumField() {
		st := n.Status()
		switch f := reflect.ValueOf(&st).Elem().Field(i); f.Kind() {
		case reflect.Bool:
			f.SetBool(!f.Bool())
		case reflect.Int, reflect.Int64:
			f.SetInt(f.Int() + 1)
		default:
			f.SetUint(f.Uint() + 1)
		}
		if n.Says(&st) {
			t.Errorf("%s may be another", reflect.TypeFor[cluster.Status]().Field(i).Name)
		}
	}
}
