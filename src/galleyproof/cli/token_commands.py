"""token: what programs show instead of a password."""

from __future__ import annotations

import click

from galleyproof.cli.face import DONE, Face, command, now, out, table


def add_to(galley: click.Group) -> None:
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

    @command(token, "recover")
    @click.argument("administrator")
    @click.option(
        "--elsewhere", is_flag=True, help="The database is a service without a machine of yours."
    )
    def token_recover(face: Face, administrator: str, elsewhere: bool) -> int:
        """Lets an administrator back in who has lost their token: a new one, shown once, and those
        they had are revoked. For whoever owns the database (DATABASE_URL), at the database's own
        machine; it is in the log.

        \b
        Example: galley token recover ada
        """
        from galleyproof.people.actions.recover import recover

        done = recover(administrator, elsewhere=elsewhere, at=now())

        def told() -> None:
            numbers = ", ".join(map(str, done.revoked))
            if numbers:
                out.print(f"Revoked: {numbers}.")
            if done.others:
                out.print(
                    f"The log says that you did this; {', '.join(done.others)} could have made a "
                    "token too.",
                    markup=False,
                )
            out.print(f"Token {done.token.id}, shown this once:\n  {done.token.text}", markup=False)

        face.answer(
            {
                "token": done.token.text,
                "id": done.token.id,
                "revoked": done.revoked,
                "others": done.others,
            },
            told,
        )
        return DONE
