// github.com/sony/sonyflake/v2, with a machine ID given to it.
package main

import (
	"fleet.example/node"

	"github.com/sony/sonyflake/v2"
)

func main() {
	node.Serve(64, true, func(config node.Config) (node.Mint, error) {
		ids, err := sonyflake.New(sonyflake.Settings{MachineID: func() (int, error) { return config.Worker, nil }})
		return func() (uint64, uint64, error) {
			id, err := ids.NextID()
			return 0, uint64(id), err
		}, err
	})
}
