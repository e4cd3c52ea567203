"""The brewery's Things, and the small rules that they are made of.

A Thing file holds what talks to the world; the rules beside it hold no clock, no I/O and no Thing, and
so can be proved: ``calibration``, ``jumps``, ``averages``, ``freshness``, ``hysteresis``.
"""
