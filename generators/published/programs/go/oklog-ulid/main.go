// github.com/oklog/ulid/v2, by its function Make, which says that it is safe for concurrent use.
package main

import (
	"encoding/binary"

	"fleet.example/node"

	"github.com/oklog/ulid/v2"
)

func main() {
	node.Serve(128, false, func(node.Config) (node.Mint, error) {
		return func() (uint64, uint64, error) {
			id := ulid.Make()
			return binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:]), nil
		}, nil
	})
}
