"""Serving the pages: waitress, and on request workers beside it, in one process group."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.wsgi import get_wsgi_application

from galleyproof.database.home import home, is_embedded
from galleyproof.marc.errors import Wrong
from galleyproof.runs.worker_processes import worker_processes
from galleyproof.web.asking import now
from galleyproof.web.listening import listen
from galleyproof.web.proxies import Network, behind, networks

CLIENTS_GONE = timedelta(days=1)


def secret_key() -> str:
    """The key that signs sessions and forms: GALLEY_SECRET_KEY, or on an embedded installation
    one of its own, made once, in a file that only its owner reads.

    Raises Wrong on a server installation without one: several hosts must have the same.
    """
    if given := os.environ.get("GALLEY_SECRET_KEY", "").strip():
        if len(given) < 32:
            raise Wrong("GALLEY_SECRET_KEY has fewer than 32 characters; make a longer one")
        return given
    if not is_embedded():
        raise Wrong(
            "set GALLEY_SECRET_KEY to a long random text, the same on every host that serves "
            "pages: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    file = home() / "secret-key"
    with contextlib.suppress(FileExistsError):
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(secrets.token_urlsafe(48))
    return file.read_text().strip()


def application() -> Any:
    """The WSGI application, with the installation's own key."""
    settings.SECRET_KEY = secret_key()
    Session.objects.filter(expire_date__lt=now() - CLIENTS_GONE).delete()
    return behind(get_wsgi_application(), proxies(os.environ))


def proxies(environ: Mapping[str, str]) -> list[Network]:
    """The proxies that are believed. Raises Wrong where TLS is ended by one that is not named."""
    named = networks(environ.get("GALLEY_PROXIES", ""))
    if environ.get("GALLEY_HTTPS") and not named:
        raise Wrong(
            "GALLEY_HTTPS says that a proxy in front of the pages ends TLS; name its address, such "
            "as GALLEY_PROXIES=127.0.0.1, so that what it says of a request is believed"
        )
    return named


def serve(host: str, port: int, workers: int, served: Callable[[], object] = lambda: None) -> None:
    """Serves until it is told to end (Ctrl-C, SIGTERM); its workers end with it.

    served: called once whoever asks is answered, and not before. Raises Wrong where the port
    cannot be had, and where the database is not set up.
    """
    app = application()
    try:
        serving = listen(app, host, port)
    except OSError as error:
        raise Wrong(
            f"port {port} on {host} cannot be had ({error.strerror}); another program may have "
            "it: take another with --port"
        ) from None
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, end)
    with working(workers):
        served()
        try:
            serving.run()
        finally:
            serving.close()


def end(*_: object) -> None:
    raise SystemExit(0)


@contextlib.contextmanager
def working(count: int) -> Iterator[None]:
    """Worker processes for as long as the pages are served."""
    with worker_processes(count) as children:
        try:
            yield
        finally:
            for child in children:
                child.terminate()
            for child in children:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(20)
