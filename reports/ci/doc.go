// Package ci writes what a campaign found for the programs that build and test: test reports that GitHub, GitLab and
// Jenkins read (JUnit's XML), SARIF for code scanning, Markdown for a pull request, and GitHub's annotations. It
// decides nothing, and all that it writes is the same bytes for the same input.
package ci
