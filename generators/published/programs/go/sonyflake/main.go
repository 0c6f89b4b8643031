// github.com/sony/sonyflake, with a machine ID given to it.
package main

import (
	"fleet.example/node"

	"github.com/sony/sonyflake"
)

func main() {
	node.Serve(64, true, func(config node.Config) (node.Mint, error) {
		settings := sonyflake.Settings{MachineID: func() (uint16, error) { return uint16(config.Worker), nil }}
		ids, err := sonyflake.New(settings)
		return func() (uint64, uint64, error) {
			id, err := ids.NextID()
			return 0, id, err
		}, err
	})
}
