"""SHA-crypt by the vectors of its specification."""

import pytest

from pyconfhoard.access.sha_crypt import LONGEST, ROUNDS, Setting, hashed, parse

VECTORS = [
    (
        "Hello world!",
        "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
    ),
    (
        "Hello world!",
        "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
    ),
    (
        "This is just a test",
        "$6$rounds=5000$toolongsaltstrin$lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0",
    ),
    (
        "a very much longer text to encrypt.  This one even stretches over morethan one line.",
        "$6$rounds=1400$anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1",
    ),
    (
        "we have a short salt string but not a short password",
        "$6$rounds=77777$short$WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0",
    ),
    (
        "a short string",
        "$6$rounds=123456$asaltof16chars..$BtCwjqMJGx5hrJhZywWvt0RLE8uZ4oPwcelCjmw2kSYu.Ec6ycULevoBK25fs2xXgMNrCzIMVcgEJAstJeonj1",
    ),
    (
        "the minimum number is still observed",
        "$6$rounds=1000$roundstoolow$kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX.",
    ),
    ("Hello world!", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"),
    ("Hello world!", "$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA"),
    ("This is just a test", "$5$rounds=5000$toolongsaltstrin$Un/5jzAHMgOGZ5.mWJpuVolil07guHPvOW8mGRcvxa5"),
    (
        "a very much longer text to encrypt.  This one even stretches over morethan one line.",
        "$5$rounds=1400$anotherlongsalts$Rx.j8H.h8HjEDGomFU8bDkXm3XIUnzyxf12oP84Bnq1",
    ),
    (
        "we have a short salt string but not a short password",
        "$5$rounds=77777$short$JiO1O3ZpDAxGJeaDIuqCoEFysAe1mZNJRs3pw0KQRd/",
    ),
    ("a short string", "$5$rounds=123456$asaltof16chars..$gP3VQ/6X7UUEW3HkBn2w1/Ptq2jxPyzV/cZKmF/wJvD"),
    (
        "the minimum number is still observed",
        "$5$rounds=1000$roundstoolow$yfvwcWrQ8l/K0DAWyuPMDNHpIVlTQebY9l/gL972bIC",
    ),
]
"""Password and hash, salts cut to their 16 characters and rounds raised to 1 000 as the specification has it."""


@pytest.mark.parametrize(("password", "stored"), VECTORS)
def test_hash_is_that_of_the_specification(password, stored):
    assert hashed(password, parse(stored)) == stored


def test_a_fresh_setting_has_its_own_salt_and_many_rounds():
    first, second = Setting.fresh(), Setting.fresh()
    assert first.salt != second.salt
    assert (len(first.salt), first.rounds, first.kind) == (16, ROUNDS, "6")
    assert parse(first.text).salt == first.salt


def test_too_few_rounds_are_raised_and_too_many_refused():
    assert parse("$6$rounds=10$salt").rounds == 1000
    with pytest.raises(ValueError, match="1000001 rounds are more than 1000000"):
        parse("$5$rounds=1000001$salt$")


@pytest.mark.parametrize(
    "text", ["", "$1$salt$hash", "$2b$12$abc", "$6$seventeencharacter$", "secret", "$0$word"]
)
def test_other_methods_are_refused(text):
    with pytest.raises(ValueError, match="no SHA-crypt hash"):
        parse(text)


def test_a_very_long_password_is_refused_for_its_work_grows_with_the_square():
    hashed("x" * LONGEST, parse("$5$rounds=1000$a"))
    with pytest.raises(ValueError, match="at most 256 bytes"):
        hashed("ä" * LONGEST, parse("$5$rounds=1000$a"))
