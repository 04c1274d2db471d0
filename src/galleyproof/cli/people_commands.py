"""user: people and their accounts."""

from __future__ import annotations

import sys
from typing import Any

import click

from galleyproof.cli.face import DONE, Face, command, now, out, table
from galleyproof.marc.errors import Wrong


def add_to(galley: click.Group) -> None:
    user = click.Group("user", help="People and their accounts.")
    galley.add_command(user)
    add_password(user)
    add_vouch(user)

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
    @click.option("--unit", default="", help="Only the people of this unit.")
    @click.option("--role", default="", help="Only those with this role.")
    def user_list(face: Face, unit: str, role: str) -> int:
        """All people.

        \b
        Example: galley user list --unit ITS
        """
        from galleyproof.people.listing import people

        face.who  # noqa: B018  only known people may ask
        found = people(unit=unit, role=role)
        rows = [
            (
                one.username,
                one.display_name,
                ", ".join(u.code for u in one.units.all()),
                ", ".join(one.roles),
                ", ".join(g.name for g in one.groups.all()),
                "" if one.is_active else "not active",
            )
            for one in found
        ]
        face.answer(
            {"people": [described(one) for one in found]},
            lambda: table(["person", "name", "units", "roles", "groups", ""], rows),
        )
        return DONE

    @command(user, "show")
    @click.argument("name")
    def user_show(face: Face, name: str) -> int:
        """One person: units, roles, library roles, groups, and what they may run.

        \b
        Example: galley user show amy
        """
        from galleyproof.cli.permit_output import described as permit_described
        from galleyproof.people.identity import person_named
        from galleyproof.permits.holding import held_by

        face.who  # noqa: B018  only known people may ask
        person = person_named(name)
        data = described(person)
        held = held_by(person, now())
        data["permits"] = [permit_described(*one[:3]) for one in held]

        def human() -> None:
            active = "" if person.is_active else ", not active"
            out.print(f"{person.display_name} ({person.username}{active})", markup=False)
            for label, values in (
                ("mail", [person.email]),
                ("units", data["units"]),
                ("roles", data["roles"]),
                ("liaison of", data["liaison_of"]),
                ("library roles", [str(one) for one in person.library_roles.all()]),
                ("groups", data["groups"]),
            ):
                out.print(f"  {label:<14} {', '.join(filter(None, values)) or '–'}", markup=False)
            for one in held:
                permit = one.permit
                what = " ".join(filter(None, (permit.job, permit.binding)))
                out.print(
                    f"  permit {permit.pk:<7} {what} in {permit.environment}: "
                    f"{one.why or one.state}",
                    markup=False,
                )

        face.answer(data, human)
        return DONE

    @command(user, "change")
    @click.argument("name")
    @click.option("--display-name", default=None, help="As shown on reports.")
    @click.option("--email", default=None, help="Two accounts with one mail are one person.")
    @click.option("--role", "roles", multiple=True, help="All roles from now on (repeat it).")
    @click.option("--add-role", "added", multiple=True, help="A role beside those they have.")
    @click.option("--drop-role", "dropped", multiple=True, help="A role that they lose.")
    @click.option("--active/--not-active", default=None, help="Whether they may sign in.")
    def user_change(face: Face, name: str, **changes: Any) -> int:
        """Changes an account (administrators). Units: galley unit; library roles: galley user
        give-role.

        \b
        Example: galley user change carol --add-role support
                 galley user change carol --role staff --role auditor
        """
        from galleyproof.people.actions.change_person import change_person
        from galleyproof.people.identity import person_named

        person = person_named(name)
        changes["roles"] = roles_wanted(
            person, list(changes["roles"]), list(changes.pop("added")), list(changes.pop("dropped"))
        )
        changed = change_person(face.who, person, at=now(), **changes)
        face.answer(
            described(changed),
            lambda: out.print(
                f"{changed.display_name} ({changed.username}) changed.", markup=False
            ),
        )
        return DONE

    for command_name, doing in (
        ("give-role", "Gives an account a library role, which jobs ask for in production."),
        ("take-role", "Takes a library role away; permits that need it wait for it again."),
    ):
        library_role(user, command_name, doing)


