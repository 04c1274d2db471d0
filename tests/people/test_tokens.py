"""A token is shown once; what is kept cannot be used to sign in."""

from datetime import UTC, datetime

import pytest

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def add(who, person=None, **rest):
    from galleyproof.people.actions.tokens import add_token

    return add_token(who, person, at=AT, **rest)


def denied(match):
    from galleyproof.people.denial import NotPermitted

    return pytest.raises(NotPermitted, match=match)


def refused(match):
    from galleyproof.marc.errors import Wrong

    return pytest.raises(Wrong, match=match)


def test_dan_makes_a_token_and_only_its_hash_is_kept(people, logged):
    from galleyproof.database.connect import connect
    from galleyproof.people.tokens import digest

    secret, _ = add(people.dan, label="laptop")

    with connect("governing") as connection:
        kept = connection.execute("SELECT t::text FROM governing.token AS t").fetchall()
        said = connection.execute("SELECT e::text FROM governing.audit_entry AS e").fetchall()
    assert secret not in str(kept)
    assert secret not in str(said)
    assert digest(secret) in str(kept)
    assert logged() == ("token-made", "dan", None, "dan")


def test_an_administrator_makes_a_token_for_somebody_else(people, logged):
    add(people.amy, "dan")
    assert logged() == ("token-made", "amy", None, "dan")


def test_nobody_else_does(people, logged):
    with denied("needs the role administrator"):
        add(people.bob, "dan")
    assert logged()[0] == "denied"


def test_a_revoked_token_opens_nothing(people, logged):
    from galleyproof.people.actions.tokens import revoke_token
    from galleyproof.people.identity import who

    secret, token = add(people.dan)
    revoke_token(people.dan, token, at=AT)

    assert logged() == ("token-revoked", "dan", None, "dan")
    with refused("has been revoked"):
        who({"GALLEY_TOKEN": secret})
    with refused("revoked already, on 2026-03-01"):
        revoke_token(people.amy, token, at=AT)


def test_the_token_of_somebody_else_and_one_that_is_not_there_look_alike(people):
    from galleyproof.people.actions.tokens import revoke_token

    _, token = add(people.amy)
    for number in (token, 999):
        with denied(f"Dan Gray has no token {number}"):
            revoke_token(people.dan, number, at=AT)
    with refused("there is no token 999"):
        revoke_token(people.amy, 999, at=AT)


def test_each_sees_their_own_tokens_and_administrators_all(people):
    from galleyproof.people.actions.tokens import list_tokens

    _, amys = add(people.amy)
    _, dans = add(people.dan)

    assert [one.pk for one in list_tokens(people.dan)] == [dans]
    assert [one.pk for one in list_tokens(people.amy)] == [amys, dans]


def test_the_first_token_is_for_an_administrator_who_never_had_one(people):
    from galleyproof.people.actions.tokens import add_first_token
    from galleyproof.people.identity import who

    with refused("Dan Gray is not an administrator"):
        add_first_token(people.dan.person, at=AT)
    secret = add_first_token(people.amy.person, at=AT).text
    assert who({"GALLEY_TOKEN": secret}).person == people.amy.person
    with refused("has had a token already"):
        add_first_token(people.amy.person, at=AT)


def test_two_tokens_are_never_the_same_and_hard_to_guess():
    from galleyproof.people.tokens import PREFIX, new_token

    made = {new_token() for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) >= len(PREFIX) + 43 for one in made)


def test_a_token_that_an_administrator_made_acts_for_both(library):
    from galleyproof.people.actions.tokens import add_token
    from galleyproof.people.identity import who

    made = add_token(library.ada, "bob", at=AT)
    asking = who({"GALLEY_TOKEN": made.text, "DATABASE_URL": "x"})
    assert (asking.name, asking.acting_name) == ("bob", "ada")
    own = add_token(library.bob, at=AT)
    asking = who({"GALLEY_TOKEN": own.text, "DATABASE_URL": "x"})
    assert (asking.name, asking.acting_name) == ("bob", None)
