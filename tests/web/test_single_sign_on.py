"""Single sign-on, tried against a real provider of OpenID Connect, made here, and a real server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.cookiejar import CookieJar
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import pytest

GALLEY = [sys.executable, "-m", "galleyproof.cli.main"]


class Provider(ThreadingHTTPServer):
    """A provider whose one user says at once that it is them. claims: what it tells of them."""

    claims: dict[str, object] = {}
    challenges: dict[str, str]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.challenges = {}

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        issuer = self.server.issuer
        if asked.path == "/.well-known/openid-configuration":
            self.answer(
                {
                    "issuer": issuer,
                    "authorization_endpoint": f"{issuer}/authorize",
                    "token_endpoint": f"{issuer}/token",
                    "userinfo_endpoint": f"{issuer}/userinfo",
                    "jwks_uri": f"{issuer}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        elif asked.path == "/authorize":
            assert query["client_id"] == "galley"
            self.server.challenges["the-code"] = query["code_challenge"]
            self.send_response(302)
            onward = urlencode({"code": "the-code", "state": query["state"]})
            self.send_header("Location", f"{query['redirect_uri']}?{onward}")
            self.end_headers()
        elif asked.path == "/userinfo":
            assert self.headers["Authorization"] == "Bearer an-access-token"
            self.answer(self.server.claims)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        right = sent["code"] == ["the-code"] and sent["client_secret"] == ["a secret of two"]
        if right and proof(sent["code_verifier"][0]) == self.server.challenges.get("the-code"):
            self.answer({"access_token": "an-access-token", "token_type": "Bearer"})
        else:
            self.answer({"error": "invalid_grant"}, 400)

    def answer(self, data: object, status: int = 200) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def proof(verifier: str) -> str:
    from base64 import urlsafe_b64encode
    from hashlib import sha256

    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    made = Provider()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()


@pytest.fixture(scope="module")
def pages(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`galley serve` with single sign-on; Amy has an account there."""
    environment = {
        **os.environ,
        "GALLEY_HOME": str(tmp_path_factory.mktemp("sso")),
        "GALLEY_OIDC_ISSUER": provider.issuer,
        "GALLEY_OIDC_CLIENT_ID": "galley",
        "GALLEY_OIDC_CLIENT_SECRET": "a secret of two",
    }
    environment.pop("DATABASE_URL", None)
    for command in (
        ["init"],
        ["user", "add", "amy", "--display-name", "Amy", "--email", "amy@library.example"],
    ):
        subprocess.run([*GALLEY, *command], env=environment, check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serving = subprocess.Popen(
        [*GALLEY, "serve", "--port", str(port), "--workers", "0"],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urlopen(f"{address}/health", timeout=5)
            break
        except OSError:
            time.sleep(0.1)
    yield address
    serving.terminate()
    serving.wait(20)
    subprocess.run([*GALLEY, "stop"], env=environment, check=False, capture_output=True)


def signed_in(browser, pages: str) -> tuple[int, str, str]:
    """Begins at a page, takes the institution's way in; (status, address, text) of the end."""
    first = browser.open(f"{pages}/jobs?x=1").read().decode()
    assert "/single-sign-on/oidc/institution/login/" in first
    start = urlencode({"next": "/jobs?x=1"})
    try:
        answer = browser.open(f"{pages}/single-sign-on/oidc/institution/login/?{start}")
    except HTTPError as refused:
        return refused.code, refused.url, refused.read().decode()
    return answer.status, answer.url, answer.read().decode()


def test_amy_comes_in_by_her_institution_to_where_she_wanted(pages, provider):
    provider.claims = {
        "sub": "1",
        "email": "Amy@Library.example",
        "email_verified": True,
        "roles": ["administrator"],
        "groups": ["administrator"],
    }
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    status, address, text = signed_in(browser, pages)
    assert (status, address) == (200, f"{pages}/jobs?x=1")
    assert ">Amy</a>" in text
    asked = urlencode({"name": "amy"})
    people = browser.open(f"{pages}/administration/people?{asked}").read().decode()
    assert "administrator" not in people.split("<tbody>")[1], "roles are not the provider's"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "amy@library.example"},
        {"email": "amy@library.example", "email_verified": False},
        {"email": "stranger@library.example", "email_verified": True},
        {"preferred_username": "amy"},
    ],
)
def test_whoever_the_claims_do_not_name_for_certain_stays_outside(pages, provider, claims):
    provider.claims = {"sub": "2", **claims}
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    status, _, text = signed_in(browser, pages)
    assert status == 403
    assert "no active account here is yours" in text
