"""A change of model: what becomes of stored configuration when its YANG changes. Pure functions of data, schemas and rules.

:func:`~pyconfhoard.migration.plan.plan` puts it together: the data in the words of the old schema is taken out of them
(:mod:`loose`), goes through the steps that the rules beside the YANG tell (:mod:`rules`, :mod:`change`), and is read
in the words of the new schema (:mod:`fit`). Who stores the result is ``pyconfhoard.hoard.upgrade``.
"""

from pyconfhoard.migration.defaults import changes_of_models
from pyconfhoard.migration.plan import Plan, plan
from pyconfhoard.migration.rules import SUFFIX, Book, read_books

__all__ = ["SUFFIX", "Book", "Plan", "changes_of_models", "plan", "read_books"]
