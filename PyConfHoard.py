"""``import PyConfHoard``: the name under which the project's first document knows the package."""

from pyconfhoard import Hoard, Output, Refuse, Thing, __version__, every

__all__ = ["Hoard", "Output", "Refuse", "Thing", "__version__", "every"]
