/** Services in Go and Python that were not written for snowglobe, as nodes of generators, for tests of the real drivers. */
import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterNode, MintReply } from '../../core/cluster.ts';
import type { GeneratorSource } from '../../core/driver.ts';
import type { NodeKind } from '../../core/generator.ts';
import { decodeId, type Layout } from '../../core/layout.ts';
import type { HttpAsk } from '../../core/node-program.ts';
import { programOf } from './clocks/skewed-program-for-tests.ts';
import { allPids, livingStatOf } from './proc.ts';

/** Why there is no service in Go here; undefined: there is one. */
export const GO_MISSING = programOf('go') === undefined ? 'there is no Go toolchain' : undefined;

/** The same of Python. */
export const PYTHON_MISSING = programOf('python3') === undefined ? 'there is no python3' : undefined;

/** The real program: what version managers put on PATH is a script. */
export const pythonHere = (): string =>
  realpathSync(execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim());

/** Bits of milliseconds since 2010-11-04, a worker ID and a sequence, as of Twitter's. */
const LAYOUT: Layout = { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 1_288_834_974_657 };

/** It believes its clock: the time of an ID is what the clock showed. `born` is what it showed before main began. */
const GO = `package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

var born = time.Now().UnixMilli()
var counter atomic.Int64

func main() {
	worker, _ := strconv.ParseInt(os.Args[2], 10, 64)
	id := func(ms int64) string {
		return strconv.FormatInt((ms-1288834974657)<<22|worker<<12|counter.Add(1)&4095, 10)
	}
	http.HandleFunc("/id", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, id(time.Now().UnixMilli())) })
	http.HandleFunc("/born", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, id(born)) })
	if err := http.ListenAndServe(os.Args[1], nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
`;

/** The same; at /exec it answers, and then replaces itself by itself, without what was preloaded. */
const PYTHON = `
import http.server, os, sys, time
class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    count = 0
    def do_GET(self):
        Service.count = (Service.count + 1) & 4095
        body = str((int(time.time() * 1000) - 1288834974657) << 22 | Service.count).encode()
        self.send_response(200)
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if self.path == '/exec' and 'LD_PRELOAD' in os.environ:
            self.wfile.flush()
            del os.environ['LD_PRELOAD']
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Service).serve_forever()
`;

/** Builds it: static, in a file of this name. */
export function buildGoService(folder: string, name = 'service'): string {
  writeFileSync(join(folder, 'main.go'), GO);
  writeFileSync(join(folder, 'go.mod'), 'module service\n\ngo 1.19\n');
  const env = { ...process.env, CGO_ENABLED: '0' };
  execFileSync('go', ['build', '-ldflags', '-s -w', '-o', name, '.'], { cwd: folder, env });
  return join(folder, name);
}

/** As a file of this name. */
export function writePythonService(folder: string): string {
  const file = join(folder, 'service.py');
  writeFileSync(file, PYTHON);
  return file;
}

export const asksFor = (path: `/${string}`): HttpAsk => ({ over: 'http', path, ids: 'text' });

/** A generator of such a node. */
export const served = (node: NodeKind): GeneratorSource => ({
  generator: { name: 'service', summary: 'a service', promises: [{ guarantee: 'unique' }], layout: LAYOUT, node },
  file: '',
});

/** How far the time inside a fresh ID is from true time, in milliseconds. */
export async function offsetInIds(node: ClusterNode): Promise<number> {
  const reply = await new Promise<MintReply>((resolve) => node.mint(1, 2000, resolve, 'json'));
  if (reply.received === undefined) throw new Error(`no ID: ${JSON.stringify(reply)}`);
  return decodeId(LAYOUT, reply.received.first).unixMs - Date.now();
}

/** Processes of this machine that were started with a word, and live: those of containers and sandboxes are among them. */
export function processesWith(word: string): readonly number[] {
  return allPids().filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words.includes(word) && livingStatOf(pid) !== undefined;
    } catch {
      return false;
    }
  });
}
