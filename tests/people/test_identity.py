"""Who is asking: a token's person, or the operating-system user, or --as."""

from datetime import UTC, datetime

import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SERVER = {"DATABASE_URL": "postgresql://db.example/galley"}


def who(environ, as_name=None):
    from galleyproof.people.identity import who

    return who(environ, as_name)


def refused(match):
    from galleyproof.marc.errors import Wrong

    return pytest.raises(Wrong, match=match)


def token_of(person):
    from galleyproof.people.actions.tokens import add_token
    from galleyproof.people.identity import Who

    return add_token(Who(person), at=AT).text


@pytest.fixture
def amy_here(people):
    """Amy's account belongs to the operating-system user of the tests."""
    from galleyproof.people.identity import os_user

    people.amy.person.os_user = os_user()
    people.amy.person.save()
    return people.amy.person


def test_on_an_embedded_installation_the_system_user_asks(amy_here):
    assert who({}).person == amy_here
    assert who({}).acting is None


def test_without_an_account_the_system_user_is_told_what_to_do(people):
    with refused("no account belongs to the operating-system user .* `galley init`"):
        who({})


@pytest.mark.parametrize("name", ["dan", "DAN", "Dan Gray"])
def test_as_is_by_user_name_or_exact_display_name(amy_here, people, name):
    asking = who({}, name)
    assert asking.person == people.dan.person
    assert asking.acting == amy_here
    assert (asking.name, asking.acting_name) == ("dan", "amy")


def test_as_gives_the_rights_of_that_person_and_no_more(amy_here, people):
    asking = who({}, "dan")
    assert not asking.person.has_role("administrator")


def test_as_oneself_is_just_oneself(amy_here):
    assert who({}, "amy").acting is None


@pytest.mark.parametrize("name", ["dan gray", "Gray", ""])
def test_a_name_that_is_not_exact_is_refused(amy_here, name):
    with refused("there is nobody named"):
        who({}, name)


def test_the_nearest_names_are_offered(amy_here):
    with refused("did you mean “dan”"):
        who({}, "dann")


def test_a_name_of_two_people_is_refused_with_their_user_names(amy_here, people):
    from galleyproof.people.actions.add_person import add_person

    add_person(people.amy, "dan2", display_name="Dan Gray", at=AT)
    with refused("several people; say which by user name: dan, dan2"):
        who({}, "Dan Gray")


def test_a_user_name_is_stronger_than_a_display_name(amy_here, people):
    from galleyproof.people.actions.add_person import add_person

    add_person(people.amy, "eve", display_name="dan", at=AT)
    assert who({}, "dan").person == people.dan.person


def test_as_is_refused_with_a_server_even_with_a_token(people):
    for token in ({}, {"GALLEY_TOKEN": token_of(people.amy.person)}):
        with refused("--as is for embedded installations only"):
            who(SERVER | token, "dan")


def test_with_a_server_somebody_without_a_token_is_nobody(amy_here):
    with refused("set GALLEY_TOKEN"):
        who(SERVER)


@pytest.mark.parametrize("place", [{}, SERVER])
def test_the_person_of_the_token_asks(people, place):
    secret = token_of(people.dan.person)
    assert who(place | {"GALLEY_TOKEN": secret}).person == people.dan.person


def test_the_token_is_stronger_than_the_system_user(amy_here, people):
    secret = token_of(people.dan.person)
    assert who({"GALLEY_TOKEN": secret}).person == people.dan.person
    with refused("both say who is asking"):
        who({"GALLEY_TOKEN": secret}, "bob")


@pytest.mark.parametrize("secret", ["galley_x", "x" * 10_000, "\udcff"])
def test_a_token_that_is_not_known_never_falls_back_to_the_system_user(amy_here, secret):
    with refused("is not known"):
        who({"GALLEY_TOKEN": secret})


def test_an_account_that_is_not_active_cannot_ask_in_any_way(amy_here, people):
    dan = people.dan.person
    secret = token_of(dan)
    dan.is_active = False
    dan.save()
    with refused("not active"):
        who(SERVER | {"GALLEY_TOKEN": secret})
    with refused("not active"):
        who({}, "dan")
