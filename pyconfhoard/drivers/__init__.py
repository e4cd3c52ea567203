"""Drivers: what talks to hardware, or plays it. They know nothing of schemas, hoards or Things.

Every driver says in words what is wrong with a reading or a pin, loads the library of its hardware
only when it is used, and plays hardware only when it is told to.
"""
