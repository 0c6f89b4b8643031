package node

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

const (
	magic       = 0x31424753
	rotateBytes = 64 << 20
	idsHaveCrc  = 8
	idsAreLong  = 16
)

// life is one start of the process: its number was not taken by any other.
type life struct {
	folder, node string
	incarnation  int
	idBytes      int
}

func claimLife(folder, node string, idBits int) *life {
	for incarnation := 1; ; incarnation++ {
		path := filepath.Join(folder, fmt.Sprintf("%s-%d.life", node, incarnation))
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if os.IsExist(err) {
			continue
		}
		check(err)
		_, err = fmt.Fprintf(file, "{\"protocol\":1,\"pid\":%d}\n", os.Getpid())
		check(err)
		check(file.Close())
		return &life{folder: folder, node: node, incarnation: incarnation, idBytes: idBits / 8}
	}
}

// lane has one call open at a time, and a pair of files.
type lane struct {
	life         *life
	number       int
	minted       atomic.Uint64
	ids, batches *os.File
	written      int
}

// call mints, taps and returns the IDs, with the number of the first. IDs that were minted before an error count.
func (l *lane) call(mint Mint, count, worker int) (uint64, []byte, error) {
	first := l.minted.Load()
	ids := make([]byte, 0, count*l.life.idBytes)
	called, wallCalled := monotonicNs(), time.Now().UnixNano()
	var failed error
	for minted := 0; minted < count; minted++ {
		hi, lo, err := mint()
		if err != nil {
			failed = err
			break
		}
		ids = binary.LittleEndian.AppendUint64(ids, lo)
		if l.life.idBytes == 16 {
			ids = binary.LittleEndian.AppendUint64(ids, hi)
		}
	}
	wallReturned, returned := time.Now().UnixNano(), monotonicNs()
	if len(ids) == 0 {
		return first, nil, failed
	}
	number := uint64(len(ids) / l.life.idBytes)
	flags := uint32(idsHaveCrc)
	if l.life.idBytes == 16 {
		flags |= idsAreLong
	}
	record := make([]byte, 96)
	put := binary.LittleEndian
	put.PutUint32(record[0:], magic)
	put.PutUint64(record[8:], first)
	put.PutUint32(record[16:], uint32(number))
	put.PutUint32(record[20:], flags)
	put.PutUint64(record[24:], uint64(called))
	put.PutUint64(record[32:], uint64(returned))
	put.PutUint64(record[40:], uint64(wallCalled))
	put.PutUint64(record[48:], uint64(wallReturned))
	put.PutUint32(record[56:], uint32(int32(worker)))
	put.PutUint32(record[60:], crc32.ChecksumIEEE(ids))
	put.PutUint32(record[4:], crc32.ChecksumIEEE(record[8:]))
	l.open(first)
	l.append(l.ids, ids)
	l.append(l.batches, record) // this commits the batch
	l.written += len(ids)
	l.minted.Store(first + number)
	return first, ids, nil
}

// open begins a new pair of files where there is none, or the last is full.
func (l *lane) open(first uint64) {
	if l.ids != nil && l.written < rotateBytes {
		return
	}
	if l.ids != nil {
		check(l.ids.Close())
		check(l.batches.Close())
	}
	stem := fmt.Sprintf("%s-%d-%d-%d", l.life.node, l.life.incarnation, l.number, first)
	l.ids, l.batches, l.written = l.create(stem+".ids"), l.create(stem+".batches"), 0
}

func (l *lane) create(name string) *os.File {
	file, err := os.OpenFile(filepath.Join(l.life.folder, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o644)
	check(err)
	return file
}

// append writes all bytes or ends the node: one that cannot write its tap answers nobody.
func (l *lane) append(file *os.File, bytes []byte) {
	_, err := file.Write(bytes)
	check(err)
}

// monotonicNs is the kernel's CLOCK_MONOTONIC: Go gives it to nobody.
func monotonicNs() int64 {
	var now syscall.Timespec
	const clockMonotonic = 1
	_, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&now)), 0)
	if errno != 0 {
		check(errno)
	}
	return now.Nano()
}

func inDecimal(ids []byte, width int) []string {
	texts := make([]string, 0, len(ids)/width)
	for at := 0; at < len(ids); at += width {
		id := slices.Clone(ids[at : at+width])
		slices.Reverse(id)
		texts = append(texts, new(big.Int).SetBytes(id).String())
	}
	return texts
}
