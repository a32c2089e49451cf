// Command client reads and writes registers.
package main

import "ordeal/guest/registers"

func main() { registers.Ask(80) }
