package host

// Disk is one flat directory of files. Read freely at boot; after that read and change it only through jobs.
//
// What was written and not synced may be lost, kept in part or torn by a crash; a file that was created, renamed or
// removed may be back as it was unless the directory was synced afterwards.
type Disk interface {
	// ReadDir lists the names of the files, sorted.
	ReadDir() ([]string, error)
	// ReadFile returns a file's bytes. The caller owns them. A missing file is fs.ErrNotExist.
	ReadFile(name string) ([]byte, error)
	// ReadAt reads into b what a file has from offset on, and returns how much that is: less than b takes at the file's
	// end only, and 0 behind it. A missing file is fs.ErrNotExist.
	ReadAt(name string, b []byte, offset int64) (int, error)
	// Submit queues a job. Jobs, and the steps within one, are carried out in order. done is called once, as an event
	// of its own and never from within Submit: with nil when every step is done, or with the first step's error, and
	// the steps behind that one are not tried. After a failed sync it is unknown what the disk holds: stop, never
	// retry. The disk owns the job's data until done.
	Submit(job Job, done func(error))
}

// Job is a list of steps for a disk.
type Job []Step

// StepKind says what a step does.
type StepKind uint8

const (
	StepAppend   StepKind = iota // add Data to the end of Name; the file is made if there is none
	StepTruncate                 // cut Name to Size bytes; an error if there is no such file, or if it is shorter
	StepSync                     // make Name's bytes durable; an error if there is no such file
	StepRename                   // give Name the name To, replacing what had it; an error if there is no such file
	StepRemove                   // remove Name; a missing file is no error
	StepSyncDir                  // make the names durable: files made, renamed and removed
	StepRead                     // fill Data with what Name has from Size on; an error if there is not so much
)

// Step is one thing a disk does.
type Step struct {
	Kind StepKind
	Name string
	To   string // StepRename: the new name
	Data []byte // StepAppend: what to add; StepRead: what to fill
	Size int64  // StepTruncate: bytes to keep; StepRead: bytes to skip
}

// Append adds data to the end of a file, which is made if there is none.
func Append(name string, data []byte) Step { return Step{Kind: StepAppend, Name: name, Data: data} }

// Truncate cuts a file to size bytes.
func Truncate(name string, size int64) Step {
	return Step{Kind: StepTruncate, Name: name, Size: size}
}

// Sync makes a file's bytes durable.
func Sync(name string) Step { return Step{Kind: StepSync, Name: name} }

// Rename gives a file another name, replacing what had it.
func Rename(name, to string) Step { return Step{Kind: StepRename, Name: name, To: to} }

// Remove removes a file.
func Remove(name string) Step { return Step{Kind: StepRemove, Name: name} }

// Read fills b with what a file has from offset on. b must not be read before the job is done.
func Read(name string, b []byte, offset int64) Step {
	return Step{Kind: StepRead, Name: name, Data: b, Size: offset}
}

// SyncDir makes the directory's names durable.
func SyncDir() Step { return Step{Kind: StepSyncDir} }
