"""Downloads that end: by what was asked for, or by a reason, and never by waiting on."""

import io
import os
import ssl
import string
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.client import responses
from urllib.parse import quote
from urllib.request import getproxies

import certifi
import pycurl
from tqdm import tqdm

from mnist.core import text
from mnist.core.errors import InputError

Options = Mapping[int, object]  # of libcurl: their values

LARGEST = 50_000_000  # bytes; the largest file, 60,000 images uncompressed, has 47,040,016
NO_URL = "no URL that can be downloaded from"
TOO_LARGE = "more than {:,} bytes, so it is another file"
QUICK_EXIT = 322  # of curl.h, unnamed in pycurl: a look-up that was given up is not waited for
WEB = pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS
REASONS = {  # libcurl's own where these say nothing else
    pycurl.E_URL_MALFORMAT: NO_URL,
    pycurl.E_UNSUPPORTED_PROTOCOL: NO_URL,
    pycurl.E_COULDNT_RESOLVE_HOST: "its name is not known",
    pycurl.E_FILE_COULDNT_READ_FILE: "No such file, or none that can be read",
    pycurl.E_PARTIAL_FILE: "the connection broke off",
}
BROKEN = (  # a moment later the same connection may hold
    *(pycurl.E_RECV_ERROR, pycurl.E_SEND_ERROR, pycurl.E_GOT_NOTHING),
    *(pycurl.E_PARTIAL_FILE, pycurl.E_HTTP2),
)


class DownloadError(InputError):
    """A download that failed: missing where there is no such file; momentary if worth a retry."""

    def __init__(self, reason: str, missing: bool, momentary: bool):
        super().__init__(reason)
        self.missing, self.momentary = missing, momentary


@dataclass(frozen=True)
class Limits:
    """How long a download may take.

    answer: seconds until the first byte of what was asked for, all redirects included.
    rate, window: fewer bytes per second than rate, for that many seconds, end it.
    retries: how often what may have been a moment's trouble is tried again.
    until: the time.monotonic() by which all must be done.
    """

    answer: float = 10
    rate: int = 5000
    window: int = 15
    retries: int = 1
    until: float = float("inf")


LIMITS = Limits()


@dataclass(frozen=True)
class Answer:
    """What a URL serves: the address after redirects, the Content-Type header or "", the bytes."""

    url: str
    content_type: str
    body: bytes


def get(
    url: str, name: str = "", limits: Limits | None = None, options: Options | None = None
) -> Answer:
    """Return what a URL serves (http, https or file), with a progress bar where it has a name.

    Of a folder that is its index.html. Options are libcurl's. Raises DownloadError with the reason,
    which holds nothing of the URL: that may hold a password.
    """
    limits, trusted = limits or LIMITS, ssl.get_default_verify_paths()
    patience = max(0, min(limits.answer, limits.until - time.monotonic()))
    page = "index.html" if url.startswith("file:") and url.endswith("/") else ""
    settings = {
        pycurl.URL: quote(url + page, safe=string.punctuation, errors="surrogateescape"),
        pycurl.PROTOCOLS: WEB | pycurl.PROTO_FILE,
        pycurl.REDIR_PROTOCOLS: WEB,
        pycurl.FOLLOWLOCATION: True,
        pycurl.FAILONERROR: True,
        pycurl.NETRC: pycurl.NETRC_OPTIONAL,
        pycurl.PROXY: getproxies().get(url.partition(":")[0]),
        pycurl.CAINFO: trusted.cafile or certifi.where(),
        pycurl.CAPATH: trusted.capath,
        pycurl.CONNECTTIMEOUT_MS: 1 + int(1000 * patience),  # 0 would be libcurl's default
        pycurl.LOW_SPEED_LIMIT: limits.rate,
        pycurl.LOW_SPEED_TIME: limits.window,
        pycurl.MAXFILESIZE: LARGEST,
        QUICK_EXIT: True,
        **(options or {}),
    }
    try:
        return _transfer(settings, name, limits)
    except DownloadError as error:
        if not (error.momentary and limits.retries):
            raise
    return get(url, name, replace(limits, retries=limits.retries - 1), options)


def _transfer(settings: Options, name: str, limits: Limits) -> Answer:
    """Return what libcurl brings with these settings; raise DownloadError."""
    body, began = io.BytesIO(), time.monotonic()
    bar = tqdm(desc=name, unit="B", unit_scale=True, disable=not name)

    def late(total: int, received: int, *_: int) -> bool:
        """Move the bar; return whether to give up. Called every second once there is a host."""
        bar.total = total or None
        bar.update(received - bar.n)
        now = time.monotonic()
        return now >= limits.until or (now >= began + limits.answer and not body.tell())

    with bar, pycurl.Curl() as curl:
        for option, value in settings.items():
            curl.setopt(option, value)
        curl.setopt(pycurl.WRITEDATA, body)
        curl.setopt(pycurl.XFERINFOFUNCTION, late)
        curl.setopt(pycurl.NOPROGRESS, False)
        try:
            curl.perform()
        except pycurl.error as error:
            code, message = error.args
            status = curl.getinfo(pycurl.RESPONSE_CODE)
            number = curl.getinfo(pycurl.OS_ERRNO)
            lateness = _lateness(limits, bool(body.tell()))
            reasons = {
                **REASONS,
                pycurl.E_OPERATION_TIMEDOUT: lateness,
                pycurl.E_ABORTED_BY_CALLBACK: lateness,
                pycurl.E_HTTP_RETURNED_ERROR: f"HTTP {status} {responses.get(status, '')}".strip(),
                pycurl.E_FILESIZE_EXCEEDED: TOO_LARGE.format(settings[pycurl.MAXFILESIZE]),
                pycurl.E_COULDNT_CONNECT: os.strerror(number) if number else message,
            }
            missing = status == 404 or code == pycurl.E_FILE_COULDNT_READ_FILE
            momentary = status >= 500 or code in BROKEN
            reason = text.line(reasons.get(code, message))
            raise DownloadError(reason, missing, momentary) from error
        kind = curl.getinfo_raw(pycurl.CONTENT_TYPE) or b""
        address = curl.getinfo(pycurl.EFFECTIVE_URL)
    return Answer(address, kind.decode(errors="replace"), body.getvalue())


def _lateness(limits: Limits, answered: bool) -> str:
    """Return which of the limits a download has exceeded."""
    if time.monotonic() >= limits.until:
        return "took too long"
    if not answered:
        return f"no answer within {limits.answer:g} seconds"
    return f"too slow, under {limits.rate / 1000:g} kB/s over {limits.window} seconds"
