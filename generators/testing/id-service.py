"""A service of Python, as people write one: http.server, which speaks HTTP/1.0 and closes each connection."""

import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

EPOCH_MS = 1288834974657
HOST, PORT, WORKER = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
lock = threading.Lock()
last_ms, sequence = 0, 0


def next_id():
    global last_ms, sequence
    with lock:
        now = time.time_ns() // 1_000_000
        sequence = sequence + 1 if now == last_ms else 0
        last_ms = now
        return (now - EPOCH_MS) << 22 | WORKER << 12 | sequence


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"" if self.path == "/health" else str(next_id()).encode())

    def log_message(self, *_):
        pass


ThreadingHTTPServer((HOST, PORT), Handler).serve_forever()
