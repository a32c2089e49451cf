// Package recipes is what people use a coordination service for: a lock, an election, a queue, a counter and more. Each
// is written once, against the client library, and blocks the process that calls it. docs/RECIPES.md says what each
// guarantees, and how that is tried.
//
// Every operation reports an Outcome besides its result, and means it: NoEffect is certain, and whatever is not
// certain is Unknown. What makes certainty possible after a lost connection is that the service refuses, when it
// comes to applying it, what a session sent on an older connection: once a client has its session back, a look at the
// tree settles the matter.
//
// A timeout of recipes.Forever lasts as long as the session. The errors of the recipes themselves are
// recipes.ErrGaveUp, recipes.ErrHeld, recipes.ErrNotHeld, recipes.ErrConflict, recipes.ErrLost and, of a znode that
// another program wrote, recipes.ErrForeign; the others are those of the client library. recipes.Foreign names what
// another program has below a recipe's path.
//
// Failpoint marks are of planted bugs, which `ordeal bugs list` has: they do nothing in a plain build.
package recipes
