// A service of Go, as people write one: github.com/bwmarrin/snowflake behind net/http.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"

	"github.com/bwmarrin/snowflake"
)

func main() {
	worker, err := strconv.ParseInt(os.Getenv("WORKER_ID"), 10, 64)
	if err != nil {
		log.Fatal(err)
	}
	node, err := snowflake.NewNode(worker)
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("/id", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"data":{"id":"%s"}}`, node.Generate())
	})
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}
