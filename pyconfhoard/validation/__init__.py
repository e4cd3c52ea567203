"""The rules of YANG over instance data: XPath, one small rule per keyword, and the validator that runs them."""

from pyconfhoard.validation.index import Unready, quickly, take_time
from pyconfhoard.validation.operations import Operations, place_of
from pyconfhoard.validation.state import StateValidator, with_state
from pyconfhoard.validation.validator import Checked, Outcome, Validator

__all__ = [
    "Checked",
    "Operations",
    "Outcome",
    "StateValidator",
    "Unready",
    "Validator",
    "place_of",
    "quickly",
    "take_time",
    "with_state",
]
