"""Played hardware: what runs in place of a brewery on a desk, in a demo and in tests.

It is openly played, never a way out when hardware is missing: its readings are marked simulated, its
folders hold a marker, and its programs say at the start what they are.
"""
