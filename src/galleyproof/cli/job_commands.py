"""job, run, edit."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click

from galleyproof.cli.face import DONE, Face, command, now, out, table
from galleyproof.jobs.codes import meanings
from galleyproof.jobs.field_change import FieldChange
from galleyproof.marc.errors import Wrong

ENVIRONMENTS = click.Choice(["sandbox", "production"])


def add_to(galley: click.Group) -> None:
    job = click.Group("job", help="The catalogue of jobs.")
    galley.add_command(job)

    @command(job, "list")
    def job_list(face: Face) -> int:
        """All jobs, by scope.

        \b
        Example: galley job list
        """
        from galleyproof.jobs.catalogue import JOBS, NOT_BUILT

        jobs = sorted(JOBS.values(), key=lambda one: (one.scope, one.code))

        def human() -> None:
            table(
                ["scope", "job", "code", "set of"],
                [(one.scope, one.title, one.code, ", ".join(one.kinds)) for one in jobs],
            )
            later = ", ".join(f"{one.title} ({one.code})" for one in NOT_BUILT)
            out.print(f"On the master list and not built yet: {later}", markup=False)

        not_built = [
            {"code": one.code, "title": one.title, "scope": one.scope} for one in NOT_BUILT
        ]
        face.answer({"jobs": [described(one) for one in jobs], "not_built": not_built}, human)
        return DONE

    @command(job, "show")
    @click.argument("code")
    def job_show(face: Face, code: str) -> int:
        """What a job does, its dangers, what it refuses, what follows from it, the library role
        that it needs, and its parameters.

        \b
        Example: galley job show set-830-second-indicator
        """
        from galleyproof.jobs.office_names import job_named

        data = described(job_named(code))

        def human() -> None:
            out.print(f"{data['title']}  ({data['code']})", style="bold", markup=False)
            out.print(f"  {data['does']}", markup=False)
            for danger in data["dangers"]:
                out.print(f"  careful: {danger}", style="yellow", markup=False)
            if data["office_names"]:
                said = "; ".join(data["office_names"])
                out.print(f"  also called: {said}", markup=False)
            out.print(f"  set of: {', '.join(data['kinds'])}")
            if data["library_role"]:
                out.print(f"  library role in production: {data['library_role']}", markup=False)
            if data["most_records"]:
                out.print(f"  at most {data['most_records']:,} records a run, by default")
            if data["binding"]:
                out.print(
                    f"  bound to a {data['binding'].replace('-', ' ')}: --binding NAME[@VERSION]",
                    markup=False,
                )
            for one in data["parameters"]:
                default = {True: "yes", False: "no", None: "", "": ""}.get(
                    one["default"], one["default"]
                )
                said = "required" if one["required"] else f"default {default}" if default else ""
                out.print(
                    f"  --param {one['name']}=…  ({', '.join(filter(None, (one['type'], said)))})",
                    markup=False,
                )
                out.print(f"      {one['description']}", markup=False)
            if data["columns"]:
                named = ", ".join(data["columns"])
                out.print(f"  --columns NAME,…  (of a file of ids: {named})", markup=False)
            for one in data["settings"]:
                usual = one["usual"] or "nothing"
                out.print(f"  setting {one['name']}  (usually {usual})", markup=False)
                out.print(f"      {one['means']}", markup=False)
            for title, name in SAID:
                if data[name]:
                    out.print(f"  {title}:", style="bold")
                for one in data[name]:
                    out.print(f"    {one['code']}: {one['says']}", markup=False)
            if data["refuses"]:
                out.print("  every job also refuses what is open in an editor, outside the permit,")
                out.print("  not as the plan saw it, or unticked: `galley report RUN` says which")
            out.print(f"  to be read before: galley reading list --job {data['code']}")

        face.answer(data, human)
        return DONE

    @command(galley, "run")
    @click.argument("code")
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    @click.option("--set", "set_name", default="", help="The set's name.")
    @click.option(
        "--file",
        type=click.Path(path_type=Path),
        help="A file of ids; its first line names the id type.",
    )
    @click.option(
        "--ids",
        default="",
        metavar="ID,ID",
        help="Ids instead of a file, with commas or line breaks between them.",
    )
    @click.option(
        "--id-type",
        default="",
        metavar="HEADER",
        help="What --ids are, e.g. Barcode; else the records' own numbers.",
    )
    @click.option("--kind", default="", help="Of the records named, where the job takes several.")
    @click.option(
        "--columns",
        default="",
        metavar="NAME,NAME",
        help="Columns of the file whose values go to its records, line by line.",
    )
    @click.option(
        "--param",
        "params",
        multiple=True,
        metavar="NAME=VALUE",
        help="A parameter of the job; see `galley job show CODE`.",
    )
    @click.option(
        "--params",
        "params_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Parameters from a file: JSON, or a list of names and values, JSON or XML.",
    )
    @click.option(
        "--binding",
        default="",
        metavar="NAME[@VERSION]",
        help="The rule set, for jobs that need one; NAME alone is its newest version.",
    )
    @click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
    @click.option("--plan", type=int, help="Run exactly what this dry run found.")
    @click.option(
        "--exclude",
        default="",
        metavar="IDS",
        help="Records of the plan to leave out: numbers in the catalogue, with commas.",
    )
    @click.option("--note", default="", help="Why (required in production).")
    @click.option(
        "--ramp",
        type=click.Choice(["confirmed", "automatic"]),
        help="Ten records first, then a hundred, then the rest: `confirmed` pauses after each step "
        "until `galley resume`, `automatic` only where a record failed.",
    )
    @click.option("--wait/--no-wait", default=True, help="Wait for the end (the default).")
    def run(face: Face, code: str, **values: Any) -> int:
        """Runs a job on a set, a file or a plan.

        \b
        Example: galley run set-830-second-indicator --environment sandbox --set series --dry-run
                 galley run set-830-second-indicator --environment sandbox --plan 1
                 galley run normalize-bibs --binding clean-up --environment sandbox --set series
                 galley run change-physical-items --environment sandbox --file items.csv \\
                     --columns item-policy,public-note --dry-run
        """
        from galleyproof.catalog.id_lines import as_file
        from galleyproof.catalog.sets import set_name_of
        from galleyproof.cli.run_commands import go_on
        from galleyproof.jobs.office_names import job_named
        from galleyproof.runs.requesting import Request, request

        given = parameters(values["params"], values["params_file"])
        kind, named = values["kind"], values["set_name"]
        if given.set_name and not any((named, values["file"], values["ids"], values["plan"])):
            named = set_name_of(given.set_name, values["environment"])
        elif given.set_name:
            face.say(f"the set {given.set_name} that the file of parameters names is left aside")
        with as_file(values["ids"], values["id_type"], kind or job_named(code).kinds[0]) as typed:
            if typed is not None and values["file"] is not None:
                raise Wrong("say on what: --file or --ids, not both")
            asked = Request(
                job=code,
                environment=values["environment"],
                set_name=named,
                file=values["file"] or typed,
                kind=kind,
                columns=tuple(one.strip() for one in values["columns"].split(",") if one.strip()),
                plan=values["plan"],
                parameters=given.values,
                binding=values["binding"],
                dry_run=values["dry_run"],
                exclude=numbers(values["exclude"]),
                note=values["note"] or given.note,
                ramp=values["ramp"] or "",
            )
            made = request(face.who, asked, now())
        return go_on(face, made, values["wait"])

    @command(galley, "edit")
    @click.argument("kind")
    @click.argument("id", type=int)
    @click.option("--environment", required=True, type=ENVIRONMENTS)
    @click.option(
        "--file",
        type=click.Path(path_type=Path),
        help="The record as it should be (.mrk, MARC-in-JSON, MARCXML or ISO 2709; what is no MARC "
        "as lines of `field: value` or as JSON); without it $EDITOR opens.",
    )
    @click.option("--note", default="", help="Why (required in production).")
    def edit(face: Face, kind: str, id: int, environment: str, file: Path | None, note: str) -> int:
        """Edits one record; ID is its number in the catalogue.

        \b
        Example: galley edit bib 12 --environment sandbox --file record.mrk
                 galley edit item 7 --environment sandbox
        """
        from galleyproof.cli.run_commands import go_on
        from galleyproof.runs import editing

        if file is not None:
            made = editing.edit_from_file(
                face.who, kind, id, environment, file, note=note, at=now()
            )
        else:
            opened = editing.open_record(face.who, kind, id, environment, at=now())
            changed = click.edit(opened.text, extension=opened.extension)
            if changed is None or changed == opened.text:
                editing.close_record(opened)
                out.print("Nothing was changed.")
                return 4
            made = editing.edit_opened(face.who, opened, changed, note=note, at=now())
        code = go_on(face, made, True)
        editing.release(kind, id, environment, face.name)
        return code


SAID = (
    ("refuses", "refuses"),
    ("may follow on other records", "follows"),
    ("lists", "lists"),
)
"""Headings of `job show`, each with the name of what is below it."""


def described(job: Any) -> dict[str, Any]:
    return {
        "code": job.code,
        "title": job.title,
        "scope": job.scope,
        "kinds": list(job.kinds),
        "does": job.does,
        "office_names": list(job.office_names),
        "dangers": list(job.dangers),
        "refuses": [one._asdict() for one in meanings(job.refuses)],
        "follows": [one._asdict() for one in meanings(job.follows)],
        "lists": [one._asdict() for one in meanings(job.lists)],
        "library_role": job.library_role,
        "most_records": job.most_records,
        "revision": job.revision,
        "binding": job.binding or None,
        "columns": list(job.columns),
        "settings": [
            {"name": one.name, "usual": one.usual, "means": one.means} for one in job.settings
        ],
        "parameters": [
            {
                "name": name.replace("_", "-"),
                "type": type_of(field.annotation),
                "required": field.is_required(),
                "default": None if field.is_required() else field.default,
                "description": field.description or "",
            }
            for name, field in job.parameters.model_fields.items()
        ],
    }


WORDS = {bool: "yes or no", int: "a number", str: "text", FieldChange: "a change of the field"}


def type_of(annotation: Any) -> str:
    """What may be given, as people say it: `keep, suppress or delete`."""
    options = [one for one in get_args(annotation) if one is not type(None)]
    if get_origin(annotation) is Literal:
        return ", ".join(options[:-1]) + f" or {options[-1]}" if options[1:] else str(options[0])
    if len(options) == 1:
        return type_of(options[0])
    return WORDS.get(annotation, "text")


def parameters(given: tuple[str, ...], file: Path | None) -> Any:
    """Parameters typed and of a file, with the set and the note that the file may name."""
    from galleyproof.runs.parameter_files import ParameterFile, once, read_parameters

    pairs = []
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise Wrong(f"--param takes NAME=VALUE, not “{one}”")
        pairs.append((name.strip(), value))
    read = ParameterFile({}) if file is None else read_parameters(file)
    typed = once("--param", pairs)
    return read._replace(
        values=once("--param and --params", [*read.values.items(), *typed.items()])
    )


def numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.replace(" ", "").split(",") if part)
    except ValueError:
        raise Wrong(f"--exclude takes numbers with commas between them, not “{text}”") from None
