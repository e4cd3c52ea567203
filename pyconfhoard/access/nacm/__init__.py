"""The Network Configuration Access Control Model (RFC 8341): rules in configuration, compiled for each user.

::

    nacm = Nacm()
    access = nacm.access(principal, schema, running)
    access.demand_read(path)
    shown = access.readable(node, value, path)
    access.check_edits(changes, edits)
"""

from pyconfhoard.access.nacm.nacm import Access, Counters, Nacm
from pyconfhoard.access.nacm.rules import MODULE, RuleSet, read_rules

__all__ = ["MODULE", "Access", "Counters", "Nacm", "RuleSet", "read_rules"]
