// Package journal keeps records on a file, to which it only adds: each is there for good when Add returns, whole or,
// after a crash before that, perhaps not at all. It is for programs on trial whose own store does not run as a guest,
// as one that maps its file into memory.
package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
)

// Journal is an open file of records.
type Journal struct{ file *os.File }

// header is the length and the checksum before a record.
const header = 8

// Open opens a journal, or makes one, and hands each of its records to take. What a crash has left of a last record
// that was not whole is cut off.
func Open(name string, take func(record []byte) error) (*Journal, error) {
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	whole := 0
	for {
		record, ok := next(text[whole:])
		if !ok {
			break
		}
		if err := take(record); err != nil {
			return nil, fmt.Errorf("%s at byte %d: %w", name, whole, err)
		}
		whole += header + len(record)
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	_, errSeek := file.Seek(int64(whole), 0)
	if err := errors.Join(file.Truncate(int64(whole)), errSeek, file.Sync(), syncDir(name)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &Journal{file}, nil
}

// next is the record that a text begins with, if it is whole.
func next(text []byte) (record []byte, ok bool) {
	if len(text) < header {
		return nil, false
	}
	n := int64(binary.LittleEndian.Uint32(text))
	if n == 0 || n > int64(len(text)-header) {
		return nil, false
	}
	record = text[header : header+n]
	return record, crc32.ChecksumIEEE(record) == binary.LittleEndian.Uint32(text[4:])
}

// syncDir has the file's name be there for good.
func syncDir(name string) error {
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

var errEmpty = errors.New("a record has to have a byte")

// Add adds a record, and returns when it is there for good.
func (j *Journal) Add(record []byte) error {
	if len(record) == 0 {
		return errEmpty
	}
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, header+len(record)), uint32(len(record)))
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(record))
	if _, err := j.file.Write(append(b, record...)); err != nil {
		return err
	}
	return j.file.Sync()
}

// Close closes the file.
func (j *Journal) Close() error { return j.file.Close() }
