"""The compiled schema: what a set of YANG modules means, frozen.

Stages: YANG text -> statements (pyang) -> **these nodes** -> instance data. Everything that YANG
resolves before data exists is resolved here: uses, refine, augment, deviation, feature, typedef,
prefix. A node knows nothing of instances.

*Data tree and schema tree.* ``choice`` and ``case`` exist in the schema tree only, and instance
data walks past them. So :attr:`Inner.children` holds the *data* children, cases flattened, and a
child that stands in a case points back to it with :attr:`DataNode.case`.

*Member names.* Children are keyed by their RFC 7951 member name relative to the parent: ``name``
when parent and child are of the same module, else ``module:name``; at the top always
``module:name``. Names are therefore unique even when two modules augment the same parent.

*Above the top.* The parent of a top-level node is :class:`Root`, whose own parent is None. Nodes
in an rpc or action stand in :class:`Parameters` (its input or output), whose parent is the root or
the node that holds the action; RFC 7950 section 6.4.1 shows XPath the operation where we have its
parameters.

*Configuration.* ``config`` is the inherited property; nodes in rpcs, actions and notifications are
never configuration, so theirs is False.

Nodes compare by identity; :attr:`Node.parent` and what refers to other nodes is filled in while the
schema is compiled, and nothing changes afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pyconfhoard.errors import Place
from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.types.base import Type, Value

__all__ = [
    "AnyData",
    "Case",
    "Choice",
    "Container",
    "DataNode",
    "Identity",
    "Inner",
    "Leaf",
    "LeafList",
    "List",
    "Module",
    "Must",
    "Node",
    "Notification",
    "Operation",
    "Parameters",
    "Root",
    "Schema",
    "Status",
    "Structure",
    "Submodule",
    "When",
    "XPath",
    "case_key",
]

Status: TypeAlias = Literal["current", "deprecated", "obsolete"]


@dataclass(frozen=True, slots=True)
class Must:
    xpath: XPath
    place: Place
    message: str = ""
    app_tag: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """``on_parent``: written on a uses, augment, choice or case, so its context node is the
    closest ancestor data node; else it is the node itself (RFC 7950 section 7.21.5)."""

    xpath: XPath
    place: Place
    on_parent: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Node:
    """What every schema node has. ``module`` is the module whose namespace the node is in."""

    name: str
    module: str
    place: Place
    config: bool = True
    status: Status = "current"
    description: str = ""
    reference: str = ""
    whens: tuple[When, ...] = ()
    """Every condition that decides whether the node may exist: its own, those of the uses and the
    augment that brought it, and those of the cases and choices that it stands in."""
    parent: Inner | None = field(default=None, repr=False)
    """The closest ancestor in the *data* tree (or the parameters, notification or root above it)."""
    extensions: tuple[tuple[str, str], ...] = ()
    """Extension statements written on it, each as (``module:keyword``, argument)."""

    @property
    def qname(self) -> str:
        """``module:name``."""
        return f"{self.module}:{self.name}"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DataNode(Node):
    """A node that instance data can have: container, list, leaf, leaf-list, anydata/anyxml."""

    member: str
    """Its RFC 7951 member name in its parent."""
    case: Case | None = field(default=None, repr=False)
    mandatory: bool = False
    musts: tuple[Must, ...] = ()

    def path(self) -> str:
        """The schema path: ``/module:a/b/other:c``; that of the root is ``/``."""
        steps: list[str] = []
        node: DataNode | None = self
        while node is not None and not isinstance(node, Root):
            steps.append(f"{node.operation}/{node.member}" if isinstance(node, Parameters) else node.member)
            node = node.parent
        return "/" + "/".join(reversed(steps))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Leaf(DataNode):
    type: Type
    default: Value | None = None
    """In canonical form, or None (no YANG value is None)."""
    units: str = ""
    is_key: bool = False
    typedef: str = ""
    """The derived type it was declared with, as ``module:name``, or empty."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LeafList(DataNode):
    type: Type
    defaults: tuple[Value, ...] = ()
    units: str = ""
    typedef: str = ""
    ordered_by_user: bool = False
    min_elements: int = 0
    max_elements: int | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AnyData(DataNode):
    """anydata or anyxml: ``xml`` tells which."""

    xml: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Inner(DataNode):
    """A data node with children; also the root, an rpc's input and output, a notification."""

    children: Mapping[str, DataNode] = field(default_factory=dict)
    """Data children by member name, in the order of the model (keys of a list first)."""
    choices: tuple[Choice, ...] = ()
    """The choices that stand directly in this node (nested ones are in their cases)."""
    actions: Mapping[str, Operation] = field(default_factory=dict)
    notifications: Mapping[str, Notification] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Container(Inner):
    presence: str = ""
    """The argument of ``presence``; empty for a non-presence container."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class List(Inner):
    keys: tuple[str, ...] = ()
    """Member names of the key leaves in the order of the ``key`` statement; empty: keyless."""
    ordered_by_user: bool = False
    min_elements: int = 0
    max_elements: int | None = None
    unique: tuple[tuple[tuple[str, ...], ...], ...] = ()
    """One tuple a ``unique`` statement, of descendant paths, each a tuple of member names."""
    unique_places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Notification(Inner):
    """A notification, at the top (``parent`` is the root) or in a container or list."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Parameters(Inner):
    """The input or output of an rpc or action: ``name`` and ``member`` are one of these words."""

    operation: str = ""
    """Member name of the operation: ``module:name`` for an rpc."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Structure(Inner):
    """A ``structure`` of RFC 8791: data that stands in no datastore (a file, a message, an error)."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Root(Inner):
    """Above the top-level data nodes of all modules; ``name`` and ``module`` are empty."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Case(Node):
    choice: Choice = field(repr=False)
    children: tuple[DataNode, ...] = ()
    """Data nodes of this case, those of nested choices included."""
    choices: tuple[Choice, ...] = ()


def case_key(case: Case, taken: Mapping[str, Case]) -> str:
    """The key of a case among those of its choice that stand before it."""
    return case.qname if case.name in taken else case.name


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Choice(Node):
    cases: Mapping[str, Case] = field(default_factory=dict)
    """By name; one that another module adds under a name that is taken, by ``module:name``."""
    default: str = ""
    """Name of the default case, or empty."""
    mandatory: bool = False
    case: Case | None = field(default=None, repr=False)
    """The case that this choice stands in, if it is nested."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Operation(Node):
    """An rpc (``parent`` is the root) or an action (``parent`` is the node that has it)."""

    input: Parameters
    output: Parameters


