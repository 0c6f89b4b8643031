// Package node makes a function that returns IDs into a node of snowglobe: it speaks generators/PROTOCOL.md.
package node

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Mint returns one ID: its upper and its lower 64 bits. It is called from many goroutines at once.
type Mint func() (hi, lo uint64, err error)

// Config is what the scenario tells the node.
type Config struct {
	// Worker is the option workerId; left out, the node's place in its cluster.
	Worker int `json:"workerId"`
}

const (
	lanes      = 8
	mostOfOne  = 100_000
	queueFull  = 256
	protocolNo = 1
)

type server struct {
	life   *life
	free   chan *lane
	all    []*lane
	queued chan struct{}
	mint   Mint
	worker int
	// selfLoad begins with the first request.
	selfLoad func()
	begun    sync.Once
}

// Serve runs until SIGTERM. The worker ID is told in tap and health where the IDs carry one.
func Serve(idBits int, carriesWorker bool, create func(Config) (Mint, error)) {
	index, _ := strconv.Atoi(os.Getenv("SNOWGLOBE_INDEX"))
	config := Config{Worker: index}
	if options := os.Getenv("SNOWGLOBE_OPTIONS"); options != "" {
		check(json.Unmarshal([]byte(options), &config))
	}
	mint, err := create(config)
	check(err)
	worker := -1
	if carriesWorker {
		worker = config.Worker
	}
	life := claimLife(os.Getenv("SNOWGLOBE_TAPS"), os.Getenv("SNOWGLOBE_NODE"), idBits)
	s := &server{life: life, free: make(chan *lane, lanes), queued: make(chan struct{}, queueFull), mint: mint, worker: worker}
	for number := 0; number < lanes; number++ {
		lane := &lane{life: life, number: number}
		s.all = append(s.all, lane)
		s.free <- lane
	}
	routes := http.NewServeMux()
	routes.HandleFunc("/ids", s.ids)
	routes.HandleFunc("/health", s.health)
	routes.HandleFunc("/metrics", s.metrics)
	for _, address := range strings.Split(os.Getenv("SNOWGLOBE_LISTEN"), ",") {
		kind, where, _ := strings.Cut(address, ":")
		listener, err := net.Listen(kind, where)
		check(err)
		go func() { check(http.Serve(listener, routes)) }()
	}
	if perSecond, err := strconv.ParseFloat(os.Getenv("SNOWGLOBE_SELF_LOAD"), 64); err == nil {
		s.selfLoad = func() { s.load(perSecond) }
	}
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM, syscall.SIGINT)
	<-ends
}

func (s *server) ids(out http.ResponseWriter, in *http.Request) {
	count := 1
	if asked := in.URL.Query().Get("count"); asked != "" {
		var err error
		if count, err = strconv.Atoi(asked); err != nil || count < 1 || count > mostOfOne {
			answer(out, 400, map[string]any{"error": "count is a number from 1 to 100000"})
			return
		}
	}
	if s.selfLoad != nil {
		s.begun.Do(s.selfLoad)
	}
	select {
	case s.queued <- struct{}{}:
		defer func() { <-s.queued }()
	default:
		answer(out, 503, map[string]any{"refused": "busy"})
		return
	}
	select {
	case lane := <-s.free:
		first, ids, err := lane.call(s.mint, count, s.worker)
		s.free <- lane
		s.reply(out, in, lane, first, ids, err)
	case <-in.Context().Done(): // its client has gone: nothing was minted for it
	}
}

// load asks for so many IDs a second, in all lanes at the same moments.
func (s *server) load(perSecond float64) {
	const every = 10 * time.Millisecond
	each := max(1, int(perSecond*every.Seconds()/lanes))
	for number := 0; number < lanes; number++ {
		go func() {
			for range time.Tick(every) {
				lane := <-s.free
				_, _, _ = lane.call(s.mint, each, s.worker)
				s.free <- lane
			}
		}()
	}
}

func (s *server) reply(out http.ResponseWriter, in *http.Request, lane *lane, first uint64, ids []byte, err error) {
	if err != nil {
		answer(out, 500, map[string]any{"error": err.Error()})
		return
	}
	bytes := s.life.idBytes
	out.Header().Set("snowglobe-seq", fmt.Sprintf("%d/%d/%d/%d", s.life.incarnation, lane.number, first, len(ids)/bytes))
	if in.Header.Get("accept") == "application/octet-stream" {
		out.Header().Set("content-type", "application/octet-stream")
		_, _ = out.Write(ids)
		return
	}
	answer(out, 200, map[string]any{"ids": inDecimal(ids, bytes)})
}

func (s *server) health(out http.ResponseWriter, _ *http.Request) {
	minted := make([]string, lanes)
	for at, lane := range s.all {
		minted[at] = strconv.FormatUint(lane.minted.Load(), 10)
	}
	before, wall := monotonicNs(), time.Now().UnixNano()
	said := map[string]any{
		"protocol": protocolNo, "status": "minting", "incarnation": s.life.incarnation,
		"monotonicBeforeNs": strconv.FormatInt(before, 10), "wallMs": float64(wall) / 1e6,
		"monotonicNs": strconv.FormatInt(monotonicNs(), 10), "minted": minted, "pid": os.Getpid(),
	}
	if s.worker >= 0 {
		said["workerId"] = s.worker
	}
	answer(out, 200, said)
}

func (s *server) metrics(out http.ResponseWriter, _ *http.Request) {
	sum := uint64(0)
	for _, lane := range s.all {
		sum += lane.minted.Load()
	}
	fmt.Fprintf(out, "snowglobe_ids_minted_total{node=%q,incarnation=\"%d\"} %d\n", s.life.node, s.life.incarnation, sum)
}

func answer(out http.ResponseWriter, status int, body any) {
	out.Header().Set("content-type", "application/json")
	out.WriteHeader(status)
	_ = json.NewEncoder(out).Encode(body)
}

// check ends the node at what it cannot go on without.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
