"""What is near a path is what holds it, or what it holds."""

from cellar import PUMP, ROOM, YANG
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.hoard.nearby import Nearby
from pyconfhoard.schema import load
from pyconfhoard.tree import parse_path

SCHEMA = load(["cellar"], folders=[YANG])
TEXTS = (
    *("/", "/cellar:house", ROOM, f"{ROOM}/setpoint", f"{ROOM}/probe", f"{ROOM}/probe[id='a']"),
    *(f"{ROOM}/probe[id='b']/offset", PUMP, "/cellar:bottle", "/cellar:bottle[name='a']", "/cellar:menu"),
    *("/cellar:bottle[name='a']/year", "/cellar:bottle[name='b']/year", "/cellar:menu[.='a']"),
)
PATHS = st.sampled_from([parse_path(SCHEMA, text) for text in TEXTS])


@given(places=st.lists(st.lists(PATHS, max_size=3), max_size=4), asked=st.lists(PATHS, max_size=6))
def test_what_is_met_is_within_or_around(places, asked):
    nearby = Nearby((path, number) for number, paths in enumerate(places) for path in paths)
    for path in asked:
        met = nearby.met(path)
        assert len(met) == len(set(met))
        assert set(met) == {
            number
            for number, paths in enumerate(places)
            if any(path.within(one) or one.within(path) for one in paths)
        }
