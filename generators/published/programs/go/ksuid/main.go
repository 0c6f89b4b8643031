// github.com/segmentio/ksuid: 160 bits, more than a tap holds. In place of an ID stands its digest (MD5): whether two are
// the same is seen, and not which of them is greater.
package main

import (
	"crypto/md5"
	"encoding/binary"

	"fleet.example/node"

	"github.com/segmentio/ksuid"
)

func main() {
	node.Serve(128, false, func(node.Config) (node.Mint, error) {
		return func() (uint64, uint64, error) {
			digest := md5.Sum(ksuid.New().Bytes())
			return binary.BigEndian.Uint64(digest[:8]), binary.BigEndian.Uint64(digest[8:]), nil
		}, nil
	})
}
