package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/minio/minio-go/v7"
)

const (
	// claimName is the object that says whose the place is.
	claimName = "campaign.json"
	// sideBySide is how many objects are carried at once.
	sideBySide = 16
)

// Claim takes the place for a campaign, and returns what the place says of itself from then on: claim, unless it was
// taken before. Of several who claim it at once one wins, and all are told the same.
func (p *Place) Claim(ctx context.Context, claim []byte) ([]byte, error) {
	if text, err := p.read(ctx, claimName); !errors.Is(err, fs.ErrNotExist) {
		return text, err
	}
	var only minio.PutObjectOptions
	only.SetMatchETagExcept("*") // if there is none
	only.ContentType = "application/json"
	_, err := p.client.PutObject(ctx, p.bucket, p.prefix+claimName, bytes.NewReader(claim), int64(len(claim)), only)
	switch minio.ToErrorResponse(err).Code {
	case "", minio.PreconditionFailed, "ConditionalRequestConflict":
	default:
		return nil, p.explained(err, claimName)
	}
	// What the server has is what counts: not every one minds conditions.
	return p.read(ctx, claimName)
}

// read is an object's content; fs.ErrNotExist is that there is none.
func (p *Place) read(ctx context.Context, name string) ([]byte, error) {
	object, err := p.client.GetObject(ctx, p.bucket, p.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, p.explained(err, name)
	}
	defer object.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(object); minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, fmt.Errorf("%s: %w", p.URL(name), fs.ErrNotExist)
	} else if err != nil {
		return nil, p.explained(err, name)
	}
	return text.Bytes(), nil
}

// Put copies the files of a folder into one of the place, last the file of that name: what is there without it is not
// whole.
func (p *Place) Put(ctx context.Context, dir, folder, last string) error {
	var names []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if name = filepath.ToSlash(name); name != last {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("what is to be kept in a bucket: %w", err)
	}
	put := func(name string) error {
		_, err := p.client.FPutObject(ctx, p.bucket, p.prefix+folder+"/"+name, filepath.Join(dir, filepath.FromSlash(name)),
			minio.PutObjectOptions{})
		if err != nil {
			return p.explained(err, folder+"/"+name)
		}
		return nil
	}
	if err := each(names, put); err != nil {
		return err
	}
	return put(last)
}

// list lists what is in a folder of the place, "" for the place itself: files by their names, folders with a slash
// behind.
func (p *Place) list(ctx context.Context, folder string) (names []string, err error) {
	for o := range p.client.ListObjects(ctx, p.bucket, minio.ListObjectsOptions{Prefix: p.prefix + folder}) {
		if o.Err != nil {
			return nil, p.explained(o.Err, folder)
		}
		names = append(names, strings.TrimPrefix(o.Key, p.prefix))
	}
	return names, nil
}

// Fetch copies one file of each folder in the place to a folder of the same name in dir, and returns the names of those
// that have it, in order.
func (p *Place) Fetch(ctx context.Context, file, dir string) (have []string, err error) {
	names, err := p.list(ctx, "")
	if err != nil {
		return nil, err
	}
	var folders []string
	for _, name := range names {
		if folder, is := strings.CutSuffix(name, "/"); is {
			folders = append(folders, folder)
		}
	}
	var mu sync.Mutex
	err = each(folders, func(name string) error {
		text, err := p.read(ctx, name+"/"+file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(to, 0o755), os.WriteFile(filepath.Join(to, file), text, 0o644)); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		have = append(have, name)
		return nil
	})
	slices.Sort(have)
	return have, err
}

// Get copies all that is in the place to a folder, where nothing is to be of the same name. It returns how many files
// they are.
func (p *Place) Get(ctx context.Context, dir string) (int, error) {
	var names []string
	for left := []string{""}; len(left) > 0; left = left[1:] {
		more, err := p.list(ctx, left[0])
		if err != nil {
			return 0, err
		}
		for _, name := range more {
			if strings.HasSuffix(name, "/") {
				left = append(left, name)
			} else {
				names = append(names, name)
			}
		}
	}
	return len(names), each(names, func(name string) error { return p.get(ctx, name, dir) })
}

func (p *Place) get(ctx context.Context, name, dir string) error {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("%s: it is no name of a file here", p.URL(name))
	}
	to := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("%s is there already", to)
	}
	if err := p.client.FGetObject(ctx, p.bucket, p.prefix+name, to, minio.GetObjectOptions{}); err != nil {
		return p.explained(err, name)
	}
	return nil
}

// each calls f for every name, several at a time, and returns the error of the first name for which there is one.
func each(names []string, f func(string) error) error {
	errs := make([]error, len(names))
	next := make(chan int)
	var hands sync.WaitGroup
	for range min(sideBySide, len(names)) {
		hands.Go(func() {
			for i := range next {
				errs[i] = f(names[i])
			}
		})
	}
	for i := range names {
		next <- i
	}
	close(next)
	hands.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
