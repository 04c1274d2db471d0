"""Pictures of the main pages, of a demo made for them: `make pictures`."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

GALLEY = [sys.executable, "-m", "galleyproof.cli.main"]
OUT = Path(__file__).parent / "pictures"
RULES = Path(__file__).parents[1] / "examples" / "rules" / "series.rules"
JOB = "set-830-second-indicator"
PICTURES: dict[str, tuple[str, str, dict[str, object]]] = {
    "home": ("amy", "/", {}),
    "jobs": ("amy", "/jobs", {}),
    "run-a-job": ("amy", f"/jobs/{JOB}/sandbox?set=series", {}),
    "plan": ("amy", "/runs/3", {}),
    "confirm": ("amy", "/runs/9/confirm", {}),
    "report": ("amy", "/runs/10", {}),
    "report-dark": ("amy", "/runs/10", {"color_scheme": "dark"}),
    "plan-narrow": ("amy", "/runs/3", {"viewport": {"width": 360, "height": 740}}),
    "undo-preview": ("amy", "/runs/6", {}),
    "runs": ("bob", "/runs", {}),
    "record": ("amy", "/records/bib/13?environment=sandbox&from=2&to=4", {}),
    "set": ("amy", "/sets/1", {}),
    "ticket": ("bob", "/tickets/1", {}),
    "review": ("bob", "/tickets/1/review", {}),
    "matrix": ("eve", "/matrix?environment=sandbox", {}),
    "rules": ("bob", "/rules/series/edit", {}),
    "log": ("eve", "/audit?person=amy", {}),
    "people": ("bob", "/administration/people", {}),
    "administration": ("root", "/administration", {}),
    "environment": ("root", "/administration/environments/sandbox", {}),
    "schedules": ("carol", "/schedules", {}),
}
"""Name -> who looks, at what, and how the browser is set."""


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="galley-pictures-"))
    environment = {**os.environ, "GALLEY_HOME": str(home)}
    try:
        subprocess.run([*GALLEY, "demo"], env=environment, check=True, stdout=subprocess.DEVNULL)
        environment["GALLEY_HOME"] = str(home / "demo")
        rules = [*GALLEY, "rules", "add", "series", str(RULES), "--share", "--as", "bob"]
        subprocess.run(rules, env=environment, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(
            [*GALLEY, "user", "password", "root", "--stdin"],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
            input=b"root-of-the-demo\n",
        )
        weekly = ["--cron", "0 2 * * 1,4", "--environment", "sandbox", "--set", "series"]
        for command in (
            ["permit", "issue", "carol", JOB, "--scheduling", "--as", "bob"],
            ["schedule", "add", JOB, *weekly, "--note", "weekly", "--as", "carol"],
        ):
            subprocess.run(
                [*GALLEY, *command], env=environment, check=True, stdout=subprocess.DEVNULL
            )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        serving = subprocess.Popen([*GALLEY, "serve", "--port", str(port)], env=environment)
        try:
            take(f"http://127.0.0.1:{port}")
        finally:
            serving.terminate()
            serving.wait(20)
            subprocess.run([*GALLEY, "stop"], env=environment, check=False)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def take(address: str) -> None:
    while True:
        try:
            urllib.request.urlopen(f"{address}/health", timeout=5)
            break
        except OSError:
            time.sleep(0.2)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        signed: dict[str, Any] = {}
        for name, (who, page_address, settings) in PICTURES.items():
            context = browser.new_context(
                base_url=address,
                storage_state=signed.get(who),
                **{"viewport": {"width": 1120, "height": 760}, **settings},
            )
            page = context.new_page()
            if who not in signed:
                sign_in(page, who)
                signed[who] = context.storage_state()
            page.goto(page_address)
            page.wait_for_timeout(400)
            page.screenshot(path=OUT / f"{name}.png")
            context.close()
        browser.close()


def sign_in(page: Page, who: str) -> None:
    password = f"{who}-of-the-demo"
    page.goto("/sign-in")
    page.get_by_label("User name").fill(who)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Good day").wait_for()


if __name__ == "__main__":
    main()
