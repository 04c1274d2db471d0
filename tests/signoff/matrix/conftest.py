"""Bob and Bea import the office's list; Amy and Dan have accounts already, and so has a group."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from stories import NOW

LIST = """scope,job,binding,who,unit,note
Items,Change physical items,,Amy,ITS,trained 2019
Items,Batch item withdrawals,,"Alvarez, Zoe",ITS-LANGDELL,0012
Import profiles,"Staff Generic Profiles (1, 2, 3)",,(Generic importers),,
Import profiles,Overlay based on 001 Alma ID,,Dan,HKS,
Bib changes,zDBM Staff Use - set 830 2nd indicator to 0,,Amy; Dan,,
Bib changes,Delete bibliographic records (for CZ/IZ issue),,Amy,,
Bib changes,"Bib normalization, choose a rule",,Amy,ITS,
Bib changes,"Bib normalization, choose a rule",Remove 9xx,Circulation,,
Holding changes,Staff use - ceased print subscription,,Dan,HKS?,
PO lines,Change the weather,,Dan,HKS,
PO lines,Update PO lines workflow,,Bob,ITS,
PO lines,Update PO lines workflow,,,ITS,
"""


@pytest.fixture
def desk(galley, tmp_path):
    from galleyproof.people.identity import Who
    from galleyproof.people.models import Group, Person

    def person(name, *roles):
        return Who(
            Person.objects.create(username=name, display_name=name.title(), roles=list(roles))
        )

    people = {
        "amy": person("amy", "staff"),
        "bob": person("bob", "systems-librarian"),
        "bea": person("bea", "systems-librarian"),
        "dan": person("dan", "staff"),
    }
    Group.objects.create(name="Circulation").people.add(people["dan"].person)
    from galleyproof.rulebook.actions.add import add_rules

    rules = 'rule "Remove 9xx" when TRUE then removeField "9**" end'
    add_rules(people["bea"], "Remove 9xx", rules, share=True, at=NOW)
    path = tmp_path / "office.csv"
    path.write_text(LIST)

    def imports(who=None, text=None, at=NOW, file=None):
        from galleyproof.signoff.matrix.importing import import_list

        if text is not None:
            path.write_text("scope,job,binding,who,unit,note\n" + text)
        return import_list(who or people["bob"], file or path, at=at)

    return SimpleNamespace(**people, path=path, imports=imports, folder=tmp_path)