@dataclass(frozen=True, slots=True)
class Identity:
    name: str
    module: str
    bases: frozenset[str] = frozenset()
    """Direct bases, as ``module:name``."""
    derived: frozenset[str] = frozenset()
    """Everything derived from it, directly or not, itself excluded."""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Submodule:
    name: str
    revision: str
    """``YYYY-MM-DD``, or empty."""


@dataclass(frozen=True, slots=True)
class Module:
    name: str
    revision: str
    """``YYYY-MM-DD``, or empty."""
    namespace: str
    prefix: str
    yang_version: str
    place: Place
    implemented: bool = True
    """False: imported only (for its typedefs, groupings, identities), so it has no data."""
    features: tuple[str, ...] = ()
    """The enabled ones."""
    submodules: tuple[Submodule, ...] = ()
    deviations: tuple[str, ...] = ()
    """Names of the modules that deviate this one."""
    organization: str = ""
    contact: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Schema:
    """A compiled set of modules."""

    modules: Mapping[str, Module]
    root: Root
    rpcs: Mapping[str, Operation]
    """By ``module:name``."""
    notifications: Mapping[str, Notification]
    identities: Mapping[str, Identity]
    """By ``module:name``."""
    fingerprint: str
    """sha256 over the content of every module file read, the features and our compiler's version."""
    warnings: tuple[str, ...] = ()
    """What the models' authors may want to know, each with ``file:line``."""
    annotations: Mapping[str, Type] = field(default_factory=dict)
    """RFC 7952 metadata annotations, by ``module:name``."""
    structures: Mapping[str, Structure] = field(default_factory=dict)
    """RFC 8791 structures, by ``module:name``."""

    def find(self, path: str) -> DataNode:
        """The node at a schema path ``/module:a/b`` (:meth:`DataNode.path` undone).

        Names may carry their module or not where RFC 7951 lets it out. Raises ``KeyError``
        with the path that was asked for.
        """
        node: Inner = self.root
        found: DataNode | None = None
        for step in path.strip("/").split("/"):
            if found is not None:
                if not isinstance(found, Inner):
                    raise KeyError(path)
                node = found
            found = node.children.get(step) or node.children.get(step.removeprefix(f"{node.module}:"))
            if found is None:
                raise KeyError(path)
        if found is None:
            raise KeyError(path)
        return found

    def walk(self) -> Iterator[DataNode]:
        """Every data node, depth first, in the order of the model."""
        stack: list[DataNode] = [*self.root.children.values()][::-1]
        while stack:
            node = stack.pop()
            yield node
            if isinstance(node, Inner):
                stack.extend([*node.children.values()][::-1])
