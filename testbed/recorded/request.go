package recorded

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"ordeal/checker"
	"ordeal/history/formats"
)

// Request is what a person asks of a history, by flags.
type Request struct {
	// Model is what it is to be judged by; "" is what the file says. Format is what the file is in; "" is a guess.
	Model, Format     string
	initial, nilReads string
	// Page and Minimize are files for a page and for the smallest history that is wrong; "" for none. JSON asks for a
	// line of JSON in place of text.
	Page, Minimize string
	// JUnit is a file for a test report; "" for none.
	JUnit string
	JSON  bool
	// Mixed says that there are several histories, so that what is told may be for some of them only.
	Mixed bool
	// CollectLate, if there is one, is called once for a long history, of which the whole is so many times as long as what
	// was read so far, and asAlways when it is judged.
	CollectLate func(times float64) (asAlways func())
	told        checker.Options
	total       int64
}

// told is a flag, and which models it is for.
type told struct {
	flag   string
	models []string
}

var allTold = []told{
	{"consistency-models", []string{"list-append", "rw-register"}},
	{"anomalies", []string{"list-append", "rw-register"}},
	{"sequential-keys", []string{"rw-register"}},
	{"linearizable-keys", []string{"rw-register"}},
	{"permits", []string{"semaphore", "leases", "double-barrier"}},
	{"times", []string{"reentrant-mutex", "reentrant-fenced-lock"}},
	{"total", []string{"bank"}},
	{"negative-balances", []string{"bank"}},
	{"no-duplicates", []string{"total-queue"}},
	{"linearizable", []string{"set-full"}},
}

// AddTo adds the flags.
func (r *Request) AddTo(flags *pflag.FlagSet) {
	flags.StringVar(&r.Model, "model", "", "what the history is of; default what the file says, if it is ordeal's")
	flags.StringVar(&r.Format, "format", "", "what the file is in, where the guess is wrong: "+
		strings.Join(formats.Names, ", "))
	flags.StringVar(&r.initial, "initial", "", "what a register holds at the start, in EDN; default nil")
	flags.StringVar(&r.nilReads, "nil", "", "what an ok read of nil on a register saw: value (nothing written) or "+
		"unknown (anything); default what it means to the tools that write such files")
	flags.StringVar(&r.Page, "page", "", "write a page to this file: the operations concerned, and cycles as pictures")
	flags.StringVar(&r.Minimize, "minimize", "",
		"if the history is wrong, write the smallest one that is wrong in the same way to this file, as JSON lines")
	flags.StringVar(&r.JUnit, "junit", "", "write a test report to this file, as JUnit has them")
	flags.BoolVar(&r.JSON, "json", false, "print a line of JSON")
	m, t := &r.told, &r.told.Transactions
	flags.StringSliceVar(&t.Models, "consistency-models", nil,
		"transactions: what must hold, in Elle's names; default strict-serializable, unless --anomalies is there")
	flags.StringSliceVar(&t.Anomalies, "anomalies", nil,
		"transactions: anomalies that must not be there, in Elle's names; besides those that the models rule out")
	flags.BoolVar(&t.SequentialKeys, "sequential-keys", false,
		"rw-register: take each key for sequentially consistent, so that processes show the order of its versions")
	flags.BoolVar(&t.LinearizableKeys, "linearizable-keys", false,
		"rw-register: take each key for linearizable, so that time shows the order of its versions")
	flags.Int64Var(&m.Permits, "permits", 0, "semaphore, leases: how many permits there are, default 2; "+
		"double-barrier: how many members a round has, default 3")
	flags.Int64Var(&m.Times, "times", 2, "reentrant mutexes: how often an owner may take one")
	flags.Int64Var(&r.total, "total", 0, "bank: what all accounts hold together; default what the first read shows")
	flags.BoolVar(&m.NegativeBalances, "negative-balances", false, "bank: an account may be below zero")
	flags.BoolVar(&m.Duplicates, "no-duplicates", false, "total-queue: nothing may come out twice")
	flags.BoolVar(&m.Linearizable, "linearizable", false, "set-full: an element must be shown at once")
}

// Judge judges what is read of a file. flags are those that were added and set. The error says what is wrong with the
// file, with what was asked, or how one does not go with the other.
func (r *Request) Judge(name string, in io.Reader, flags *pflag.FlagSet) (Judgement, error) {
	initial, err := parseValue(r.initial)
	if err != nil {
		return Judgement{}, fmt.Errorf("--initial: %w", err)
	}
	if flags.Changed("permits") && r.told.Permits < 1 || r.told.Times < 1 {
		return Judgement{}, errors.New("--permits and --times are at least 1")
	}
	told := r.told
	if flags.Changed("total") {
		told.Total = &r.total
	}
	told.Initial = initial
	file, err := formats.Open(name, in, r.Format)
	if err != nil {
		return Judgement{}, err
	}
	how := reading{Nil: r.nilReads, Told: told, page: r.Page != "", minimize: r.Minimize != "",
		late: r.CollectLate}
	if how.late == nil {
		how.late = func(float64) func() { return func() {} }
	}
	for _, t := range allTold {
		if flags.Changed(t.flag) && !(r.Mixed && r.Model == "") {
			how.given = append(how.given, t)
		}
	}
	return judge(file, r.Model, how)
}

// forModel refuses what was told and means nothing to the model.
func (r reading) forModel(name string) error {
	for _, t := range r.given {
		if !slices.Contains(t.models, name) {
			return fmt.Errorf("--%s means nothing to the model %s; it is for %s", t.flag, name, strings.Join(t.models, ", "))
		}
	}
	return nil
}
