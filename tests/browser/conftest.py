"""A real browser at a real `galley serve`, on the demo's library; one of each for all tests.

The server has no worker of its own: tests start one where runs are to go on, so that nothing
depends on who is faster.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

GALLEY = [sys.executable, "-m", "galleyproof.cli.main"]
WORKS = Callable[[], AbstractContextManager[None]]


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def site_of_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of the demo's pages, and the environment of its commands."""
    if chromium() is None:
        pytest.skip("no chromium here: nothing is tried in a browser")
    home = tmp_path_factory.mktemp("browser")
    environment = {**os.environ, "GALLEY_HOME": str(home), "GALLEY_DEBUG": "1"}
    environment.pop("DATABASE_URL", None)
    demo = subprocess.run(
        [*GALLEY, "demo", "--records", "600"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert demo.returncode == 0, demo.stdout + demo.stderr
    environment["GALLEY_HOME"] = str(home / "demo")
    subprocess.run(
        [*GALLEY, "unit", "liaison", "carol", "HKS"],
        env=environment,
        check=True,
        capture_output=True,
    )
    # Administrators of the demo have no password of their own.
    subprocess.run(
        [*GALLEY, "user", "password", "root", "--stdin"],
        env=environment,
        check=True,
        capture_output=True,
        input=b"root-of-the-demo\n",
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serving = subprocess.Popen(
        [*GALLEY, "serve", "--port", str(port), "--workers", "0"],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    until_it_answers(address)
    yield address, environment
    serving.terminate()
    serving.wait(20)
    subprocess.run([*GALLEY, "stop"], env=environment, check=False, capture_output=True)
    shutil.rmtree(home, ignore_errors=True)


def until_it_answers(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/health", timeout=5)
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the pages did not come up")


@pytest.fixture(scope="session")
def working(site_of_demo) -> WORKS:
    """A worker for as long as it is wanted."""
    _, environment = site_of_demo

    @contextmanager
    def work() -> Iterator[None]:
        worker = subprocess.Popen([*GALLEY, "worker"], env=environment, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(20)

    return work


@pytest.fixture(scope="module")
def browser(site_of_demo):
    """For one module's tests: Playwright keeps a loop in this thread for as long as it runs, in
    which Django would refuse every other test its database."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield started
        started.close()


@pytest.fixture
def as_person(site_of_demo, browser):
    """Opens a page as somebody of the demo: a browser of their own, signed in; what the browser
    complains of fails the test."""
    address, _ = site_of_demo
    opened, complaints = [], []

    def open_page(name: str, **settings):
        context = browser.new_context(base_url=address, **settings)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
        )
        opened.append(context)
        sign_in(page, name)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert not complaints


def sign_in(page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(f"{name}-of-the-demo")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Good day").wait_for()
