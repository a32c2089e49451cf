package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"ordeal/testbed/shards"
)

// Store opens a place on no disk of this machine, as package bucket/cli does; url is what --upload and merge are told.
type Store func(url string) (Shelf, error)

// Shelf is a place for the folders of one campaign's shards.
type Shelf struct {
	// Claim takes it for a campaign, and returns what it says of itself from then on: claim, unless it was taken before.
	Claim func(ctx context.Context, claim []byte) ([]byte, error)
	// Put copies the files of a folder into one of the place, last the file of that name.
	Put func(ctx context.Context, dir, folder, last string) error
	// Fetch copies one file of each folder in the place to a folder of the same name in dir, and returns the names.
	Fetch func(ctx context.Context, file, dir string) ([]string, error)
	// URL is that of a folder in the place.
	URL func(folder string) string
}

// deliverMax is how long it may take to hand on what was found.
const deliverMax = 30 * time.Minute

// addStore adds the flag, if the program has a store.
func (a *app) addStore(flags *pflag.FlagSet, upload *string) {
	if a.Store != nil {
		flags.StringVar(upload, "upload", "", "hand the shard's folder on to a bucket, as s3://BUCKET/FOLDER, which holds "+
			"this campaign and no other; `merge` reads it there")
	}
}

// claim takes the place that --upload names, "" for none, for what a shard has a part of. Whoever is refused has played
// nothing yet.
func (a *app) claim(ctx context.Context, upload string, of shards.Shard, claim func() shards.Claim) (
	shelf Shelf, err error) {
	switch {
	case upload == "":
		return shelf, nil
	case of.Of == 0:
		return shelf, Usage(errors.New("--upload hands a shard on: --shard is wanted"))
	}
	if shelf, err = a.Store(upload); err != nil {
		return shelf, Usage(fmt.Errorf("--upload: %w", err))
	}
	held, err := shelf.Claim(ctx, claim().JSON())
	if err != nil {
		return shelf, fmt.Errorf("--upload: %w", err)
	}
	if err := claim().Held(held); err != nil {
		return shelf, Usage(fmt.Errorf("--upload %s: %w", upload, err))
	}
	return shelf, nil
}

// deliver hands a shard's folder on, last the file that says it is whole, also of a campaign that was interrupted.
func (s Shelf) deliver(ctx context.Context, dir string, of shards.Shard, last string) error {
	if s.Put == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliverMax)
	defer cancel()
	if err := s.Put(ctx, dir, of.Folder(), last); err != nil {
		return fmt.Errorf("--upload: %w", err)
	}
	return nil
}

// foldersOf are the folders that merge is told of. What the shards on a shelf have found is copied here until done is
// called.
func (a *app) foldersOf(ctx context.Context, args []string) (dirs []shards.Folder, done func(), err error) {
	top, err := os.MkdirTemp("", "shards-")
	if err != nil {
		return nil, nil, err
	}
	done = func() { _ = os.RemoveAll(top) }
	for i, arg := range args {
		if a.Store == nil || !strings.Contains(arg, "://") {
			dirs = append(dirs, shards.Folder{Path: arg, Name: arg})
			continue
		}
		more, err := a.fetched(ctx, arg, filepath.Join(top, fmt.Sprint(i)))
		if err != nil {
			done()
			return nil, nil, err
		}
		dirs = append(dirs, more...)
	}
	return dirs, done, nil
}

func (a *app) fetched(ctx context.Context, url, top string) (dirs []shards.Folder, err error) {
	shelf, err := a.Store(url)
	if err != nil {
		return nil, Usage(err)
	}
	names, err := shelf.Fetch(ctx, shards.FileName, top)
	if err == nil && len(names) == 0 {
		names, err = shelf.Fetch(ctx, shards.PricesName, top)
	}
	switch {
	case err != nil:
		return nil, err
	case len(names) == 0:
		return nil, Usage(fmt.Errorf("%s has no folder with a %s or a %s", url, shards.FileName, shards.PricesName))
	}
	for _, name := range names {
		dirs = append(dirs, shards.Folder{Path: filepath.Join(top, name), Name: shelf.URL(name)})
	}
	return dirs, nil
}
