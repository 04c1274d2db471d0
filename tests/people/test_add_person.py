"""Amy, the administrator, adds people; nobody else can."""

from datetime import UTC, datetime

import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def add(who, name, **rest):
    from galleyproof.people.actions.add_person import add_person

    return add_person(who, name, at=AT, **rest)


def refused(match):
    from galleyproof.marc.errors import Wrong

    return pytest.raises(Wrong, match=match)


def test_amy_adds_carol_with_unit_and_roles(people, logged):
    carol = add(people.amy, "carol", unit="ITS-LANGDELL", roles=["liaison", "staff"])

    assert carol.display_name == "carol"
    assert carol.roles == ["staff", "liaison"]
    assert [unit.code for unit in carol.units.all()] == ["ITS-LANGDELL"]
    assert carol.units.get().parent.code == "ITS"
    assert logged() == ("person-added", "amy", None, "carol")


def test_a_name_with_blanks_is_the_display_name(people):
    eve = add(people.amy, "Ève  del Río")
    assert (eve.username, eve.display_name) == ("eve.del.rio", "Ève del Río")


def test_somebody_without_a_unit_is_fine(people):
    assert add(people.amy, "carol", unit="").units.count() == 0


def test_the_same_unit_in_other_letters_is_the_same_unit(people):
    from galleyproof.people.models import Unit

    add(people.amy, "carol", unit="its")
    assert list(Unit.objects.values_list("code", flat=True)) == ["ITS"]


@pytest.mark.parametrize("who", ["bob", "dan"])
def test_only_administrators_add_people(people, logged, who):
    from galleyproof.people.denial import NotPermitted
    from galleyproof.people.models import Person

    with pytest.raises(NotPermitted, match="needs the role administrator"):
        add(getattr(people, who), "eve")

    assert not Person.objects.filter(username="eve").exists()
    assert logged() == ("denied", who, None, "add a person")


def test_under_as_both_names_are_logged(people, logged):
    from galleyproof.people.identity import Who

    add(Who(people.amy.person, people.bob.person), "eve")
    assert logged() == ("person-added", "amy", "bob", "eve")


def test_a_role_that_is_none_is_refused_with_the_nearest(people):
    with refused("“Systems Librarian” is not a role; did you mean systems-librarian?"):
        add(people.amy, "eve", roles=["Systems Librarian"])
    with refused("the roles are staff, liaison"):
        add(people.amy, "eve", roles=["king"])


def test_everything_wrong_is_told_at_once_and_nothing_is_made(people):
    from galleyproof.people.models import Person, Unit

    with refused("there is a dan already") as caught:
        add(people.amy, "DAN", roles=["king"], unit="I T S", email="dan at home")

    assert len(str(caught.value).splitlines()) == 4
    assert Person.objects.count() == 3
    assert Unit.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "!", "a/b", "x" * 151, "漢 字"])
def test_what_makes_no_user_name_is_refused(people, name):
    with refused("makes no user name"):
        add(people.amy, name)


def test_the_first_administrator_is_made_once(people):
    from galleyproof.people.actions.first_administrator import first_administrator

    assert first_administrator("Amy", at=AT) is None
    with refused("there is an administrator already, amy"):
        first_administrator("eve", at=AT)