def roles_wanted(
    person: Any, all_of_them: list[str], added: list[str], dropped: list[str]
) -> list[str] | None:
    """All roles from now on; None where nothing is said of roles. Raises Wrong for a role that is
    both given and taken, or taken and not there."""
    from galleyproof.marc.errors import Wrong

    if not (all_of_them or added or dropped):
        return None
    roles = [*(all_of_them or person.roles), *added]
    if both := set(added) & set(dropped):
        raise Wrong(f"--add-role and --drop-role both name {', '.join(sorted(both))}")
    for role in dropped:
        if role not in roles:
            raise Wrong(f"{person.display_name} does not have the role {role}")
    return list(dict.fromkeys(role for role in roles if role not in dropped))


def add_password(user: click.Group) -> None:
    @command(user, "password")
    @click.argument("name")
    @click.option("--stdin", "piped", is_flag=True, help="Read it from standard input.")
    def user_password(face: Face, name: str, piped: bool) -> int:
        """Sets the password that a person signs in to the pages with. As an administrator
        anybody's: they change it when they first sign in. One's own: the present password in the
        first line of standard input, the new one in the second. Without --stdin one is made up and
        shown once.

        \b
        Example: galley user password amy
        """
        from galleyproof.people.actions.passwords import (
            change_password,
            new_password,
            set_password,
        )
        from galleyproof.people.finding import person_named

        person = person_named(name)
        own = person.pk == face.who.person.pk
        given = [sys.stdin.readline().rstrip("\n")] if piped else []
        if own and person.has_password:
            if not piped:
                raise Wrong("your own password: give --stdin, the present one in the first line")
            given.append(sys.stdin.readline().rstrip("\n"))
        password = given[-1] if given else new_password()
        if own:
            change_password(face.who, given[0] if len(given) > 1 else "", password, at=now())
        else:
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


def add_vouch(user: click.Group) -> None:
    @command(user, "vouch")
    @click.argument("name")
    def user_vouch(face: Face, name: str) -> int:
        """Says that a person signs in with a password of their own again, after an administrator
        had set it: by an administrator or systems librarian who is neither of the two. Until then
        the two count as one person, who signs nothing off for the other.

        \b
        Example: galley user vouch amy
        """
        from galleyproof.people.actions.passwords import vouch_for_password
        from galleyproof.people.finding import person_named

        person = person_named(name)
        vouch_for_password(face.who, person, at=now())
        face.answer(
            {"person": person.username, "vouched": True},
            lambda: out.print(
                f"{person.display_name} counts as nobody but themselves again.", markup=False
            ),
        )
        return DONE


def library_role(user: click.Group, name: str, doing: str) -> None:
    def work(face: Face, person: str, role: str, library: str) -> int:
        from galleyproof.people.identity import person_named
        from galleyproof.permits.actions.give_library_role import give_library_role
        from galleyproof.permits.actions.take_library_role import take_library_role

        found = person_named(person)
        change = give_library_role if name == "give-role" else take_library_role
        change(face.who, found, role, library=library, at=now())
        data = described(found)
        carried = ", ".join(str(one) for one in found.library_roles.all()) or "none"
        said = f"{found.display_name} carries the library roles: {carried}"
        face.answer(data, lambda: out.print(said, markup=False))
        return DONE

    work.__doc__ = (
        f"{doing} By support or an administrator, never to oneself.\n\n\b\n"
        f'Example: galley user {name} amy "catalog manager" --library ITS'
    )
    work = click.option("--library", default="", help="For this library only.")(work)
    work = click.argument("role")(work)
    work = click.argument("person")(work)
    command(user, name)(work)


def described(person: Any) -> dict[str, Any]:
    return {
        "person": person.username,
        "name": person.display_name,
        "email": person.email or None,
        "units": [one.code for one in person.units.all()],
        "roles": list(person.roles),
        "liaison_of": [one.code for one in person.liaison_of.all()],
        "library_roles": [
            {"role": one.role, "library": one.library or None} for one in person.library_roles.all()
        ],
        "groups": [one.name for one in person.groups.all()],
        "active": person.is_active,
    }
