"""Amy, the administrator, changes accounts and units; Bob and Carol make groups."""

from datetime import UTC, datetime

import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def refused(match):
    from galleyproof.marc.errors import Wrong

    return pytest.raises(Wrong, match=match)


def denied(match):
    from galleyproof.people.denial import NotPermitted

    return pytest.raises(NotPermitted, match=match)


@pytest.fixture
def change(people):
    from galleyproof.people.actions.change_person import change_person

    def run(person=None, who=None, **changes):
        return change_person(who or people.amy, (person or people.dan).person, at=AT, **changes)

    return run


def test_amy_changes_dans_name_mail_and_roles_and_the_log_keeps_both(people, change, logged):
    from galleyproof.audit.log import listing

    dan = change(display_name="Dan  Grey", email="dan@library.example", roles=["liaison", "staff"])
    assert (dan.display_name, dan.email, dan.roles) == (
        "Dan Grey", "dan@library.example", ["staff", "liaison"],
    )  # fmt: skip
    assert logged() == ("person-changed", "amy", None, "dan")
    assert listing(limit=1)[0].detail["before"]["display_name"] == "Dan Gray"


def test_what_is_wrong_is_told_at_once_and_nothing_is_changed(people, change):
    with refused("is not a role") as caught:
        change(display_name=" ", email="at home", roles=["king"])
    assert len(str(caught.value).splitlines()) == 3
    people.dan.person.refresh_from_db()
    assert people.dan.person.display_name == "Dan Gray"
    with refused("nothing to change"):
        change(display_name="Dan Gray")


@pytest.mark.parametrize("who", ["bob", "dan"])
def test_only_administrators_change_accounts_or_units(people, change, who):
    from galleyproof.people.actions.units import add_unit, join_unit, name_liaison

    asking = getattr(people, who)
    with denied("needs the role administrator"):
        change(who=asking, roles=["administrator"])
    for act in (
        lambda: add_unit(asking, "HKS", at=AT),
        lambda: join_unit(asking, people.dan.person, "ITS", at=AT),
        lambda: name_liaison(asking, people.dan.person, "ITS", at=AT),
    ):
        with denied("needs the role administrator"):
            act()


def test_the_last_administrator_stays(people, change):
    with refused("is the last administrator; make another first"):
        change(people.amy, roles=["staff"])
    with refused("is the last administrator"):
        change(people.amy, active=False)
    change(people.bob, roles=["systems-librarian", "administrator"])
    assert change(people.amy, active=False).is_active is False


def test_somebody_may_be_in_several_units_and_a_list_of_a_unit_has_those_under_it(people):
    from galleyproof.people.actions.units import add_unit, join_unit
    from galleyproof.people.listing import people as listed
    from galleyproof.people.listing import units

    add_unit(people.amy, "ITS-LANGDELL", name="Langdell", at=AT)
    for code in ("its-langdell", "HKS/GUT"):
        join_unit(people.amy, people.bob.person, code, at=AT)
    assert [unit.code for unit in people.bob.person.units.all()] == ["HKS/GUT", "ITS-LANGDELL"]
    assert [one.username for one in listed(unit="its")] == ["bob", "dan"]
    assert [one.username for one in listed(unit="HKS")] == ["bob"]
    assert {one.code: one.parent and one.parent.code for one in units()} == {
        "HKS": None, "HKS/GUT": "HKS", "ITS": None, "ITS-LANGDELL": "ITS",
    }  # fmt: skip
    with refused("is in ITS already"):
        join_unit(people.amy, people.dan.person, "ITS", at=AT)
    with refused("there is a unit its already"):
        add_unit(people.amy, "its", at=AT)


def test_a_liaison_is_one_for_named_units_and_what_is_under_them(people, change):
    from galleyproof.people.actions.units import end_liaison, join_unit, name_liaison
    from galleyproof.people.listing import is_liaison_for

    bob = people.bob.person
    before = list(bob.roles)
    join_unit(people.amy, people.amy.person, "ITS-LANGDELL", at=AT)
    name_liaison(people.amy, bob, "ITS-LANGDELL", at=AT)
    assert is_liaison_for(bob, people.amy.person)
    assert not is_liaison_for(bob, people.dan.person), "ITS is above"
    name_liaison(people.amy, bob, "ITS", at=AT)
    assert is_liaison_for(bob, people.dan.person)
    end_liaison(people.amy, bob, "ITS", at=AT)
    assert not is_liaison_for(bob, people.dan.person)
    with refused("is not liaison of ITS"):
        end_liaison(people.amy, bob, "ITS", at=AT)
    assert sorted(bob.roles) == sorted([*before, "liaison"]), (
        "the role came with the first unit, beside the rest"
    )
    end_liaison(people.amy, bob, "ITS-LANGDELL", at=AT)
    bob.refresh_from_db()
    assert bob.roles == before, "and goes with the last"


def test_who_was_liaison_of_a_unit_and_lost_the_role_gets_it_back(people, change):
    from galleyproof.people.actions.units import join_unit, name_liaison

    join_unit(people.amy, people.amy.person, "ITS", at=AT)
    bob = people.bob.person
    name_liaison(people.amy, bob, "ITS", at=AT)
    bob = change(people.bob, roles=["staff"])
    name_liaison(people.amy, bob, "ITS", at=AT)
    assert bob.roles == ["staff", "liaison"]
    with refused("is liaison of ITS already"):
        name_liaison(people.amy, bob, "ITS", at=AT)


def test_a_unit_is_known_by_its_name_too(people):
    from galleyproof.people.actions.units import add_unit, join_unit, name_liaison

    law = add_unit(people.amy, "LAW", name="Law School Library", at=AT)
    assert join_unit(people.amy, people.dan.person, "law school library", at=AT) == law
    assert name_liaison(people.amy, people.bob.person, "Law School Library", at=AT) == law


def test_groups_by_name_in_any_letters(people):
    from galleyproof.people.actions.groups import add_group, join_group, leave_group
    from galleyproof.people.groups import group_named

    group = add_group(people.bob, "Staff  Generic Profiles", at=AT)
    assert group_named("staff generic profiles") == group
    with refused("did you mean “Staff Generic Profiles”"):
        group_named("Staff Profiles")
    with refused("already"):
        add_group(people.amy, "STAFF GENERIC PROFILES", at=AT)
    with denied("needs the role"):
        add_group(people.dan, "Mine", at=AT)
    join_group(people.bob, group, people.dan.person, at=AT)
    with refused("Dan Gray is in Staff Generic Profiles already"):
        join_group(people.bob, group, people.dan.person, at=AT)
    leave_group(people.amy, group, people.dan.person, at=AT)
    with refused("is not in"):
        leave_group(people.amy, group, people.dan.person, at=AT)


def test_two_accounts_with_one_mail_are_one_person(people):
    from galleyproof.people.identity import Who
    from galleyproof.people.sameness import is_one_of, same_person

    amy, bob, dan = (who.person for who in (people.amy, people.bob, people.dan))
    assert not same_person(bob, dan), "no mail is nobody's"
    bob.email, dan.email = "B.D@library.example", " b.d@LIBRARY.example"
    assert same_person(bob, dan)
    assert is_one_of(Who(amy, bob), dan)
    assert not is_one_of(Who(amy), bob, dan)
