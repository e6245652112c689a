"""A server on this machine that serves one small file, well or badly, and pip's settings set aside.

The first part of a path says how: http://127.0.0.1:PORT/slow/digits.gz is served slowly.
"""

import gzip
import hashlib
import http.server
import os
import socket
import struct
import threading

import pytest

from mnist.data import download, package_index

GOOD = b"the canonical bytes " * 1000
PACKED = gzip.compress(GOOD, mtime=0)
BODIES = {
    "empty": b"",
    "short": PACKED[:-9],
    "long": gzip.compress(GOOD + b"x"),
    "endless": GOOD * 100,
    "page": b"\n<!DOCTYPE html><p>Please log in",
    "other": gzip.compress(GOOD[:-1] + b"x"),
    "torn": PACKED[:20] + b"\xff" * 20 + PACKED[40:],
    "bomb": gzip.compress(bytes(1_000_000)),
    "plain": GOOD,
}


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves what is in server.files, and else the small file in the way that the path names."""

    def do_GET(self):
        kind = self.path.split("/")[1]
        again = kind in self.server.kinds()
        self.server.asked.append(self.path)
        self.server.authorizations.append(self.headers["Authorization"])
        if self.path in self.server.files:
            return self.answer(*self.server.files[self.path])
        if kind == "missing" or (kind == "plain" and self.path.endswith(".gz")):
            return self.send_error(404)
        if kind == "broken" or (kind == "once-broken" and not again):
            return self.send_error(503)
        if kind == "rude":
            return self.send_error(499, "\x1b[31mred\x07 http://user:s3cret@host")
        if kind == "reset" or (kind == "once-reset" and not again):
            linger = struct.pack("ii", 1, 0)  # closed with a reset, not with an end
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            for file in (self.rfile, self.wfile, self.connection):
                file.close()
            return None
        if kind == "moved":
            self.send_response(302)
            self.send_header("Location", "/good/digits.gz")
            return self.end_headers()
        if kind == "silent":
            return self.server.closing.wait()
        if kind == "stuck":
            self.answer(PACKED[:20], "text/html", 10**6)
            return self.server.closing.wait()
        body = BODIES.get(kind, PACKED)
        if kind == "heading":  # headers that do not end
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            return self.drip(b"x" * 100_000, 0.02)
        if kind == "slow":
            return self.drip(b"HTTP/1.1 200 OK\r\n\r\n" + GOOD, 0.02, at_once=40)
        if kind == "steady":
            return self.drip(b"HTTP/1.1 200 OK\r\n\r\n" + GOOD, 0.1, at_once=19 + 1_000)
        self.answer(body, "text/html", len(body) + 100 * (kind == "cut"))

    def answer(self, body, content_type, size=None):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) if size is None else size))
        self.send_header("Content-Type", content_type)
        self.end_headers()
        self.wfile.write(body)

    def drip(self, data, pause, at_once=1):
        """Send data a little at a time, until the one who asked is gone."""
        try:
            for start in range(0, len(data), at_once):
                self.wfile.write(data[start : start + at_once])
                if self.server.closing.wait(pause):
                    return
        except OSError:
            pass

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Keeps what it was asked for, and with which passwords; files may be added by their path."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.authorizations, self.files = [], [], {}
        self.closing = threading.Event()
        self.address = f"http://127.0.0.1:{self.server_port}"

    def kinds(self):
        return [path.split("/")[1] for path in self.asked]

    def with_password(self):
        return self.address.replace("://", "://user:s3cret@")

    def handle_error(self, *_):
        pass  # whoever asked has given up


@pytest.fixture
def server():
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=[0.01], daemon=True).start()
        yield running
        running.closing.set()
        running.shutdown()


@pytest.fixture
def impatient(monkeypatch):
    """Give up after a second what is given up after many seconds."""
    monkeypatch.setattr(download, "LIMITS", download.Limits(answer=0.6, window=1))


@pytest.fixture
def small():
    """Return {name: SHA-256} of the small file and its content."""
    return {"digits": hashlib.sha256(GOOD).hexdigest()}, GOOD


@pytest.fixture
def pip(tmp_path, monkeypatch):
    """Return a configuration file of pip's, empty yet; this user's settings do not count."""
    for key in [key for key in os.environ if key.startswith("PIP_")]:
        monkeypatch.delenv(key)
    configuration = tmp_path / "pip.conf"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    package_index.configured.cache_clear()
    yield configuration
    package_index.configured.cache_clear()
