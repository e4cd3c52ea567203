"""A leafref's path, written as the expression that gives the nodes which a value refers to."""

from __future__ import annotations

from pyconfhoard.xpath import SELF, BinaryOperation, Call, LocationPath, NameTest, PathFrom, Step

__all__ = ["narrowed"]


def narrowed(path: LocationPath | PathFrom) -> LocationPath | PathFrom:
    """The path with its last steps held to the value of ``current()``."""
    *steps, last = path.steps
    if last.axis != "child" or not isinstance(last.test, NameTest):
        return path
    here = Call("current")
    if steps and steps[-1].axis == "child":
        leaf = LocationPath(absolute=False, steps=(last,))
        above = steps[-1]
        steps[-1] = Step("child", above.test, (*above.predicates, BinaryOperation("=", leaf, here)))
    itself = BinaryOperation("=", LocationPath(absolute=False, steps=(SELF,)), here)
    steps.append(Step("child", last.test, (*last.predicates, itself)))
    if isinstance(path, PathFrom):
        return PathFrom(path.start, tuple(steps))
    return LocationPath(path.absolute, tuple(steps))
