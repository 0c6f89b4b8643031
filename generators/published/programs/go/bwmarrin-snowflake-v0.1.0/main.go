// github.com/bwmarrin/snowflake, as its README shows.
package main

import (
	"fleet.example/node"

	"github.com/bwmarrin/snowflake"
)

func main() {
	node.Serve(64, true, func(config node.Config) (node.Mint, error) {
		ids, err := snowflake.NewNode(int64(config.Worker))
		return func() (uint64, uint64, error) { return 0, uint64(ids.Generate().Int64()), nil }, err
	})
}
