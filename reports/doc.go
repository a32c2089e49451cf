// Package reports turns a trial and a campaign into plots, pages, text and JSON.
//
// Reports decide nothing: verdicts come in as plain data and go out in a form that people and programs read. The same
// trial gives the same bytes, so reports of two runs can be compared with cmp. The data path counts in integers
// (nanoseconds, operations); floats appear only where a plot turns them into places on paper.
//
// Nothing here opens a file: the caller says through a Folder where the bytes go. docs/RESULTS.md says how to read
// what is written, field by field.
package reports
