// Package cli has what a program needs for results that are kept in a bucket: its store, and the command `bucket`.
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ordeal/testbed/bucket"
	"ordeal/testbed/command"
)

// Open is the command.Store of a program that has the command `bucket`.
func Open(url string) (command.Shelf, error) {
	p, err := bucket.Open(url, os.Getenv)
	if err != nil {
		return command.Shelf{}, err
	}
	return command.Shelf{
		Claim: func(ctx context.Context, claim []byte) ([]byte, error) {
			held, err := p.Claim(ctx, claim)
			return held, coded(err)
		},
		Put: p.Put,
		Fetch: func(ctx context.Context, file, dir string) ([]string, error) {
			names, err := p.Fetch(ctx, file, dir)
			return names, coded(err)
		},
		URL: p.URL,
	}, nil
}

// coded is an error with its exit code: another try would help nothing where the server has refused.
func coded(err error) error {
	if errors.Is(err, bucket.ErrRefused) {
		return command.Usage(err)
	}
	return err
}

// Command is the command `bucket`, of a program of that name.
func Command(program string) *cobra.Command {
	c := &cobra.Command{
		Use:   "bucket",
		Short: "fetches what shards have handed on to a bucket",
		Long: `bucket is about what "run --shard --upload s3://BUCKET/FOLDER" has kept in a bucket of S3, or of a server that
speaks as S3 does. AWS_ENDPOINT_URL_S3 names the server, unless it is Amazon's, AWS_REGION the region;
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are the credentials.`,
		Args: command.ExactArgs(0, "`"+program+" bucket get`"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(getCommand())
	return c
}

func getCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "get s3://BUCKET/FOLDER DIR",
		Short: "copies a folder of a bucket to one on this machine",
		Args:  command.ExactArgs(2, "s3://BUCKET/FOLDER and a folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := bucket.Open(args[0], os.Getenv)
			if err != nil {
				return command.Usage(err)
			}
			n, err := p.Get(cmd.Context(), args[1])
			switch {
			case err != nil:
				return coded(err)
			case n == 0:
				return command.Usage(fmt.Errorf("there is nothing at %s", p.URL("")))
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d files in %s\n", n, args[1])
			return nil
		},
	}
}
