package guest

import (
	"context"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

// function is one that a program imports: by its name, the letters of its parameters' types (i for 32 bits, I for 64),
// and what it does. Most have an error number for a result.
type function struct {
	name, params string
	do           func(in *instance, a args) errno
}

// args are what a function was called with.
type args []uint64

func (a args) u32(i int) uint32 { return uint32(a[i]) }
func (a args) i32(i int) int32  { return int32(uint32(a[i])) }

// costs are the time that a call takes: a look at a clock, and anything else. Without them a program that waits by
// looking again and again would wait for ever.
const (
	clockCost = 100
	callCost  = 500
)

// export makes the function known to the engine.
func (f function) export(b wazero.HostModuleBuilder) {
	types := make([]api.ValueType, len(f.params))
	for i, letter := range f.params {
		if types[i] = api.ValueTypeI32; letter == 'I' {
			types[i] = api.ValueTypeI64
		}
	}
	results := []api.ValueType{api.ValueTypeI32}
	if f.name == "proc_exit" {
		results = nil
	}
	call := func(ctx context.Context, _ api.Module, stack []uint64) {
		in := ctx.Value(instanceKey{}).(*instance)
		result := in.call(f, stack)
		if len(results) > 0 {
			stack[0] = uint64(result)
		}
	}
	b.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(call), types, results).Export(f.name)
}

// call carries a function out. What the machine's software panics with, such as a crash at this very point, must not
// reach the engine, which would make an error of it: it is kept, and the program ends.
func (in *instance) call(f function, stack []uint64) (result errno) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if _, exit := cause.(*sys.ExitError); !exit && in.cause == nil {
			in.cause = cause
		}
		if exit, ok := cause.(*sys.ExitError); ok {
			panic(exit)
		}
		panic(sys.NewExitError(exitKilled))
	}()
	return f.do(in, stack[:len(f.params)])
}

// imports are all functions, by the module that a program imports them from.
var imports = map[string][]function{
	"wasi_snapshot_preview1": {
		{"args_get", "ii", argsGet},
		{"args_sizes_get", "ii", argsSizesGet},
		{"environ_get", "ii", environGet},
		{"environ_sizes_get", "ii", environSizesGet},
		{"clock_time_get", "iIi", clockTimeGet},
		{"clock_res_get", "ii", clockResGet},
		{"random_get", "ii", randomGet},
		{"sched_yield", "", schedYield},
		{"proc_exit", "i", procExit},
		{"poll_oneoff", "iiii", pollOneoff},
		{"fd_close", "i", fdClose},
		{"fd_fdstat_get", "ii", fdFdstatGet},
		{"fd_fdstat_set_flags", "ii", fdFdstatSetFlags},
		{"fd_fdstat_set_rights", "iII", nothingTo},
		{"fd_filestat_get", "ii", fdFilestatGet},
		{"fd_filestat_set_size", "iI", fdFilestatSetSize},
		{"fd_pread", "iiiIi", fdPread},
		{"fd_prestat_get", "ii", fdPrestatGet},
		{"fd_prestat_dir_name", "iii", fdPrestatDirName},
		{"fd_pwrite", "iiiIi", fdPwrite},
		{"fd_read", "iiii", fdRead},
		{"fd_readdir", "iiiIi", fdReaddir},
		{"fd_seek", "iIii", fdSeek},
		{"fd_sync", "i", fdSync},
		{"fd_write", "iiii", fdWrite},
		{"path_create_directory", "iii", pathCreateDirectory},
		{"path_filestat_get", "iiiii", pathFilestatGet},
		{"path_filestat_set_times", "iiiiIIi", nothingTo},
		{"path_link", "iiiiiii", notSupported},
		{"path_open", "iiiiiIIii", pathOpen},
		{"path_readlink", "iiiiii", notALink},
		{"path_remove_directory", "iii", pathRemoveDirectory},
		{"path_rename", "iiiiii", pathRename},
		{"path_symlink", "iiiii", notSupported},
		{"path_unlink_file", "iii", pathUnlinkFile},
		{"sock_accept", "iii", sockAccept},
		{"sock_shutdown", "ii", sockShutdown},
	},
	"ordeal": {
		{"schedule", "", func(in *instance, _ args) errno { return errno(in.setup.Schedule.number()) }},
		{"sync_begin", "ii", syncBegin},
		{"sync_end", "i", syncEnd},
		{"connect", "iii", connect},
		{"connected", "i", connected},
		{"listen", "ii", listen},
		{"bind", "iiii", bind},
		{"name", "iiii", name},
		{"send_to", "iiiii", sendTo},
		{"receive_from", "iiiiii", receiveFrom},
		{"own_ip", "", func(in *instance, _ args) errno { return errno(addressOf(in.Self())) }},
	},
}

// nothingTo is what makes no difference here, and succeeds.
func nothingTo(*instance, args) errno { return 0 }

// notSupported is what a machine's disk does not know: links of either kind.
func notSupported(*instance, args) errno { return eNotSup }

// notALink: what there is are files and directories.
func notALink(*instance, args) errno { return eInval }
