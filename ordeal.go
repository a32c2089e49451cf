// Package ordeal puts a coordination service on trial. See docs/ARCHITECTURE.md.
package ordeal
