"""The pages behind a proxy that ends TLS, as docs/how-to/server.md has it; and connections that
bring nothing."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from galleyproof.marc.errors import Wrong
from galleyproof.web.proxies import behind, networks

GALLEY = [sys.executable, "-m", "galleyproof.cli.main"]
PASSWORD = "seven grey herons"
NAME = "galley.example.org"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(**environ: str) -> Iterator[int]:
    """The real server, as `galley serve` starts it; its port."""
    port = free_port()
    with subprocess.Popen(
        [*GALLEY, "serve", "--workers", "0", "--port", str(port)],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environ,
    ) as serving:
        try:
            assert serving.stderr is not None
            assert "the pages are at" in serving.stderr.readline()
            yield port
        finally:
            serving.terminate()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    pytest.importorskip("cryptography")
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "tls.pem", tmp_path / "tls.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


class Proxy:
    """Ends TLS and passes each request on with the headers of the documented nginx block. seen:
    the address that it says the browser has."""

    def __init__(self, files: tuple[Path, Path], to: int, seen: str):
        self.to = to
        self.seen = seen
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(*files)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = self.listening.accept()
                with contextlib.suppress(OSError), self.tls.wrap_socket(plain, True) as browser:
                    self.pass_on(browser)

    def pass_on(self, browser: ssl.SSLSocket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += browser.recv(65536)
        head, _, body = head.partition(b"\r\n\r\n")
        first, *headers = head.split(b"\r\n")
        if found := re.search(rb"(?i)\ncontent-length: (\d+)", head):
            while len(body) < int(found[1]):
                body += browser.recv(65536)
        kept = [one for one in headers if not one.lower().startswith((b"x-forwarded", b"conn"))]
        kept += [b"X-Forwarded-Proto: https", b"Connection: close"]
        kept += [f"X-Forwarded-For: {self.seen}".encode()]
        with socket.create_connection(("127.0.0.1", self.to)) as pages:
            pages.sendall(b"\r\n".join([first, *kept, b"", body]))
            while answer := pages.recv(65536):
                browser.sendall(answer)

    def close(self) -> None:
        self.listening.close()


class Browser:
    """A browser's requests through the proxy: TLS checked, cookies kept."""

    def __init__(self, proxy: Proxy, trusted: Path):
        self.proxy = proxy
        self.tls = ssl.create_default_context(cafile=trusted)
        self.cookies: dict[str, str] = {}

    def ask(
        self, method: str, address: str, sent: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, str]:
        with socket.create_connection(("127.0.0.1", self.proxy.port), timeout=60) as plain:
            asked = http.client.HTTPConnection(NAME)
            asked.sock = self.tls.wrap_socket(plain, server_hostname=NAME)
            given = {"Host": NAME, "Origin": f"https://{NAME}", **headers}
            if self.cookies:
                given["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
            if sent is not None:
                given["Content-Type"] = "application/x-www-form-urlencoded"
            asked.request(method, address, urlencode(sent) if sent else None, given)
            answer = asked.getresponse()
            text = answer.read().decode()
            for one in answer.headers.get_all("Set-Cookie", []):
                name, _, value = one.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.headers, text


def test_amy_signs_in_through_a_proxy_that_ends_tls(library, certificate) -> None:
    from galleyproof.audit.models import Entry
    from galleyproof.people.models import SignInFailure

    library.amy.person.set_password(PASSWORD)
    library.amy.person.save()
    environ = {
        "GALLEY_URL": f"https://{NAME}",
        "GALLEY_HTTPS": "1",
        "GALLEY_PROXIES": "127.0.0.1",
    }
    with served(**environ) as port:
        proxy = Proxy(certificate, port, "192.0.2.17")
        try:
            browser = Browser(proxy, certificate[0])
            status, headers, page = browser.ask("GET", "/sign-in")
            assert status == 200, headers.get("Location")
            assert "max-age" in headers["Strict-Transport-Security"]
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
            assert token
            form = {"csrfmiddlewaretoken": token[1], "name": "amy", "next": "/jobs"}
            assert browser.ask("POST", "/sign-in", form | {"password": "no"})[0] == 422
            assert SignInFailure.objects.get().address == "192.0.2.17"
            status, headers, _ = browser.ask("POST", "/sign-in", form | {"password": PASSWORD})
            assert (status, headers["Location"]) == (302, "/jobs")
            assert "Secure" in " ".join(headers.get_all("Set-Cookie"))
            assert "Amy" in browser.ask("GET", "/jobs")[2]
            assert Entry.objects.latest("number").detail["from"] == "192.0.2.17"
        finally:
            proxy.close()
        # Whoever comes past the proxy, on the same host, is led to the address with TLS.
        past = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        past.request("GET", "/jobs", headers={"Host": NAME})
        answer = past.getresponse()
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/jobs")


def test_a_server_that_is_to_believe_nobody_about_tls_does_not_start(library) -> None:
    told = subprocess.run(
        [*GALLEY, "serve", "--workers", "0", "--port", str(free_port())],
        env=os.environ | {"GALLEY_HTTPS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 2
    assert "name its address, such as GALLEY_PROXIES=127.0.0.1" in told.stderr


def test_connections_that_bring_nothing_do_not_keep_others_out(library) -> None:
    """Of hundreds that sent half a line each, one makes room for whoever asks."""
    from galleyproof.web.listening import MOST_CONNECTIONS

    with served() as port, contextlib.ExitStack() as kept:
        for _ in range(MOST_CONNECTIONS + 20):
            half = kept.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            half.sendall(b"GET /sign-in HTT")
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        asked.request("GET", "/health")
        assert asked.getresponse().read() == b"ok\n"


# ---- without a server


@pytest.mark.parametrize(
    ("near", "headers", "expected"),
    [
        ("10.0.0.1", {"FOR": "192.0.2.1", "PROTO": "https"}, ("192.0.2.1", "https")),
        ("10.0.0.1", {"FOR": "6.6.6.6, 192.0.2.1", "PROTO": "https"}, ("192.0.2.1", "https")),
        ("10.0.0.1", {"FOR": "192.0.2.1, 10.0.0.2"}, ("192.0.2.1", "http")),
        ("10.0.0.1", {"FOR": "192.0.2.1:4711"}, ("192.0.2.1", "http")),
        ("10.0.0.1", {"FOR": "[2001:db8::7]:4711"}, ("2001:db8::7", "http")),
        ("::ffff:10.0.0.1", {"FOR": "192.0.2.1"}, ("192.0.2.1", "http")),
        ("10.0.0.1", {"FOR": "nonsense"}, ("10.0.0.1", "http")),
        ("10.0.0.1", {}, ("10.0.0.1", "http")),
        ("192.0.2.66", {"FOR": "10.0.0.9", "PROTO": "https"}, ("192.0.2.66", "http")),
        ("10.0.0.1", {"PROTO": "https, http"}, ("10.0.0.1", "http")),
    ],
)
def test_only_named_proxies_are_believed(near, headers, expected) -> None:
    environ = {f"HTTP_X_FORWARDED_{name}": value for name, value in headers.items()}
    environ |= {"REMOTE_ADDR": near, "wsgi.url_scheme": "http", "HTTP_X_REAL_IP": "1.1.1.1"}
    seen: list[dict] = []
    behind(lambda given, start: seen.append(given) or [], networks("10.0.0.0/8"))(environ, None)
    assert (seen[0]["REMOTE_ADDR"], seen[0]["wsgi.url_scheme"]) == expected
    assert not [name for name in seen[0] if "FORWARDED" in name or "REAL_IP" in name]


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(Wrong, match="GALLEY_PROXIES has “proxy.local”, which is neither"):
        networks("127.0.0.1, proxy.local")


@pytest.fixture
def listening() -> Iterator[object]:
    from galleyproof.web.listening import listen

    def application(environ, start):
        environ["wsgi.input"].read()
        start("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    server = listen(application, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server
    server.task_dispatcher.shutdown()


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n", b"upload"])
def test_a_request_that_does_not_arrive_in_time_is_given_up(listening, sent) -> None:
    from galleyproof.web.listening import ARRIVE, close_overdue

    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 400000\r\n\r\n"
    sent = head + bytes(200_000) if sent == b"upload" else sent
    with socket.create_connection(("127.0.0.1", listening.effective_port), timeout=60) as slow:
        slow.sendall(sent)
        while sum(one.came for one in list(listening.active_channels.values())) < len(sent):
            time.sleep(0)
        while not listening.active_channels:
            time.sleep(0)
        close_overdue(listening, time.time(), later=ARRIVE / 2)
        listening.pull_trigger()
        (channel,) = listening.active_channels.values()
        assert not channel.will_close
        # A file that comes slowly but steadily has longer.
        given = ARRIVE + len(sent) / 10_000
        close_overdue(listening, time.time(), later=given - 5)
        assert not channel.will_close
        close_overdue(listening, time.time(), later=given + 1)
        assert channel.will_close
        listening.pull_trigger()
        assert slow.recv(100) == b""
