package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"ordeal/cluster/zoocfg"
	"ordeal/server/datadir"
	"ordeal/testbed/command"
)

func dataCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "data",
		Short: "checks, backs up and restores a server's data directory",
		Long: `data works on the dataDir of a server that is not running. verify and backup change nothing in it.

Exit codes of verify: 0 a server would start there, 1 it is damaged, and where is said.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return command.Usage(fmt.Errorf("there is no `data %s`; there are verify, backup and restore", args[0]))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(dataVerifyCommand(), dataBackupCommand(), dataRestoreCommand())
	return c
}

func dataVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify DIR",
		Short: "reads log and snapshots, and says what is damaged and where",
		Args:  command.ExactArgs(1, "a data directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := datadir.Verify(args[0])
			if err != nil {
				return command.Usage(err)
			}
			tellFiles(cmd.OutOrStdout(), found)
			if found.Damage != nil {
				return command.Invalid(found.Damage)
			}
			tellState(cmd.OutOrStdout(), found)
			return nil
		},
	}
}

func tellFiles(w io.Writer, found datadir.Findings) {
	for _, f := range found.Files {
		what := fmt.Sprintf("%d records, entries %d to %d", f.Records, f.First, f.Last)
		if f.Snapshot {
			what = fmt.Sprintf("a snapshot at entry %d", f.Last)
		} else if f.Last == 0 {
			what = fmt.Sprintf("%d records, no entries", f.Records)
		}
		switch {
		case f.Problem == "":
			what += ", whole"
		case f.Torn:
			what += fmt.Sprintf("; torn at offset %d: the next start cuts %d bytes that nothing says were ever durable",
				f.Offset, f.Bytes-f.Offset)
		default:
			what += fmt.Sprintf("; DAMAGED at offset %d: %s", f.Offset, f.Problem)
		}
		fmt.Fprintf(w, "%s  %d bytes, %s\n", f.Name, f.Bytes, what)
	}
}

func tellState(w io.Writer, found datadir.Findings) {
	s := found.Stats
	fmt.Fprintf(w, "a server starts here with zxid 0x%x: %d znodes, %d of them ephemeral, %d bytes, %d sessions; boot "+
		"%d, term %d, entry %d of %d\n",
		s.Zxid, s.Figures.Znodes, s.Figures.Ephemerals, s.Figures.Bytes, s.Figures.Sessions,
		found.Recovery.Boots+1, s.AppliedTerm, s.Applied, s.LastIndex)
}

func dataBackupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "backup DIR FILE",
		Short: "writes a backup of a data directory to a file",
		Args:  command.ExactArgs(2, "a data directory and a file for the backup"),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := datadir.BackupTo(args[0], args[1])
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s has the state at entry %d of term %d, %d bytes\n", args[1], b.Index, b.Term,
				len(b.State))
			return nil
		},
	}
}

func dataRestoreCommand() *cobra.Command {
	var servers, observing []uint
	c := &cobra.Command{
		Use:   "restore FILE DIR",
		Short: "makes a data directory from a backup",
		Long: `restore makes the data directory of a server from a backup. DIR is new, or holds nothing but myid.
For an ensemble, restore the same backup for every server, and start them all.`,
		Args: command.ExactArgs(2, "a backup and a directory for it"),
		RunE: func(cmd *cobra.Command, args []string) error {
			voters, err := serverNumbers("--servers", servers)
			if err != nil {
				return err
			}
			observers, err := serverNumbers("--observers", observing)
			if err != nil {
				return err
			}
			if len(observers) > 0 && len(voters) == 0 {
				return command.Usage(errors.New("--observers goes with --servers"))
			}
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
			b, err := datadir.RestoreFrom(args[0], args[1], voters, observers, log)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s begins with the state at entry %d of term %d\n", args[1], b.Index, b.Term)
			return nil
		},
	}
	c.Flags().UintSliceVar(&servers, "servers", nil, "the numbers of the ensemble's voting servers; without it the "+
		"backup's ensemble")
	c.Flags().UintSliceVar(&observing, "observers", nil, "the numbers of its observers")
	return c
}

func serverNumbers(flag string, given []uint) ([]uint64, error) {
	var ids []uint64
	for _, id := range given {
		n, err := zoocfg.ParseNumber(fmt.Sprint(id))
		if err != nil {
			return nil, command.Usage(fmt.Errorf("%s: %d is not a server's number, from 0 to 255", flag, id))
		}
		ids = append(ids, n)
	}
	return ids, nil
}
