package checker

import (
	"fmt"
	"slices"
	"strings"
)

// Model is what there is to say of a model before a history is judged by it.
type Model struct {
	Name string
	// Others are other names of it.
	Others []string
	// Rule is what must hold.
	Rule string
	// Operations are their forms, one each: F, argument -> ok result, and what it means.
	Operations []string
	// Start is what there is before the first operation, and Nil what nil means.
	Start, Nil string
	// Cost is which algorithm judges, and what it takes for n operations.
	Cost string
	make func(o Options) (Checker, error)
}

// Catalog lists the models.
func Catalog() []Model {
	return slices.Concat(objectModels(), queueModels(), lockModels(), readModels(), transactionModels(), recipeModels(),
		[]Model{etcdModel(), mvccModel(), rightsModel(), treeModel()})
}

// Models are the names that ForModel knows.
func Models() []string {
	var names []string
	for _, m := range Catalog() {
		names = append(append(names, m.Name), m.Others...)
	}
	return names
}

// ForModel is everything that can be said about histories of a model: linearizability, and what else the model's
// operations show. The error names the models there are.
func ForModel(name string) (Checker, error) { return ForModelWith(name, Options{}) }

// ForModelWith is ForModel of a model that is told something.
func ForModelWith(name string, o Options) (Checker, error) {
	for _, m := range Catalog() {
		if m.Name == name || slices.Contains(m.Others, name) {
			if o.Initial != nil && m.Name != "register" && m.Name != "multi-register" {
				return Checker{}, fmt.Errorf("what the model %s holds at the start can't be chosen", name)
			}
			c, err := m.make(o)
			c.Name = name
			return c, err
		}
	}
	return Checker{}, fmt.Errorf("there is no model %q: there are %s", name, strings.Join(Models(), ", "))
}

// untold makes the checkers of a model that can't be told anything.
func untold(name string, checkers ...Checker) func(Options) (Checker, error) {
	return always(All(name, append([]Checker{Succeeded()}, checkers...)...))
}

func always(c Checker) func(Options) (Checker, error) {
	return func(Options) (Checker, error) { return c, nil }
}
