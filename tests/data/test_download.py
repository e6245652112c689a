import gzip
import socket
import threading

import pytest

from mnist.core.errors import InputError
from mnist.data import download
from mnist.data.download import DownloadError, Limits

BAD = {
    "missing": "HTTP 404 Not Found",
    "broken": "HTTP 503 Service Unavailable",
    "rude": r"^HTTP 499$",
    "reset": "Connection reset by peer",
    "cut": "the connection broke off",
}


@pytest.mark.parametrize("kind", BAD)
def test_a_failed_download_has_its_reason(kind, server):
    with pytest.raises(DownloadError, match=BAD[kind]):
        download.get(f"{server.address}/{kind}/digits.gz")


@pytest.mark.parametrize("kind", ["good", "moved", "once-broken", "once-reset"])
def test_a_good_download_is_returned(kind, server, small):
    answer = download.get(f"{server.address}/{kind}/digits.gz")
    assert gzip.decompress(answer.body) == small[1]
    assert answer.content_type == "text/html"
    assert (answer.url == f"{server.address}/good/digits.gz") == (kind in ("good", "moved"))


def test_only_what_may_be_a_moments_trouble_is_tried_again_and_once(server, impatient):
    for kind in ("broken", "reset", "cut", "missing", "silent", "slow"):
        with pytest.raises(DownloadError):
            download.get(f"{server.address}/{kind}/digits.gz")
    counts = {kind: server.kinds().count(kind) for kind in server.kinds()}
    assert counts == {"broken": 2, "reset": 2, "cut": 2, "missing": 1, "silent": 1, "slow": 1}


@pytest.mark.parametrize("kind", ["silent", "heading"])
def test_a_server_that_does_not_answer_is_given_up(kind, server, impatient):
    with pytest.raises(DownloadError, match=r"no answer within 0\.6 seconds"):
        download.get(f"{server.address}/{kind}/digits.gz")


def test_a_connection_that_nobody_accepts_is_given_up(impatient):
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        pytest.raises(DownloadError, match="no answer"),
    ):
        download.get(f"http://127.0.0.1:{listening.getsockname()[1]}/digits.gz")


def test_a_name_whose_lookup_hangs_is_given_up(impatient, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait())
    with pytest.raises(DownloadError, match="no answer"):
        download.get("http://name.invalid/digits.gz")
    answered.set()


def test_a_server_that_trickles_is_given_up(server, impatient):
    with pytest.raises(DownloadError, match=r"too slow, under 5 kB/s over 0\.3 seconds"):
        download.get(f"{server.address}/slow/digits.gz")


def test_a_server_that_falls_silent_is_given_up(server, impatient):
    with pytest.raises(DownloadError, match="too slow"):
        download.get(f"{server.address}/stuck/digits.gz")


def test_a_slow_but_steady_server_is_waited_for(server, small, monkeypatch):
    monkeypatch.setattr(download, "LIMITS", Limits(window=1))
    assert download.get(f"{server.address}/steady/digits").body == small[1]


def test_all_must_be_done_by_the_time_that_is_set(server):
    limits = Limits(until=0)
    with pytest.raises(DownloadError, match="took too long"):
        download.get(f"{server.address}/steady/digits", limits=limits)


def test_too_much_is_cut_off(server, tmp_path):
    with pytest.raises(DownloadError, match="more than 100,000 bytes"):
        download.get(f"{server.address}/endless/digits.gz", largest=100_000)
    (tmp_path / "large").write_bytes(bytes(101))
    with pytest.raises(DownloadError, match="more than 100 bytes"):
        download.get((tmp_path / "large").as_uri(), largest=100)


def test_endless_chunks_are_cut_off(server, monkeypatch):
    def endless(handler, *_):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while not handler.server.closing.is_set():
                handler.wfile.write(b"400\r\n" + bytes(1024) + b"\r\n")
        except OSError:
            pass

    monkeypatch.setattr(server.RequestHandlerClass, "answer", endless)
    with pytest.raises(DownloadError, match="more than 100,000 bytes"):
        download.get(f"{server.address}/good/digits.gz", largest=100_000)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:9/closed", "Connection refused"),
        ("ftp-but-wrong://user:s3cret@host/x", download.NO_URL),
        ("http://user:s3cret/@host/x", download.NO_URL),
        ("http://user:s3cret@[host/x", download.NO_URL),
        ("http://user:s3cret@ho st:x/x", download.NO_URL),
        ("http://user:s3cret\u20ac@127.0.0.1:9/x", download.NO_URL),
        ("http://", download.NO_URL),
    ],
)
def test_a_url_that_leads_nowhere_fails_without_its_text(url, reason):
    with pytest.raises(DownloadError, match=reason) as failure:
        download.get(url)
    assert "s3cret" not in str(failure.value)


def test_a_proxys_password_is_not_told(server):
    proxies = {"http": "http://user:s3cret@127.0.0.1:9"}
    with pytest.raises(DownloadError, match="Connection refused") as failure:
        download.get(f"{server.address}/good/digits.gz", proxies=proxies)
    assert "s3cret" not in str(failure.value)


def test_a_progress_bar_has_the_name_alone(server, capsys):
    download.get(f"{server.with_password()}/good/digits.gz", "digits.gz")
    shown = capsys.readouterr().err
    assert "digits.gz: 100%" in shown and "s3cret" not in shown and "127.0.0.1" not in shown
    download.get(f"{server.address}/good/digits.gz")
    assert capsys.readouterr().err == ""


def test_a_password_in_a_url_reaches_the_server(server):
    download.get(f"{server.with_password()}/good/digits.gz")
    assert server.authorizations == ["Basic dXNlcjpzM2NyZXQ="]


def test_a_file_is_read_and_of_a_folder_its_page(tmp_path):
    (tmp_path / "index.html").write_bytes(b"a page")
    assert download.get(f"{tmp_path.as_uri()}/").body == b"a page"
    assert download.get((tmp_path / "index.html").as_uri()).body == b"a page"
    with pytest.raises(DownloadError, match="No such file") as failure:
        download.get((tmp_path / "nothing").as_uri())
    assert failure.value.missing and isinstance(failure.value, InputError)


def test_a_bug_keeps_its_traceback(server, monkeypatch):
    monkeypatch.setattr(download, "BLOCK", "many")
    with pytest.raises(TypeError):
        download.get(f"{server.address}/good/digits.gz")


def test_the_systems_certificates_are_trusted_too(monkeypatch):
    made = []
    monkeypatch.setattr(download.ssl, "create_default_context", lambda: made.append(1))
    with pytest.raises(DownloadError):
        download.get("https://127.0.0.1:9/closed")
    assert made
