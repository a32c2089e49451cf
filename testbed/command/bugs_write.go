package command

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"ordeal/testbed/job"
	"ordeal/testbed/pricing"
	"ordeal/testbed/trial"
)

// The files that --write changes where bugs are priced.
const (
	pricesFile = "prices.json"
	bugsFile   = "BUGS.md"
)

// check says before hours of work whether the prices can be written behind them.
func (d documents) check(s *trial.Service) error {
	if d.write == "" {
		if d.measured != "" {
			return errors.New("--measured goes with --write: the document that the prices are shown in")
		}
		return nil
	}
	_, _, err := d.prices(s)
	return err
}

// prices returns the prices and the document that stand where --write and --measured say.
func (d documents) prices(s *trial.Service) (list pricing.Prices, doc []byte, err error) {
	text, err := os.ReadFile(d.file(pricesFile))
	if err == nil {
		list, err = pricing.Parse(s, text)
	}
	if err == nil {
		doc, err = os.ReadFile(d.table(bugsFile))
	}
	if err == nil {
		_, err = list.WithTable(doc)
	}
	if err != nil {
		return pricing.Prices{}, nil, fmt.Errorf("--write %s: %w", d.write, err)
	}
	return list, doc, nil
}

// takePrices writes new prices in the place of old ones; command is what found them.
func (d documents) takePrices(s *trial.Service, command string, prices []pricing.Price) error {
	if d.write == "" || len(prices) == 0 {
		return nil
	}
	list, doc, err := d.prices(s)
	if err != nil {
		return err
	}
	list = list.With(prices)
	list.Command, list.Version, list.Line = command, job.Version(), s.Version
	list.Platform = runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	if doc, err = list.WithTable(doc); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(d.file(pricesFile), list.JSON(), 0o644),
		os.WriteFile(d.table(bugsFile), doc, 0o644))
}
