"""The pause for the garbage collector."""

import gc

import pytest

from pyconfhoard.schema import collection
from pyconfhoard.schema.collection import no_collection


@pytest.fixture(autouse=True)
def collecting():
    gc.enable()
    yield
    gc.unfreeze()
    gc.enable()


def test_a_pause_within_a_pause_ends_with_the_outer_one():
    with no_collection():
        with no_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_does_not_run_is_left_alone():
    gc.disable()
    with no_collection(settle=True):
        pass
    assert not gc.isenabled()


@pytest.mark.parametrize(("settle", "frozen"), [(True, True), (False, False)])
def test_what_was_made_in_a_large_pause_is_settled_where_it_stays(settle, frozen, monkeypatch):
    monkeypatch.setattr(collection, "_MANY", 1000)
    gc.collect()
    before = gc.get_freeze_count()
    with no_collection(settle=settle):
        kept = [[] for _ in range(2000)]
    assert (gc.get_freeze_count() >= before + len(kept)) is frozen


def test_a_small_pause_settles_nothing():
    gc.collect()
    before = gc.get_freeze_count()
    with no_collection(settle=True):
        kept = [[]]
    assert gc.get_freeze_count() == before
    assert kept
