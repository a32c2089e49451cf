// Command mutants measures what the tests and the campaign find on mistakes that were not planned for.
//
// It draws places in a package's code by a seed and puts one ordinary mistake into each: a condition turned round, a
// bound that is off by one, a statement, a guard or a case left out, two neighbours in the wrong order. Each such
// mutant is built in a copy of the module; a campaign of trials tries it, and the unit tests what that misses. What
// neither of them catches is a survivor: either it changes nothing that a client could notice, or there is a hole.
//
//	go run ./cmd/mutants --count 200 --seed 1 --out mutants.jsonl
//	go run ./cmd/mutants --list                  # what would be drawn, and nothing else
//	go run ./cmd/mutants --only 17 --diff        # one of them again, with what it changes
//
// Each mutant is a line of JSON in the file of --out; one that is in the file already is not tried again, so a run
// that was interrupted goes on where it stopped. A mutant that does not compile counts for nothing, and another takes
// its place. The same seed, count and source draw the same mutants.
package main
