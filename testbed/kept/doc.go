// Package kept is the folders in which trials are kept: how they are written, which trial is in one, and what is to be
// seen of one that can't be played again.
package kept
