// A snowglobe node with Go's standard library alone; what it speaks is in generators/PROTOCOL.md.
package main

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// Generator is yours to replace. This one is a Snowflake: 41 bits of milliseconds since 2024, 10 of worker ID, 12 of
// sequence, whose highest 2 are the lane. It forgets its time when it ends: after a restart an old clock repeats IDs.
type Generator struct{ lastMs, next int64 }

// Mint makes one ID, or says in a word why not. A lane has one call open at a time; lanes run side by side.
func (g *Generator) Mint(lane int64) (id uint64, refused string) {
	now := time.Now().UnixMilli()
	for try := 0; try < 100 && now == g.lastMs && g.next == 1024; try++ { // all of this millisecond are taken
		time.Sleep(100 * time.Microsecond)
		now = time.Now().UnixMilli()
	}
	if now < g.lastMs || now == g.lastMs && g.next == 1024 {
		return 0, "clock behind"
	} else if now > g.lastMs {
		g.lastMs, g.next = now, 0
	}
	g.next++
	return uint64((now-1704067200000)<<22 | workerID<<12 | lane<<10 | (g.next - 1)), ""
}

// Lane mints one batch at a time and has it in its tap before anybody is answered.
type Lane struct {
	sync.Mutex
	Generator
	ids, batches *os.File
	committed    atomic.Uint64
}

// Batch mints up to count IDs and returns them with the sequence number of the first.
func (l *Lane) Batch(lane int64, count int) (first uint64, ids []uint64, refused string) {
	l.Lock()
	defer l.Unlock()
	record, ids, first := make([]byte, 96), make([]uint64, 0, count), l.committed.Load()
	le.PutUint64(record[24:], monotonicNs())
	le.PutUint64(record[40:], uint64(time.Now().UnixNano()))
	for id := uint64(0); len(ids) < count; ids = append(ids, id) {
		if id, refused = l.Mint(lane); refused != "" {
			break // what there is, is given
		}
	}
	le.PutUint64(record[48:], uint64(time.Now().UnixNano()))
	le.PutUint64(record[32:], monotonicNs())
	le.PutUint32(record, 0x31424753)
	le.PutUint64(record[8:], first)
	le.PutUint32(record[16:], uint32(len(ids)))
	le.PutUint32(record[56:], uint32(workerID))
	le.PutUint32(record[4:], crc32.ChecksumIEEE(record[8:]))
	if len(ids) > 0 { // a call that left nothing has no record
		must(0, binary.Write(l.ids, le, ids))
		must(l.batches.Write(record))
	}
	l.committed.Add(uint64(len(ids)))
	return first, ids, refused
}

var node, taps, listen = os.Getenv("SNOWGLOBE_NODE"), os.Getenv("SNOWGLOBE_TAPS"), os.Getenv("SNOWGLOBE_LISTEN")
var workerID, noIndex = strconv.ParseInt(os.Getenv("SNOWGLOBE_INDEX"), 10, 64)
var incarnation, le = 0, binary.LittleEndian
var lanes [4]Lane
var requests atomic.Int64

func main() {
	info, err := os.Stat(taps)
	if err != nil || !info.IsDir() || node == "" || listen == "" || noIndex != nil || uint64(workerID) > 1023 || os.Getenv("SNOWGLOBE_SELF_LOAD") != "" {
		end(2, "needs SNOWGLOBE_NODE, SNOWGLOBE_INDEX below 1024, the folder SNOWGLOBE_TAPS, SNOWGLOBE_LISTEN, and no SNOWGLOBE_SELF_LOAD")
	}
	for err = os.ErrExist; os.IsExist(err); _, err = create(fmt.Sprintf("%s-%d.life", node, incarnation)) {
		incarnation++
	}
	must(0, err)
	for i := range lanes {
		tap := fmt.Sprintf("%s-%d-%d-0", node, incarnation, i)
		lanes[i].ids, lanes[i].batches = must(create(tap+".ids")), must(create(tap+".batches"))
	}
	http.HandleFunc("GET /ids", serveIDs)
	http.HandleFunc("GET /health", serveHealth)
	for _, address := range strings.Split(listen, ",") { // tcp:HOST:PORT, and no socket files
		go func() { end(2, http.ListenAndServe(strings.TrimPrefix(address, "tcp:"), nil)) }()
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM, syscall.SIGINT)
	<-asked
}

func serveIDs(w http.ResponseWriter, r *http.Request) {
	count, err := strconv.Atoi(append(r.URL.Query()["count"], "1")[0])
	if err != nil || count < 1 || count > 100_000 {
		http.Error(w, "count is 1 to 100000", 400)
		return
	}
	lane := requests.Add(1) % 4
	first, ids, refused := lanes[lane].Batch(lane, count)
	if len(ids) == 0 {
		http.Error(w, fmt.Sprintf(`{"refused":%q}`, refused), 503)
		return
	}
	w.Header().Set("snowglobe-seq", fmt.Sprintf("%d/%d/%d/%d", incarnation, lane, first, len(ids)))
	if r.Header.Get("Accept") == "application/octet-stream" {
		binary.Write(w, le, ids)
	} else {
		fmt.Fprintf(w, `{"ids":["%s"]}`, strings.ReplaceAll(strings.Trim(fmt.Sprint(ids), "[]"), " ", `","`))
	}
}

func serveHealth(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, `{"protocol":1,"status":"minting","incarnation":%d,"workerId":%d,"wallMs":%d,"monotonicNs":"%d","minted":["%d","%d","%d","%d"]}`,
		incarnation, workerID, time.Now().UnixMilli(), monotonicNs(), lanes[0].committed.Load(), lanes[1].committed.Load(), lanes[2].committed.Load(), lanes[3].committed.Load())
}

func monotonicNs() uint64 { // CLOCK_MONOTONIC of the kernel, which all nodes share; Go itself shows only differences of it
	var at syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&at)), 0)
	return uint64(at.Nano())
}

func create(name string) (*os.File, error) {
	return os.OpenFile(taps+"/"+name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
}

func must[T any](value T, err error) T { // ends a node that cannot write its tap, before it answers anybody
	if err != nil {
		end(1, err)
	}
	return value
}

func end(code int, why any) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(code)
}
