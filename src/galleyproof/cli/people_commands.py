"""user, token."""

from __future__ import annotations

import sys

import click

from galleyproof.cli.face import DONE, Face, command, now, out, table


def add_to(galley: click.Group) -> None:
    user = click.Group("user", help="People and their accounts.")
    galley.add_command(user)

    @command(user, "add")
    @click.argument("name")
    @click.option("--unit", default="", help="The unit, e.g. ITS or ITS-LANGDELL.")
    @click.option(
        "--role",
        "roles",
        multiple=True,
        default=("staff",),
        show_default=True,
        help="staff, liaison, systems-librarian, support, auditor, administrator.",
    )
    @click.option("--display-name", default="", help="As shown on reports.")
    @click.option("--email", default="")
    def user_add(
        face: Face, name: str, unit: str, roles: tuple[str, ...], display_name: str, email: str
    ) -> int:
        """Adds a person (administrators). What they may run follows from permits, never from a
        role.

        \b
        Example: galley user add amy --unit ITS
        """
        from galleyproof.people.actions.add_person import add_person

        made = add_person(
            face.who,
            name,
            unit=unit,
            roles=list(roles),
            display_name=display_name,
            email=email,
            at=now(),
        )
        face.answer(
            {"person": made.username, "unit": unit or None, "roles": list(made.roles)},
            lambda: out.print(
                f"{made.display_name} ({made.username}) added" + (f", {unit}" if unit else ""),
                markup=False,
            ),
        )
        return DONE

    @command(user, "list")
    def user_list(face: Face) -> int:
        """All people.

        \b
        Example: galley user list
        """
        from galleyproof.people.listing import listing

        people = listing()
        rows = [
            (
                one.username,
                one.display_name,
                ", ".join(u.code for u in one.units.all()),
                ", ".join(one.roles),
            )
            for one in people
        ]
        face.answer(
            {
                "people": [
                    dict(zip(("person", "name", "units", "roles"), row, strict=True))
                    for row in rows
                ]
            },
            lambda: table(["person", "name", "units", "roles"], rows),
        )
        return DONE

    @command(user, "password")
    @click.argument("name")
    @click.option("--stdin", "piped", is_flag=True, help="Read it from standard input.")
    def user_password(face: Face, name: str, piped: bool) -> int:
        """Sets the password that a person signs in to the pages with: one's own, or as an
        administrator anybody's. Without --stdin one is made up and shown once.

        \b
        Example: galley user password amy
        """
        from galleyproof.people.actions.passwords import new_password, set_password
        from galleyproof.people.finding import person_named

        person = person_named(name)
        password = sys.stdin.readline().rstrip("\n") if piped else new_password()
        set_password(face.who, person, password, at=now())
        face.answer(
            {"person": person.username, "password": None if piped else password},
            lambda: out.print(
                f"The password of {person.display_name} is set."
                if piped
                else f"Password of {person.display_name}, shown this once:\n  {password}",
                markup=False,
            ),
        )
        return DONE

    token = click.Group("token", help="Tokens, for GALLEY_TOKEN.")
    galley.add_command(token)

    @command(token, "add")
    @click.argument("person", required=False)
    @click.option("--label", default="", help="What it is for.")
    def token_add(face: Face, person: str | None, label: str) -> int:
        """Makes a token for yourself (or, as an administrator, for somebody); shown once.

        \b
        Example: galley token add --label "nightly script"
        """
        from galleyproof.people.actions.tokens import add_token

        made = add_token(face.who, person, label=label, at=now())
        face.answer(
            {"token": made.text, "id": made.id},
            lambda: out.print(f"Token {made.id}, shown this once:\n  {made.text}", markup=False),
        )
        return DONE

    @command(token, "list")
    def token_list(face: Face) -> int:
        """Your tokens (administrators: everybody's), without the tokens themselves.

        \b
        Example: galley token list
        """
        from galleyproof.people.actions.tokens import list_tokens

        found = list_tokens(face.who)
        rows = [
            (str(one.id), one.person.username, one.label, one.created, one.revoked_at)
            for one in found
        ]
        face.answer(
            {
                "tokens": [
                    dict(zip(("id", "person", "label", "created", "revoked"), row, strict=True))
                    for row in rows
                ]
            },
            lambda: table(["id", "person", "label", "created", "revoked"], rows),
        )
        return DONE

    @command(token, "revoke")
    @click.argument("id", type=int)
    def token_revoke(face: Face, id: int) -> int:
        """Revokes a token at once.

        \b
        Example: galley token revoke 3
        """
        from galleyproof.people.actions.tokens import revoke_token

        revoke_token(face.who, id, at=now())
        face.answer({"revoked": id}, lambda: out.print(f"Token {id} is revoked."))
        return DONE
