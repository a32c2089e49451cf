package ordeal_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ordeal/testbed/coordination"
	"ordeal/testbed/pricing"
)

// pricesOf is a paragraph of docs/RECIPES.md: what it costs to find the planted bugs of a class.
var pricesOf = regexp.MustCompile(`(?m)^\*\*Prices of (\w+)\*\*.*\n(?:.+\n)*`)

// TestPricesAreOnTheRecipesPages holds the paragraphs of prices to testbed/coordination/prices.json: each recipe's part
// of docs/RECIPES.md has one, with all bugs of the class.
func TestPricesAreOnTheRecipesPages(t *testing.T) {
	const name = "docs/RECIPES.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	prices, err := pricing.Known(coordination.Service())
	if err != nil {
		t.Fatal(err)
	}
	var classes []string
	made := pricesOf.ReplaceAllStringFunc(string(text), func(was string) string {
		class := pricesOf.FindStringSubmatch(was)[1]
		classes = append(classes, class)
		return pricesText(prices, class)
	})
	want := []string{"answers", "barriers", "config", "counters", "locks", "members", "numbers", "offices", "queues",
		"schedules"}
	if slices.Sort(classes); !slices.Equal(classes, want) {
		t.Errorf("%s has the prices of %v, and not of %v", name, classes, want)
	}
	isAsMade(t, name, text, []byte(made))
}

// pricesText is the paragraph of a class.
func pricesText(prices pricing.Prices, class string) string {
	var words []string
	for _, bug := range coordination.Service().Bugs {
		if bug.Class != class {
			continue
		}
		one := fmt.Sprintf("`%s` has none", bug.Name)
		if price, ok := prices.Of(bug.Name); ok {
			_, cpu, slowest := price.Figures()
			one = fmt.Sprintf("`%s` %s, %s", bug.Name, cpu, slowest)
		}
		words = append(words, one)
	}
	lines := []string{"**Prices of " + class + "**, CPU-seconds of the search in the middle and of the slowest:"}
	for i, one := range words {
		one += map[bool]string{false: ";", true: "."}[i == len(words)-1]
		if last := &lines[len(lines)-1]; len(*last)+1+len(one) <= 140 {
			*last += " " + one
		} else {
			lines = append(lines, one)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}
