package oshost

import "os"

// flock has nothing to do: a WebAssembly program has its files from what runs it, which here is a simulated machine
// (module ordeal/guest) that runs one program.
func flock(*os.File) error { return nil }
