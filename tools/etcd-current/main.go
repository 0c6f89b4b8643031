// A current etcd, and what restores its snapshots, as one static program: called `etcdutl` it is that one.
package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/etcdutl/v3/etcdutl"
	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	if filepath.Base(os.Args[0]) != "etcdutl" {
		etcdmain.Main(os.Args)
		return
	}
	command := &cobra.Command{Use: "etcdutl", SilenceUsage: true}
	command.AddCommand(etcdutl.NewSnapshotCommand())
	if command.Execute() != nil {
		os.Exit(1)
	}
}
