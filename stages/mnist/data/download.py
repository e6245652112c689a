"""Downloads that end: by what was asked for, or by a reason, and never by waiting on.

The request runs in a thread of its own. That alone bounds the look-up of a name, a connection that
hangs and a header that trickles; a socket's timeout bounds none of them.
"""

import http.client
import math
import ssl
import threading
import time
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import requests
from requests.adapters import HTTPAdapter
from tqdm import tqdm
from urllib3.exceptions import HTTPError

from mnist.core import text
from mnist.core.errors import InputError

LARGEST = 50_000_000  # bytes; the largest file, 60,000 images uncompressed, has 47,040,016
BLOCK = 1 << 16  # bytes read at once
PAUSE = 0.05  # seconds between two looks at what has come
NO_URL = "no URL that can be downloaded from"
TOO_LARGE = "more than {:,} bytes, so it is another file"
LONGEST_REASON = 200  # characters
MOMENTARY = (ConnectionResetError, ConnectionAbortedError, http.client.IncompleteRead)


class DownloadError(InputError):
    """A download that failed: missing where there is no such file; momentary if worth a retry."""

    def __init__(self, reason: str, missing: bool = False, momentary: bool = False):
        super().__init__(reason)
        self.missing, self.momentary = missing, momentary


@dataclass(frozen=True)
class Limits:
    """How long a download may take.

    answer: seconds until a server has answered, all redirects included.
    rate, window: fewer bytes per second than rate, over a window of that many seconds, end it.
    retries: how often what may have been a moment's trouble is tried again.
    until: the time.monotonic() by which all must be done.
    """

    answer: float = 10
    rate: float = 5000
    window: float = 15
    retries: int = 1
    until: float = math.inf


LIMITS = Limits()


@dataclass(frozen=True)
class Answer:
    """What a URL serves: the address after redirects, the Content-Type header or "", the bytes."""

    url: str
    content_type: str
    body: bytes


@dataclass
class _Transfer:
    """What the thread of a request has received so far; size is as announced, or None."""

    response: requests.Response | None = None
    size: int | None = None
    body: bytearray = field(default_factory=bytearray)
    error: Exception | None = None
    wanted: bool = True


class _Adapter(HTTPAdapter):
    """Trusts the certificates that the system trusts, beside those that requests brings."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, ssl_context=ssl.create_default_context(), **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=ssl.create_default_context(), **options)


def read(url: str, largest: int) -> Answer:
    """Return the file of a file: URL, of a folder its index.html; raise DownloadError."""
    path = Path(url2pathname(urlsplit(url).path))
    try:
        with (path / "index.html" if path.is_dir() else path).open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        raise DownloadError(error.strerror, isinstance(error, FileNotFoundError)) from error
    if len(data) > largest:
        raise DownloadError(TOO_LARGE.format(largest))
    return Answer(url, "", data)


def get(
    url: str, name: str = "", limits: Limits | None = None, largest: int = LARGEST, **options: Any
) -> Answer:
    """Return what a URL serves (http, https or file), with a progress bar where it has a name.

    Options are those of requests.get, such as proxies and verify. Raises DownloadError with the
    reason, which holds nothing of the URL: that may hold a password.
    """
    if url.startswith("file:"):
        return read(url, largest)
    limits, transfer = limits or LIMITS, _Transfer()
    headers = {"Accept-Encoding": "identity", **options.get("headers", {})}
    patience = limits.answer + limits.window  # longer than is waited here: it ends the thread
    asked = {"stream": True, "timeout": patience, **options, "headers": headers}
    thread = threading.Thread(target=_receive, args=(url, asked, transfer), daemon=True)
    thread.start()
    try:
        _wait(thread, transfer, name, limits, largest)
    except DownloadError as error:
        if not (error.momentary and limits.retries):
            raise
        limits = replace(limits, retries=limits.retries - 1)
        return get(url, name, limits, largest, **options)
    finally:
        transfer.wanted = False
    response = transfer.response
    return Answer(response.url, response.headers.get("Content-Type", ""), bytes(transfer.body))


def _receive(url: str, options: dict[str, Any], transfer: _Transfer) -> None:
    """Receive what a URL serves, as long as it is wanted; keep the exception, if any."""
    try:
        with requests.Session() as session:
            session.mount("https://", _Adapter())
            with session.get(url, **options) as response:
                transfer.size, transfer.response = response.raw.length_remaining, response
                block = b"any"
                while block and response.ok and transfer.wanted:
                    # read1 returns what has come so far, where read waits for a whole block.
                    block = response.raw.read1(BLOCK, decode_content=False) or b""
                    transfer.body += block
    except Exception as error:  # raised again where it is waited for
        transfer.error = error


def _wait(
    thread: threading.Thread, transfer: _Transfer, name: str, limits: Limits, largest: int
) -> None:
    """Wait until a thread has received all; raise DownloadError where that fails or takes long."""
    began, marks = time.monotonic(), deque()  # when how much had come, since there is an answer
    with tqdm(desc=name, unit="B", unit_scale=True, disable=not name) as bar:
        while thread.is_alive():
            thread.join(PAUSE)
            now, had = time.monotonic(), len(transfer.body)
            if now >= limits.until:
                raise DownloadError("took too long")
            if transfer.response:
                marks.append((now, had))
                bar.total = transfer.size
                bar.update(had - bar.n)
            elif transfer.response is None and now >= began + limits.answer:
                raise DownloadError(f"no answer within {limits.answer:g} seconds")
            if max(had, transfer.size or 0) > largest:
                raise DownloadError(TOO_LARGE.format(largest))
            while marks and marks[0][0] < now - limits.window:
                if had - marks.popleft()[1] < limits.rate * limits.window:
                    pace = f"{limits.rate / 1000:g} kB/s over {limits.window:g} seconds"
                    raise DownloadError(f"too slow, under {pace}")
    if transfer.error:
        raise _failure(transfer.error) from transfer.error
    status = transfer.response.status_code
    if status >= 400:
        reason = f"HTTP {status} {http.client.responses.get(status, '')}".strip()
        raise DownloadError(reason, missing=status == 404, momentary=status >= 500)


def _failure(error: Exception) -> DownloadError:
    """Return what a request's exception means; raise it again where it is a bug.

    The innermost cause is told, since requests' own texts hold the URL and whatever it carries.
    """
    if not isinstance(error, (OSError, UnicodeError, http.client.HTTPException, HTTPError)):
        raise error
    if isinstance(error, ValueError):
        return DownloadError(NO_URL)
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__
    broken = isinstance(error, http.client.IncompleteRead) and "the connection broke off"
    reason = broken or getattr(error, "strerror", None) or str(error) or type(error).__name__
    return DownloadError(text.line(reason)[:LONGEST_REASON], momentary=isinstance(error, MOMENTARY))
