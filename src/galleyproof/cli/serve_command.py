"""serve."""

from __future__ import annotations

import click

from galleyproof.cli.face import DONE, Face, command, say_at_once


def add_to(galley: click.Group) -> None:
    @command(galley, "serve")
    @click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
    @click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
    @click.option(
        "--workers",
        default=1,
        show_default=True,
        type=click.IntRange(0),
        help="Worker processes beside the pages; 0 where they run elsewhere.",
    )
    def serve(face: Face, host: str, port: int, workers: int) -> int:
        """Serves the pages, and works the runs, until it is told to end (Ctrl-C, SIGTERM).

        Settings for a server are in the environment: GALLEY_SECRET_KEY, GALLEY_URL (the address
        that people type), GALLEY_HOSTS (further names, with commas), GALLEY_HTTPS=1 behind a
        proxy that ends TLS, and GALLEY_PROXIES (its address, or networks, with commas): what these
        say of a request is believed, and of nobody else.

        \b
        Example: galley serve --port 8000
        """
        from galleyproof.web.serving import serve as serve_pages

        def served() -> None:
            face.say(f"the pages are at http://{host}:{port}/ (Ctrl-C ends them)")

        say_at_once()
        serve_pages(host, port, workers, served)
        return DONE
