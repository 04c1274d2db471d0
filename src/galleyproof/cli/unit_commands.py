"""unit, group: who belongs where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from galleyproof.cli.face import DONE, Face, command, now, out, table


def add_to(galley: click.Group) -> None:
    unit = click.Group("unit", help="Units of the institution, their people and liaisons.")
    galley.add_command(unit)
    add_units(unit)
    group = click.Group("group", help="Groups of people, who hold permits together.")
    galley.add_command(group)
    add_groups(group)


def add_units(unit: click.Group) -> None:
    @command(unit, "add")
    @click.argument("code")
    @click.option("--name", default="", help="In full.")
    def add(face: Face, code: str, name: str) -> int:
        """Makes a unit (administrators); ITS-LANGDELL hangs under ITS, HKS/GUT under HKS.

        \b
        Example: galley unit add ITS-LANGDELL --name "ITS, Langdell"
        """
        from galleyproof.people.actions.units import add_unit

        made = add_unit(face.who, code, name=name, at=now())
        above = made.parent.code if made.parent else None
        said = f"Unit {made.code}" + (f", under {above}" if above else "")
        face.answer({"unit": made.code, "above": above}, lambda: out.print(said, markup=False))
        return DONE

    @command(unit, "list")
    def list_(face: Face) -> int:
        """All units, with their liaisons.

        \b
        Example: galley unit list
        """
        from galleyproof.people.listing import units

        face.who  # noqa: B018  only known people may ask
        data = [
            {
                "unit": one.code,
                "name": one.name or None,
                "above": one.parent.code if one.parent else None,
                "people": sorted(person.username for person in one.people.all()),
                "liaisons": sorted(person.username for person in one.liaisons.all()),
            }
            for one in units()
        ]
        rows = [
            (one["unit"], one["name"], one["above"], len(one["people"]), ", ".join(one["liaisons"]))
            for one in data
        ]
        face.answer(
            {"units": data},
            lambda: (
                table(["unit", "name", "under", "people", "liaisons"], rows)
                if rows
                else out.print("No units.")
            ),
        )
        return DONE

    def join(who: Any, person: Any, code: str) -> str:
        from galleyproof.people.actions.units import join_unit

        return f"{person.display_name} is in {join_unit(who, person, code, at=now()).code} now."

    def leave(who: Any, person: Any, code: str) -> str:
        from galleyproof.permits.actions.leave_unit import leave_unit

        left = leave_unit(who, person, code, at=now())
        count = len(left.suspended)
        permits = f"; {count} permit{'s are' if count > 1 else ' is'} suspended" if count else ""
        return f"{person.display_name} is not in {left.unit.code} any more{permits}."

    def liaison(who: Any, person: Any, code: str) -> str:
        from galleyproof.people.actions.units import name_liaison

        return f"{person.display_name} is liaison of {name_liaison(who, person, code, at=now())}."

    def no_liaison(who: Any, person: Any, code: str) -> str:
        from galleyproof.people.actions.units import end_liaison

        unit = end_liaison(who, person, code, at=now())
        return f"{person.display_name} is no liaison of {unit.code} any more."

    for name, doing, work in (
        ("join", "Puts a person into a unit; they may be in several.", join),
        ("leave", "Takes a person out of a unit; their own permits are suspended.", leave),
        ("liaison", "Makes a person the liaison of a unit, role and all.", liaison),
        (
            "no-liaison",
            "Ends that; with the last unit the role goes too.",
            no_liaison,
        ),
    ):
        of_person_and_unit(unit, name, doing, work)


def of_person_and_unit(
    unit: click.Group, name: str, doing: str, work: Callable[[Any, Any, str], str]
) -> None:
    def run(face: Face, person: str, code: str) -> int:
        from galleyproof.people.identity import person_named

        found = person_named(person)
        said = work(face.who, found, code)
        data = {
            "person": found.username,
            "units": [one.code for one in found.units.all()],
            "liaison_of": [one.code for one in found.liaison_of.all()],
            "said": said,
        }
        face.answer(data, lambda: out.print(said, markup=False))
        return DONE

    run.__doc__ = f"{doing} (Administrators.)\n\n\b\nExample: galley unit {name} amy ITS-LANGDELL"
    command(unit, name)(click.argument("person")(click.argument("code")(run)))


def add_groups(group: click.Group) -> None:
    @command(group, "add")
    @click.argument("name")
    @click.option("--about", default="", help="What they have in common.")
    def add(face: Face, name: str, about: str) -> int:
        """Makes a group (systems librarians and administrators).

        \b
        Example: galley group add "Staff Generic Profiles"
        """
        from galleyproof.people.actions.groups import add_group

        made = add_group(face.who, name, about=about, at=now())
        face.answer({"group": made.name}, lambda: out.print(f"Group {made.name}", markup=False))
        return DONE

    @command(group, "list")
    def list_(face: Face) -> int:
        """All groups.

        \b
        Example: galley group list
        """
        from galleyproof.people.listing import groups

        face.who  # noqa: B018  only known people may ask
        data = [
            {
                "group": one.name,
                "about": one.about or None,
                "people": sorted(person.username for person in one.people.all()),
                "permits": sorted(permit.pk for permit in one.permits.all()),
            }
            for one in groups()
        ]
        rows = [
            (one["group"], one["about"], len(one["people"]), ", ".join(map(str, one["permits"])))
            for one in data
        ]
        face.answer(
            {"groups": data},
            lambda: (
                table(["group", "about", "people", "permits"], rows)
                if rows
                else out.print("No groups.")
            ),
        )
        return DONE

    @command(group, "members")
    @click.argument("name")
    def members(face: Face, name: str) -> int:
        """Who is in a group.

        \b
        Example: galley group members "Staff Generic Profiles"
        """
        from galleyproof.people.groups import group_named

        face.who  # noqa: B018  only known people may ask
        found = group_named(name)
        people = list(found.people.order_by("username"))
        rows = [(one.username, one.display_name) for one in people]
        face.answer(
            {"group": found.name, "people": [one.username for one in people]},
            lambda: table(["person", "name"], rows) if rows else out.print("Nobody."),
        )
        return DONE

    for name, doing in (
        ("join", "Puts a person into a group: by a systems librarian, never oneself."),
        ("leave", "Takes a person out of a group; its permits are theirs no more."),
    ):
        of_group_and_person(group, name, doing)


def of_group_and_person(group: click.Group, name: str, doing: str) -> None:
    def run(face: Face, group_name: str, person: str) -> int:
        from galleyproof.people.actions import groups
        from galleyproof.people.groups import group_named
        from galleyproof.people.identity import person_named

        found, whom = group_named(group_name), person_named(person)
        getattr(groups, f"{name}_group")(face.who, found, whom, at=now())
        people = [one.username for one in found.people.order_by("username")]
        said = f"{whom.display_name} {'is in' if name == 'join' else 'has left'} {found.name}."
        face.answer({"group": found.name, "people": people}, lambda: out.print(said, markup=False))
        return DONE

    run.__doc__ = f'{doing}\n\n\b\nExample: galley group {name} "Staff Generic Profiles" amy'
    run = click.argument("person")(run)
    command(group, name)(click.argument("group_name", metavar="GROUP")(run))
