"""Makes a function that returns an ID into a node of snowglobe: it speaks generators/PROTOCOL.md."""
import json
import os
import queue
import signal
import struct
import sys
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

LANES = 8
QUEUE_MAX = 256
ROTATE_BYTES = 64 << 20
MAGIC = 0x31424753
IDS_HAVE_CRC, IDS_ARE_LONG = 8, 16


class Lane:
    """Has one call open at a time, and a pair of files."""

    def __init__(self, number, mint):
        self.number, self.mint, self.minted, self.written, self.files = number, mint, 0, 0, None

    def call(self, count):
        """Mints, taps, and returns the number of the first ID, and the IDs as little-endian bytes."""
        mint, first = self.mint, self.minted
        called, wall_called = time.monotonic_ns(), time.time_ns()
        minted, failed = [], None
        try:
            for _ in range(count):
                minted.append(mint().to_bytes(16, "little"))
        except Exception as error:  # pylint: disable=broad-except  # whatever the generator raised: what was minted before counts
            failed = error
        ids, count = b"".join(minted), len(minted)
        wall_returned, returned = time.time_ns(), time.monotonic_ns()
        if failed is not None and count == 0:
            raise failed
        clocks = (called, returned, wall_called, wall_returned)
        flags = IDS_HAVE_CRC | IDS_ARE_LONG
        fields = struct.pack("<QIIQQqqiIQQQq", first, count, flags, *clocks, -1, zlib.crc32(ids), 0, 0, 0, 0)
        try:
            if self.files is None or self.written >= ROTATE_BYTES:
                stem = f"{node}-{incarnation}-{self.number}-{first}"
                self.files, self.written = (create(f"{stem}.ids"), create(f"{stem}.batches")), 0
            write(self.files[0], ids)
            write(self.files[1], struct.pack("<II", MAGIC, zlib.crc32(fields)) + fields)  # this commits the batch
        except OSError as error:  # who cannot write its tap answers nobody
            end(1, error)
        self.written += len(ids)
        self.minted = first + count
        return first, ids


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together
    log_message = log_error = lambda *_: None

    def do_GET(self):
        parts = urlsplit(self.path)
        if parts.path == "/ids":
            self.serve_ids(parse_qs(parts.query).get("count", ["1"])[0])
        elif parts.path == "/health":
            self.answer(200, health())
        elif parts.path == "/metrics":
            labels = f'node="{node}",incarnation="{incarnation}"'
            total = sum(lane.minted for lane in lanes)
            self.send(200, f"snowglobe_ids_minted_total{{{labels}}} {total}\n".encode(), "text/plain")
        else:
            self.answer(404, {"error": "no such page"})

    def serve_ids(self, asked):
        if not asked.isdecimal() or not 1 <= int(asked) <= 100_000:
            return self.answer(400, {"error": "count is a number from 1 to 100000"})
        if not queued.acquire(blocking=False):
            return self.answer(503, {"refused": "busy"})
        begin_self_load()
        lane = free.get()
        queued.release()
        try:
            first, ids = lane.call(int(asked))
        except Exception as error:  # pylint: disable=broad-except  # whatever the generator raised
            return self.answer(500, {"error": repr(error)})
        finally:
            free.put(lane)
        where = {"snowglobe-seq": f"{incarnation}/{lane.number}/{first}/{len(ids) // 16}"}
        if self.headers.get("Accept") == "application/octet-stream":
            return self.send(200, ids, "application/octet-stream", where)
        texts = [str(int.from_bytes(ids[at : at + 16], "little")) for at in range(0, len(ids), 16)]
        return self.answer(200, {"ids": texts}, where)

    def answer(self, status, body, headers=None):
        self.send(status, json.dumps(body).encode(), "application/json", headers)

    def send(self, status, body, kind, headers=None):
        self.send_response_only(status)
        for name, value in ({"content-type": kind, "content-length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 512


def health():
    before, wall = time.monotonic_ns(), time.time_ns()
    return {
        "protocol": 1, "status": "minting", "incarnation": incarnation, "pid": os.getpid(),
        "monotonicBeforeNs": str(before), "wallMs": wall / 1e6, "monotonicNs": str(time.monotonic_ns()),
        "minted": [str(lane.minted) for lane in lanes],
    }  # fmt: skip


def begin_self_load():
    """From the first request on each lane asks itself for its share, all of them at the same moments."""
    global self_load
    with self_load_lock:
        per_second, self_load = self_load, None
    if per_second is not None:
        for _ in range(LANES):
            threading.Thread(target=load, args=(max(1, int(float(per_second) / LANES / 20)),), daemon=True).start()


def load(count):
    while True:
        time.sleep(0.05)
        lane = free.get()
        try:
            lane.call(count)
        finally:  # what the generator raises is told, and others may have the lane
            free.put(lane)


def claim_life():
    number = 1
    while True:
        try:
            create(f"{node}-{number}.life").close()
            return number
        except FileExistsError:
            number += 1


def create(name):
    return open(os.path.join(taps, name), "xb", buffering=0)


def write(file, data):
    while data:
        data = data[file.write(data) :]


def end(code, why=None):
    if why is not None:
        print(why, file=sys.stderr, flush=True)
    os._exit(code)


def serve(mint):
    """Runs until SIGTERM. `mint` returns an ID of 128 bits, as a number; threads call it side by side."""
    for lane in range(LANES):
        lanes.append(Lane(lane, mint))
        free.put(lanes[-1])
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda *_: end(0))
    for address in os.environ["SNOWGLOBE_LISTEN"].split(","):
        _, host, port = address.split(":")  # tcp:HOST:PORT
        threading.Thread(target=Server((host, int(port)), Handler).serve_forever, daemon=True).start()
    while True:
        signal.pause()


node, taps = os.environ["SNOWGLOBE_NODE"], os.environ["SNOWGLOBE_TAPS"]
self_load, self_load_lock = os.environ.get("SNOWGLOBE_SELF_LOAD"), threading.Lock()
incarnation = claim_life()
lanes, free, queued = [], queue.SimpleQueue(), threading.BoundedSemaphore(QUEUE_MAX)
