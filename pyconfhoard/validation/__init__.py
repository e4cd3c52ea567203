"""The rules of YANG over instance data: XPath, one small rule per keyword, and the validator that runs them."""

from pyconfhoard.validation.index import Unready, quickly
from pyconfhoard.validation.validator import Checked, Outcome, Validator

__all__ = ["Checked", "Outcome", "Unready", "Validator", "quickly"]
