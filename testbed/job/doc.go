// Package job is a campaign with what is around it where no person looks on: a canary that it has to find first, what
// campaigns before it have found, its part among those of other machines, and those who are told of it in the end.
package job
