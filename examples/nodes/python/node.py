"""A snowglobe node with Python's standard library alone; what it speaks is in generators/PROTOCOL.md."""
import json
import os
import signal
import socketserver
import struct
import sys
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit


class Generator:
    """Yours to replace. This one is a Snowflake: 41 bits of milliseconds since 2024, 10 of worker ID, 12 of sequence.

    It forgets its time when it ends: after a restart a clock that is behind repeats IDs.
    """

    def __init__(self, worker_id):
        self.worker_id, self.last_ms, self.next = worker_id, 0, 0

    def mint(self):
        """Makes one ID, or raises Refusal with a word. One call is open at a time."""
        now, tries = time.time_ns() // 1_000_000, 100
        while now == self.last_ms and self.next == 4096 and tries > 0:
            time.sleep(0.0001)  # all of this millisecond are taken
            now, tries = time.time_ns() // 1_000_000, tries - 1
        if now > self.last_ms:
            self.last_ms, self.next = now, 0
        elif now < self.last_ms or self.next == 4096:
            raise Refusal("clock behind")
        self.next += 1
        return (now - 1_704_067_200_000) << 22 | self.worker_id << 12 | (self.next - 1)


class Refusal(Exception): """Why there is no ID, in a word."""


class Lane:
    """Mints one batch at a time and has it in its tap before anybody is answered. Python has one: its threads take turns."""

    def __init__(self, generator, tap):
        self.generator, self.lock, self.committed = generator, threading.Lock(), 0
        self.ids, self.batches = create(tap + ".ids"), create(tap + ".batches")

    def batch(self, count):
        """Up to `count` IDs and the sequence number of the first; or the reason of a refusal in place of IDs."""
        with self.lock:
            mint, first, ids, why = self.generator.mint, self.committed, [], ""
            called, wall_called = time.monotonic_ns(), time.time_ns()
            try:
                for _ in range(count):
                    ids.append(mint())
            except Refusal as refusal:
                why = str(refusal)
            wall_returned, returned = time.time_ns(), time.monotonic_ns()
            if not ids:  # a call that left nothing has no record
                return first, ids, why
            held = (self.generator.worker_id, 0, 0, 0, 0, 0)  # worker ID, ID bits, lease, create revision, fence, limit
            clocks = (called, returned, wall_called, wall_returned)
            fields = struct.pack("<QIIQQqqiIQQQq", first, len(ids), 0, *clocks, *held)
            record = struct.pack("<II", 0x31424753, zlib.crc32(fields)) + fields
            try:
                for file, data in ((self.ids, struct.pack(f"<{len(ids)}Q", *ids)), (self.batches, record)):
                    file.write(data)
                    file.flush()
            except OSError as error:  # who cannot tap ends, and answers nobody
                end(1, error)
            self.committed += len(ids)
            return first, ids, why


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open
    wbufsize = -1  # head and body leave together
    log_message = log_error = lambda *_: None
    do_POST = lambda self: self.answer(405)

    def do_GET(self):
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if path == "/ids":
            self.serve_ids(query.get("count", ["1"])[0])
        elif path == "/health":
            health = {"protocol": 1, "status": "minting", "incarnation": incarnation, "workerId": worker_id}
            clocks = {"wallMs": time.time_ns() // 1_000_000, "monotonicNs": str(time.monotonic_ns())}
            self.answer(200, json.dumps(health | clocks | {"minted": [str(lane.committed)]}).encode())
        else:
            self.answer(404)

    def serve_ids(self, asked):
        if not asked.isdecimal() or not 1 <= int(asked) <= 100_000:
            return self.answer(400)
        first, ids, why = lane.batch(int(asked))
        if not ids:
            return self.answer(503, json.dumps({"refused": why}).encode())
        raw = self.headers.get("Accept") == "application/octet-stream"
        body = struct.pack(f"<{len(ids)}Q", *ids) if raw else json.dumps({"ids": [str(id) for id in ids]}).encode()
        self.answer(200, body, f"snowglobe-seq: {incarnation}/0/{first}/{len(ids)}\r\n")

    def answer(self, status, body=b"", header=""):
        head = f"HTTP/1.1 {status} -\r\nContent-Length: {len(body)}\r\n{header}\r\n"
        self.wfile.write(head.encode() + body)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads, request_queue_size = True, True, 512


def claim_life():
    """The first incarnation that nobody has."""
    incarnation = 1
    while True:
        try:
            create(f"{node}-{incarnation}.life")
            return incarnation
        except FileExistsError:
            incarnation += 1


def create(name):
    return open(os.path.join(taps, name), "xb")


def end(code, why=None):
    if why is not None:
        print(why, file=sys.stderr, flush=True)
    os._exit(code)


for wanted in (signal.SIGTERM, signal.SIGINT):
    signal.signal(wanted, lambda *_: end(0))
try:
    node, taps, worker_id = (os.environ[f"SNOWGLOBE_{name}"] for name in ("NODE", "TAPS", "INDEX"))
    worker_id = int(worker_id)
    if not os.path.isdir(taps) or worker_id > 1023 or os.environ.get("SNOWGLOBE_SELF_LOAD"):
        raise ValueError("SNOWGLOBE_TAPS is no folder, SNOWGLOBE_INDEX above 1023, or SNOWGLOBE_SELF_LOAD is set")
    listen = [address.split(":") for address in os.environ["SNOWGLOBE_LISTEN"].split(",")]  # tcp:HOST:PORT, no socket files
    servers = [Server((host, int(port)), Handler) for _, host, port in listen]
except (KeyError, ValueError, OSError) as error:
    end(2, f"wrong configuration: {error}")
incarnation = claim_life()
lane = Lane(Generator(worker_id), f"{node}-{incarnation}-0-0")
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
while True:
    signal.pause()
