"""Requests to addresses that people typed never reach the inside of the network, and always end."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mobility.outgoing import OutgoingError, OutgoingRefused, check_url, is_public, read_hosts, send


class Sink(BaseHTTPRequestHandler):
    """Answers as its path says, and keeps what it was sent."""

    seen: list[tuple[str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.path, self.headers["Host"], body))  # type: ignore[attr-defined]
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/here")
        else:
            self.send_response(200)
        size = 200_000 if self.path == "/large" else 2
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(b"o" * size)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def sink() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    server.seen = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@contextmanager
def dripping(piece: bytes) -> Iterator[int]:
    """A server that sends `piece` again and again and never comes to an end; its port."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as door:

        def drip() -> None:
            wire, _from = door.accept()
            with wire:
                wire.recv(1000)
                wire.sendall(b"HTTP/1.1 200 OK\r\n")
                while not ended.wait(0.02):
                    try:
                        wire.sendall(piece)
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield door.getsockname()[1]
        ended.set()
        thread.join(5)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://city.example/hook", "scheme"),
        ("ftp://city.example/hook", "scheme"),
        ("file:///etc/passwd", "url"),
        ("https://user:word@city.example/", "url"),
        ("https://city.example/#part", "url"),
        ("https://city.example:99999/", "url"),
        ("https://city.example/a b", "url"),
        ("https://city.example/\r\nX-Other: 1", "url"),
        ("https://città.example/", "url"),
        ("https://city.example/" + "a" * 2000, "url"),
        ("https:///hook", "url"),
        ("", "url"),
    ],
)
def test_only_plain_https_addresses_are_taken(url: str, code: str) -> None:
    with pytest.raises(OutgoingRefused) as refusal:
        check_url(url)
    assert refusal.value.code == code


def test_hosts_named_by_the_operator_may_speak_http_on_the_port_named() -> None:
    hosts = read_hosts(" Sink.lan , localhost:8025,")
    assert hosts == {"sink.lan", "localhost:8025"}
    assert check_url("http://sink.lan/x?y=1", hosts=hosts).path == "/x?y=1"
    assert check_url("http://localhost:8025/", hosts=hosts).listed
    with pytest.raises(OutgoingRefused):
        check_url("http://localhost:8026/", hosts=hosts)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::",
    ],
)  # fmt: skip
def test_an_address_inside_is_never_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_outside_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1"])
def test_every_way_to_write_this_machine_is_refused(host: str) -> None:
    with pytest.raises(OutgoingRefused) as refusal:
        send("POST", f"https://{host}/hook", body=b"{}")
    assert refusal.value.code == "address"


def test_a_name_with_one_inner_address_among_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", ("8.8.8.8", 443)), (0, 0, 0, "", ("10.0.0.7", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(OutgoingRefused):
        send("POST", "https://two.example/", body=b"")


def test_a_name_is_resolved_once_and_keeps_its_address(
    monkeypatch: pytest.MonkeyPatch, sink: ThreadingHTTPServer
) -> None:
    port, asked = sink.server_address[1], []
    real = socket.getaddrinfo

    def once(host: str, *rest: object, **named: object) -> object:
        if host == "hook.lan":
            asked.append(host)
            return real("127.0.0.1", port, type=socket.SOCK_STREAM)
        assert host == "127.0.0.1"
        return real(host, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", once)
    answer = send("POST", f"http://hook.lan:{port}/a?b=1", body=b"text", hosts={"hook.lan"})
    assert (answer.status, answer.body, answer.accepted) == (200, b"oo", True)
    assert asked == ["hook.lan"]
    assert sink.seen == [("/a?b=1", f"hook.lan:{port}", b"text")]  # type: ignore[attr-defined]


def test_a_redirect_is_an_answer_and_is_not_followed(sink: ThreadingHTTPServer) -> None:
    port = sink.server_address[1]
    answer = send("POST", f"http://127.0.0.1:{port}/away", body=b"", hosts={"127.0.0.1"})
    assert (answer.status, answer.accepted) == (302, False)
    assert [path for path, *_ in sink.seen] == ["/away"]  # type: ignore[attr-defined]


def test_a_large_answer_is_not_read_to_its_end(sink: ThreadingHTTPServer) -> None:
    with pytest.raises(OutgoingError) as fault:
        send("POST", f"http://127.0.0.1:{sink.server_address[1]}/large", body=b"", hosts={"127.0.0.1"})
    assert fault.value.code == "size"


@pytest.mark.parametrize("piece", [b"X-More: 1\r\n", b"X", b"\r\n."], ids=["headers", "line", "body"])
def test_an_answer_that_trickles_is_left_at_the_deadline(piece: bytes) -> None:
    with dripping(piece) as port, pytest.raises(OutgoingError) as fault:
        send("POST", f"http://127.0.0.1:{port}/", body=b"", hosts={"127.0.0.1"}, timeout=0.5)
    assert fault.value.code in ("timeout", "connection")


def certificate(name: str, folder: Path) -> Path:
    """A certificate for a name that nobody has signed but itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    coded = serialization.Encoding.PEM
    secret = key.private_bytes(coded, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(coded))
    return path


def test_the_certificate_must_be_that_of_the_name_not_of_the_address(
    monkeypatch: pytest.MonkeyPatch, sink: ThreadingHTTPServer, tmp_path: Path
) -> None:
    both = certificate("hook.example", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    sink.socket = context.wrap_socket(sink.socket, server_side=True)
    port, real = sink.server_address[1], socket.getaddrinfo
    monkeypatch.setenv("SSL_CERT_FILE", str(both))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: real("127.0.0.1", port, type=1))
    hosts = {"hook.example", "other.example"}
    assert send("POST", f"https://hook.example:{port}/a", body=b"", hosts=hosts).accepted
    with pytest.raises(OutgoingError) as fault:
        send("POST", f"https://other.example:{port}/b", body=b"", hosts=hosts)
    assert fault.value.code == "tls"
    assert [path for path, *_ in sink.seen] == ["/a"]  # type: ignore[attr-defined]


def test_nobody_at_home_and_a_peer_without_tls_are_told_apart(sink: ThreadingHTTPServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    hosts = {"127.0.0.1"}
    for url, code in (
        (f"http://127.0.0.1:{port}/", "connection"),
        (f"https://127.0.0.1:{sink.server_address[1]}/", "tls"),
        ("https://nobody.invalid/", "unresolved"),
    ):
        with pytest.raises(OutgoingError) as fault:
            send("POST", url, body=b"", hosts=hosts)
        assert fault.value.code == code
