"""What `galley serve` says is so when it says it, and is read while it goes on."""

from __future__ import annotations

import http.client
import os
import re
import select
import socket
import subprocess
import sys

GALLEY = [sys.executable, "-m", "galleyproof.cli.main"]


def test_the_pages_are_said_to_be_there_once_they_answer_and_not_before(library) -> None:
    """Standard error is a pipe here, as it is for whoever keeps a service's log."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        serve = [*GALLEY, "serve", "--workers", "0", "--port"]
        refused = subprocess.run(
            [*serve, str(port)], capture_output=True, text=True, timeout=120, check=False
        )
        assert refused.returncode == 2
        assert "cannot be had" in refused.stderr
        assert "the pages are at" not in refused.stderr
    with subprocess.Popen([*serve, str(port)], stderr=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stderr is not None
            said = serving.stderr.readline()
            assert re.match(rf"the pages are at http://127\.0\.0\.1:{port}/", said)
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            asked.request("GET", "/sign-in")
            assert asked.getresponse().status == 200
        finally:
            serving.terminate()


def test_a_worker_tells_what_it_works_while_it_goes_on(library) -> None:
    from stories import series

    library.load([series(n) for n in range(5)])
    library.set()
    library.permit()
    run = library.ask()
    worker = [*GALLEY, "worker", "--processes", "1"]
    with subprocess.Popen(worker, stderr=subprocess.PIPE, text=True, env=os.environ) as working:
        try:
            assert working.stderr is not None
            assert "waiting for runs" in working.stderr.readline()
            assert f"run {run.id}: working" in working.stderr.readline()
            assert f"run {run.id}: 5 records worked here; it is completed" in (
                working.stderr.readline()
            )
        finally:
            working.terminate()


def test_workers_of_one_command_end_with_it(library) -> None:
    from pathlib import Path

    with subprocess.Popen(
        [*GALLEY, "worker", "--processes", "2"], stderr=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stderr is not None
        for _ in range(2):
            assert "waiting for runs" in parent.stderr.readline()
        tasks = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
        children = tasks.read_text().split()
        assert len(children) == 2
        parent.terminate()
        assert parent.wait(60) == 0, parent.stderr.read()
    assert not any(Path(f"/proc/{one}").exists() for one in children)


def test_workers_end_with_a_server_that_is_killed(library) -> None:
    """SIGKILL leaves the server no moment to tell them."""
    import signal
    from pathlib import Path

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve = [*GALLEY, "serve", "--workers", "2", "--port", str(port)]
    with subprocess.Popen(serve, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stderr is not None
        said = [serving.stderr.readline() for _ in range(3)]
        assert sum("waiting for runs" in one for one in said) == 2
        children = Path(f"/proc/{serving.pid}/task/{serving.pid}/children").read_text().split()
        workers = [
            one for one in children if b"worker" in Path(f"/proc/{one}/cmdline").read_bytes()
        ]
        assert len(workers) == 2
        ends = [os.pidfd_open(int(one)) for one in workers]
        serving.send_signal(signal.SIGKILL)
        for end in ends:
            ended, _, _ = select.select([end], [], [], 60)
            os.close(end)
            assert ended, "a worker lives on"
        assert serving.stderr.read() == ""
