"""rules add, share, list, show, diff: the library of rule sets."""

from __future__ import annotations

from typing import Any

import click

from galleyproof.cli.face import DONE, Face, command, now, out, table

KINDS = ("normalization", "merge", "indication", "brief-level")


def add_to(galley: click.Group) -> None:
    """After rules_commands, which makes the group."""
    rules = galley.commands["rules"]
    assert isinstance(rules, click.Group)

    @command(rules, "add")
    @click.argument("name")
    @click.argument("file")
    @click.option("--share", is_flag=True, help="Share it; until then it is your private draft.")
    @click.option("--note", default="", help="What is new in this version.")
    def add(face: Face, name: str, file: str, share: bool, note: str) -> int:
        """Adds a rule file to the library: a new name begins with version 1, a known one gets its
        next version, which suspends the permits for those before until their holders have
        acknowledged it. The same text again changes nothing.

        \b
        Example: galley rules add clean-up clean-up.rules --share --note "ISBN notes too"
        """
        from galleyproof.rules.files import read_rules
        from galleyproof.runs.rule_changes import change_rules

        text = read_rules(file).rules.text
        made, suspended = change_rules(face.who, name, text, share=share, note=note, at=now())
        version, rule_set = made.version, made.version.rule_set
        data = {
            "rules": rule_set.name,
            "version": version.number,
            "binding": version.binding,
            "kind": rule_set.kind,
            "shared": rule_set.shared,
            "added": made.added,
            "suspended_permits": suspended,
            "warnings": [warning(one) for one in made.warnings],
        }

        def human() -> None:
            if made.added:
                said = f"Added {version.binding}: {version.size}"
            else:
                said = f"Nothing is new: {version.binding} has this very text"
            owned = "shared" if rule_set.shared else "a private draft, for the sandbox only"
            out.print(f"{said}; {owned}", markup=False)
            if suspended:
                numbers = ", ".join(map(str, suspended))
                out.print(
                    f"Suspended until acknowledged and confirmed: permits {numbers}", markup=False
                )

        for one in made.warnings:
            face.say(f"{file}:{one.line}:{one.column}: {one.sentence}", "yellow")
        face.answer(data, human)
        return DONE

    @command(rules, "share")
    @click.argument("name")
    def share_command(face: Face, name: str) -> int:
        """Shares a private draft, for good: then others can be given permits for it, name it in
        queries, and see it.

        \b
        Example: galley rules share clean-up
        """
        from galleyproof.rulebook.actions.share import share_rules

        rule_set, shared_now = share_rules(face.who, name, at=now())
        face.answer(
            {"rules": rule_set.name, "shared": True, "shared_now": shared_now},
            lambda: out.print(
                f"“{rule_set.name}” is shared" + ("" if shared_now else " already"), markup=False
            ),
        )
        return DONE

    @command(rules, "list")
    @click.option("--kind", type=click.Choice(KINDS), help="Only rules of this kind.")
    def rules_list(face: Face, kind: str | None) -> int:
        """The shared rule sets, and your own drafts.

        \b
        Example: galley rules list --kind indication
        """
        from galleyproof.rulebook.finding import listing

        found = [one for one in listing(face.who.person) if kind in (None, one.kind)]

        def human() -> None:
            if not found:
                out.print("No rule sets: `galley rules add NAME FILE`.")
                return
            table(
                ["rules", "kind", "newest", "rules in it", "", "owner", "changed", "note"],
                [
                    (
                        one.name,
                        one.kind,
                        one.in_order[-1].binding,
                        one.in_order[-1].rules,
                        "shared" if one.shared else "draft",
                        one.owner.username,
                        one.in_order[-1].at,
                        one.in_order[-1].note,
                    )
                    for one in found
                ],
            )

        face.answer({"rules": [described(one, one.in_order) for one in found]}, human)
        return DONE

    @command(rules, "show")
    @click.argument("binding", metavar="NAME[@VERSION]")
    def show(face: Face, binding: str) -> int:
        """A rule set's text, the newest or the version named, and its versions.

        \b
        Example: galley rules show clean-up@2
        """
        from galleyproof.rulebook.finding import version_shown, versions_of

        version = version_shown(binding, face.who.person)
        rule_set = version.rule_set
        every = versions_of(rule_set)
        data = described(rule_set, every) | {
            "version": version.number,
            "binding": version.binding,
            "text": version.text,
        }

        def human() -> None:
            owned = "shared" if rule_set.shared else "private draft"
            out.print(
                f"{version.binding}: {version.size}, {owned} by {rule_set.owner.display_name}",
                style="bold",
                markup=False,
            )
            for one in every:
                note = f": {one.note}" if one.note else ""
                out.print(
                    f"  {one.binding}  {one.at.astimezone():%Y-%m-%d %H:%M} by "
                    f"{one.by.display_name}{note}",
                    markup=False,
                )
            out.print()
            out.print(version.text.rstrip("\n"), markup=False)

        face.answer(data, human)
        return DONE

    @command(rules, "diff")
    @click.argument("one", metavar="NAME@VERSION")
    @click.argument("other", metavar="NAME[@VERSION]")
    def diff(face: Face, one: str, other: str) -> int:
        """What is different between two versions.

        \b
        Example: galley rules diff clean-up@1 clean-up@2
        """
        from galleyproof.rulebook.comparing import difference
        from galleyproof.rulebook.finding import version_shown

        before = version_shown(one, face.who.person)
        after = version_shown(other, face.who.person)
        lines = difference(before, after)

        def human() -> None:
            if not lines:
                out.print(f"{before.binding} and {after.binding} have the same text", markup=False)
            for line in lines:
                style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
                out.print(line, style=style, markup=False)

        face.answer({"from": before.binding, "to": after.binding, "diff": lines}, human)
        return DONE


def warning(fault: Any) -> dict[str, Any]:
    return {"line": fault.line, "column": fault.column, "message": fault.sentence}


def described(rule_set: Any, versions: list[Any]) -> dict[str, Any]:
    return {
        "rules": rule_set.name,
        "kind": rule_set.kind,
        "owner": rule_set.owner.username,
        "shared": rule_set.shared,
        "newest": versions[-1].binding,
        "versions": [
            {
                "version": one.number,
                "rules": one.rules,
                "by": one.by.username,
                "at": one.at.isoformat(),
                "note": one.note,
            }
            for one in versions
        ],
    }
