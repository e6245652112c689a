import gzip
import shutil
import socket
import ssl

import pycurl
import pytest

from helpers import run
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


def test_a_name_whose_lookup_hangs_is_given_up(monkeypatch):
    found = {}

    class Recorded(pycurl.Curl):
        def setopt(self, option, value):
            found[option] = value

    monkeypatch.setattr(pycurl, "Curl", Recorded)
    with pytest.raises(DownloadError):
        download.get("http://name.invalid/digits.gz")
    assert found[pycurl.CONNECTTIMEOUT_MS] == 10_001  # look-ups included
    assert found[download.QUICK_EXIT]  # without it the look-up is waited for all the same


def test_a_server_that_trickles_is_given_up(server, impatient):
    with pytest.raises(DownloadError, match=r"too slow, under 5 kB/s over 1 seconds"):
        download.get(f"{server.address}/slow/digits.gz")


def test_a_server_that_falls_silent_is_given_up(server, impatient):
    with pytest.raises(DownloadError, match="too slow"):
        download.get(f"{server.address}/stuck/digits.gz")


def test_a_slow_but_steady_server_is_waited_for(server, small, monkeypatch):
    monkeypatch.setattr(download, "LIMITS", Limits(answer=0.6, window=1))
    assert download.get(f"{server.address}/steady/digits").body == small[1]


def test_all_must_be_done_by_the_time_that_is_set(server):
    limits = Limits(until=0)
    with pytest.raises(DownloadError, match="took too long"):
        download.get(f"{server.address}/steady/digits", limits=limits)


def test_too_much_is_cut_off(server, tmp_path):
    with pytest.raises(DownloadError, match="more than 100,000 bytes"):
        download.get(f"{server.address}/endless/digits.gz", options={pycurl.MAXFILESIZE: 100_000})
    (tmp_path / "large").write_bytes(bytes(101))
    with pytest.raises(DownloadError, match="more than 100 bytes"):
        download.get((tmp_path / "large").as_uri(), options={pycurl.MAXFILESIZE: 100})


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
        download.get(f"{server.address}/good/digits.gz", options={pycurl.MAXFILESIZE: 100_000})


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:9/closed", "Connection refused"),
        ("ftp-but-wrong://user:s3cret@host/x", download.NO_URL),
        ("http://user:s3cret/@host/x", download.NO_URL),
        ("http://user:s3cret@[host/x", download.NO_URL),
        ("http://user:s3cret@ho st:x/x", download.NO_URL),
        ("http://user:s3cret\u20ac@127.0.0.1:9/x", "Connection refused"),
        ("http://user:s3cret@127.0.0.1:9/a folder/\udcff", "Connection refused"),
        ("http://user:s3cret@127.0.0.1\n:9/x", download.NO_URL),
        ("http://", download.NO_URL),
    ],
)
def test_a_url_that_leads_nowhere_fails_without_its_text(url, reason):
    with pytest.raises(DownloadError, match=reason) as failure:
        download.get(url)
    assert "s3cret" not in str(failure.value)


def test_a_proxys_password_is_not_told(server):
    options = {pycurl.PROXY: "http://user:s3cret@127.0.0.1:9", pycurl.NOPROXY: ""}
    with pytest.raises(DownloadError, match="Connection refused") as failure:
        download.get(f"{server.address}/good/digits.gz", options=options)
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


def test_a_bug_keeps_its_traceback(server):
    with pytest.raises(TypeError):
        download.get(f"{server.address}/good/digits.gz", options={pycurl.URL: 5})


def test_a_redirect_may_lead_to_the_web_alone(server, tmp_path, monkeypatch):
    (tmp_path / "secret").write_bytes(b"of this machine")

    def elsewhere(handler, *_):
        handler.send_response(302)
        handler.send_header("Location", (tmp_path / "secret").as_uri())
        handler.end_headers()

    monkeypatch.setattr(server.RequestHandlerClass, "answer", elsewhere)
    with pytest.raises(DownloadError, match=download.NO_URL):
        download.get(f"{server.address}/good/digits.gz")


@pytest.fixture
def encrypted(server, tmp_path):
    """Serve HTTPS, with a certificate of its own; return the address and the certificate."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["-keyout", key, "-out", certificate]
    run("openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", *made, *subject, cwd=tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return server.address.replace("http:", "https:"), certificate


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_the_systems_certificates_are_trusted_and_no_others(encrypted, small, monkeypatch):
    address, certificate = encrypted
    with pytest.raises(DownloadError, match=r"(?i)certificate"):
        download.get(f"{address}/good/digits.gz")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert gzip.decompress(download.get(f"{address}/good/digits.gz").body) == small[1]


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_certifis_certificates_are_trusted_where_the_system_has_none(encrypted, monkeypatch):
    address, certificate = encrypted
    none = ssl.get_default_verify_paths()._replace(cafile=None, capath=None)
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: none)
    monkeypatch.setattr(download.certifi, "where", lambda: str(certificate))
    assert download.get(f"{address}/good/digits.gz").body


def test_the_systems_proxy_is_used(server, monkeypatch):
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setattr(download, "getproxies", lambda: {"http": server.address})
    download.get("http://elsewhere.invalid/digits.gz")
    assert server.asked == ["http://elsewhere.invalid/digits.gz"]
