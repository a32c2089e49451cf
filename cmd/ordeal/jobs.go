package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // schedules mean the same on every machine

	"github.com/spf13/cobra"

	"ordeal/server/jobs"
	"ordeal/testbed/command"
)

// jobsFlags say where jobs are, and who asks.
type jobsFlags struct {
	servers, path, authFile string
	timeout                 time.Duration
	secure                  tlsFlags
}

// jobsSecret is the environment variable that has the identity.
const jobsSecret = "ORDEAL_JOBS_AUTH"

func (f *jobsFlags) add(c *cobra.Command) {
	to := c.Flags()
	to.StringVar(&f.servers, "server", "localhost:2181", "where servers take clients: HOST:PORT,...")
	to.StringVar(&f.path, "path", "/ordeal/jobs", "the scheduler's znode")
	to.StringVar(&f.authFile, "auth-file", "", "a file with the identity that alone may write jobs, "+
		"digest:USER:PASSWORD; default the environment's "+jobsSecret+", or the certificate of --tls-cert")
	to.DurationVar(&f.timeout, "timeout", 10*time.Second, "the session's timeout")
	f.secure.add(c)
}

func (f *jobsFlags) config() (jobs.Config, error) {
	secure, err := f.secure.config()
	if err != nil {
		return jobs.Config{}, err
	}
	auth := os.Getenv(jobsSecret)
	if f.authFile != "" {
		text, err := os.ReadFile(f.authFile)
		if err != nil {
			return jobs.Config{}, err
		}
		auth = strings.TrimSpace(string(text))
	}
	if f.timeout <= 0 {
		return jobs.Config{}, errors.New("--timeout: a positive duration is wanted")
	}
	return jobs.Config{Servers: strings.Split(f.servers, ","), Path: f.path, Auth: auth, TLS: secure,
		SessionTimeout: f.timeout}, nil
}

func scheduleCommand() *cobra.Command {
	var at jobsFlags
	var cfg jobs.Config
	c := &cobra.Command{
		Use:   "schedule",
		Short: "carries out jobs (commands, HTTP calls) when they are due, beside others that do",
		Long: `schedule is an executor: it claims jobs that are due and carries them out until it is interrupted. Any
number of them share the jobs, against servers of ordeal's or of ZooKeeper's; where one dies, others go on.

Whoever can write a job can run a program here, so all doors are shut until they are opened: commands with
--allow-commands and a --program for each, HTTP calls with an --allow-host for each. Jobs are taken only from znodes
that the identity alone can write; ` + "`ordeal jobs init`" + ` makes those. Environment and folder are the executor's,
and the last 4096 bytes of what an execution says are logged. It is told its job, firing, attempt and fence: in
ORDEAL_JOB, ORDEAL_FIRING, ORDEAL_ATTEMPT and ORDEAL_FENCE, or in headers of such names.

Exit codes: 0 interrupted, 1 it is not to be trusted with jobs or they with it, 254 bad arguments.`,
		Args: cobra.NoArgs,
	}
	at.add(c)
	c.Flags().BoolVar(&cfg.AllowCommands, "allow-commands", false, "carry out commands of the programs that are named")
	c.Flags().StringArrayVar(&cfg.Programs, "program", nil, "a program, by its absolute path, that commands may be of")
	c.Flags().StringArrayVar(&cfg.Hosts, "allow-host", nil, "HOST or HOST:PORT that HTTP calls may go to")
	c.Flags().StringVar(&cfg.Folder, "folder", "", "where commands are carried out; default the present folder")
	c.Flags().IntVar(&cfg.Parallel, "parallel", 16, "executions at once")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		where, err := at.config()
		if err != nil {
			return command.Usage(err)
		}
		where.AllowCommands, where.Programs, where.Hosts = cfg.AllowCommands, cfg.Programs, cfg.Hosts
		where.Folder, where.Parallel = cfg.Folder, cfg.Parallel
		if cfg.Parallel < 1 {
			return command.Usage(errors.New("--parallel: at least 1"))
		}
		if err := where.Check(); err != nil {
			return command.Usage(err)
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		if err := jobs.Run(ctx, where); err != nil {
			return command.Invalid(err)
		}
		return nil
	}
	return c
}

func jobsCommand() *cobra.Command {
	var at jobsFlags
	var page jobs.Page
	var tokenFile string
	c := &cobra.Command{
		Use:   "jobs COMMAND | jobs --http ADDR",
		Short: "adds, lists, pauses, resumes, triggers and removes jobs, and shows what became of them",
		Long: fmt.Sprintf(`jobs carries out one command on the jobs that ordeal schedule carries out:
%s

A job is JSON: {"name": "backup", "cron": "0 30 3 * * MON-FRI", "zone": "Europe/Berlin", "retries": 2, "backoff": 60000,
"work": {"command": ["/usr/bin/backup", "--all"]}}. docs/RECIPES.md has all fields.

With --http and no command it serves a page, until it is interrupted, that shows jobs, shards, next firings and the last
executions. :PORT is on loopback. The page shows neither the work of jobs nor what executions have said, and changes
nothing without a token, which is that of --token-file, or is drawn and said at the beginning.

Exit codes: 0 done, 1 refused or no server reached, 254 bad arguments, of which nothing is written.`, jobs.Commands),
	}
	at.add(c)
	c.Flags().StringVar(&page.Listen, "http", "", "where the page is: HOST:PORT, or :PORT on loopback")
	c.Flags().StringVar(&tokenFile, "token-file", "", "a file with the token of the page, of at least 16 bytes")
	c.Flags().StringArrayVar(&page.Names, "http-name", nil,
		"a host's name by which browsers may ask for the page, besides localhost and addresses in figures")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		where, err := at.config()
		if err != nil {
			return command.Usage(err)
		}
		switch onPage := page.Listen != ""; {
		case onPage && len(args) > 0:
			return command.Usage(fmt.Errorf("--http is for the page, and not for %q", args[0]))
		case onPage:
			return showJobs(cmd, where, page, tokenFile)
		case tokenFile != "" || len(page.Names) > 0:
			return command.Usage(errors.New("--token-file and --http-name belong to --http"))
		}
		err = jobs.Operate(cmd.Context(), where, cmd.InOrStdin(), cmd.OutOrStdout(), args...)
		return jobsExit(err)
	}
	return c
}

func jobsExit(err error) error {
	switch usage := (jobs.UsageError{}); {
	case err == nil:
		return nil
	case errors.As(err, &usage):
		return command.Usage(err)
	}
	return command.Invalid(err)
}

// showJobs serves the page until it is interrupted.
func showJobs(cmd *cobra.Command, where jobs.Config, page jobs.Page, tokenFile string) error {
	if tokenFile != "" {
		text, err := os.ReadFile(tokenFile)
		if err != nil {
			return command.Usage(err)
		}
		if page.Token = strings.TrimSpace(string(text)); page.Token == "" {
			return command.Usage(fmt.Errorf("--token-file: %s has no token", tokenFile))
		}
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return jobsExit(jobs.Show(ctx, where, page, func(addr, token string) {
		fmt.Fprintf(cmd.OutOrStdout(), "showing jobs at http://%s/\n", addr)
		if tokenFile == "" {
			fmt.Fprintf(cmd.OutOrStdout(), "the token: %s\n", token)
		}
	}))
}
