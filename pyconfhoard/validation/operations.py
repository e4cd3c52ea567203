"""Rules beyond the datastore: rpcs, actions, notifications, and structures of RFC 8791.

What a message may and must hold is said in the same words as for data: mandatory, choice, min- and
max-elements, unique, must, when, leafref, instance-identifier. What differs is the *accessible tree*
that its expressions see (RFC 7950 section 6.4.1): running configuration and state data, and in it the
message.

=========================== ==========================================================
message                     its node, the message's members below it, is a child of
=========================== ==========================================================
input, output of an rpc     the root; its name is that of the rpc
input, output of an action  the node that the action is invoked on
notification                the root, or the node that it is about
structure                   a root of its own: it stands in no datastore
=========================== ==========================================================

So ``input`` and ``output`` are no nodes to XPath: ``..`` of a parameter is the rpc or action, and
``../..`` the root, or the node that has the action. Input and output would both be the rpc's children:
what is invoked and what answers are therefore two trees with a table of rules each, compiled when it is
first needed. Names never clash, since operations, notifications and data share one name space (section
6.2.1).

*Paths of faults* show ``input`` and ``output`` all the same, so that they tell the one from the other and
are the schema's paths with keys: ``/module:rpc/input/leaf``, ``/module:list[key='k']/action/output/leaf``,
``/module:notification/leaf``. A face knows which message it holds and shows the tail as its protocol has
it: RESTCONF, whose document begins at ``module:input``, as ``/module:input/leaf`` (RFC 8040 section 3.6.3),
NETCONF with the elements of its rpc around it (RFC 6241 section 4.3). :func:`place_of` gives the path of a
message; decode it there, with ``content="all"``, and the faults of decoding have the same form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pyconfhoard.errors import MAX_FAULTS, Fault
from pyconfhoard.schema.nodes import Inner, Notification, Operation, Parameters, Schema, Structure, When
from pyconfhoard.tree import Branch, Path, Step
from pyconfhoard.validation.messages import Messages
from pyconfhoard.validation.validator import Outcome

__all__ = ["Operations", "place_of"]


def place_of(message: Inner, at: Path = Path.ROOT) -> Path:
    """Where the input or output of an operation, a notification or a structure stands, for decoding it and in
    faults; ``at`` is the instance that an action is invoked on or that a notification is about."""
    if isinstance(message, Parameters):
        return at / Step(message.operation) / Step(message.member)
    return at / Step(message.member)


class Operations:
    """Judges the messages of a schema. It keeps nothing of the trees that it is asked about.

    All that is judged is decoded already: types, keys, and one case of a choice are right. Rules are
    compiled when a message of their kind first comes, or by :meth:`prepare`; both raise
    :class:`~pyconfhoard.errors.ModelError` as :class:`~pyconfhoard.validation.Validator` does.

    ``running`` is the valid configuration, ``state`` the state data (with the keys and containers on
    the way), which is merged into it for each message: whoever judges many on the same data merges once
    (``state.with_state``) and gives the result as ``running``. All else costs what the message's own rules
    do; if it has none, data is looked at for the instance ``at`` only.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        root = schema.root
        bare = replace(root, children={}, choices=())

        def operations(node: Inner) -> Mapping[str, Operation]:
            return schema.rpcs if node is root else node.actions

        def requests(node: Inner) -> dict[str, tuple[Inner, tuple[When, ...]]]:
            inputs = {name: (each.input, each.whens) for name, each in operations(node).items()}
            notifications = schema.notifications if node is root else node.notifications
            return {**inputs, **{name: (each, each.whens) for name, each in notifications.items()}}

        def replies(node: Inner) -> dict[str, tuple[Inner, tuple[When, ...]]]:
            return {name: (each.output, each.whens) for name, each in operations(node).items()}

        def structures(node: Inner) -> dict[str, tuple[Inner, tuple[When, ...]]]:
            return {name: (each, ()) for name, each in schema.structures.items()} if node is bare else {}

        self._requests = Messages(schema, requests)
        self._replies = Messages(schema, replies)
        self._structures = Messages(replace(schema, root=bare), structures)

    def prepare(self) -> None:
        """Compile all rules now, so that a model which cannot be compiled is refused when it is loaded."""
        for messages in (self._requests, self._replies, self._structures):
            messages.prepare()

    def check_input(
        self,
        operation: Operation,
        given: Branch,
        running: Branch,
        at: Path = Path.ROOT,
        state: Branch | None = None,
        *,
        limit: int = MAX_FAULTS,
    ) -> Outcome:
        """The verdict on what an rpc or action is invoked with. An action is invoked ``at`` an instance.

        A parameter or choice that is mandatory and not there is a ``missing-element`` of the request (RFC 6241
        appendix A), and not ``data-missing`` as in a datastore.

        Raises :class:`NotFound` if that instance does not exist, and ``ValueError`` if the operation is none
        of its node's (or not of this schema).
        """
        outcome = self._requests.check(operation.input, given, running, state, at, limit)
        return Outcome(tuple(map(_of_request, outcome.faults)), outcome.total)

    def check_output(
        self,
        operation: Operation,
        given: Branch,
        running: Branch,
        at: Path = Path.ROOT,
        state: Branch | None = None,
        *,
        limit: int = MAX_FAULTS,
    ) -> Outcome:
        """The verdict on the answer of an rpc or action; all else as for :meth:`check_input`."""
        return self._replies.check(operation.output, given, running, state, at, limit)

    def check_notification(
        self,
        notification: Notification,
        given: Branch,
        running: Branch,
        at: Path = Path.ROOT,
        state: Branch | None = None,
        *,
        limit: int = MAX_FAULTS,
    ) -> Outcome:
        """The verdict on a notification, which is about the instance ``at`` if it is defined in a data
        node; all else as for :meth:`check_input`."""
        return self._requests.check(notification, given, running, state, at, limit)

    def check_structure(self, structure: Structure, given: Branch, *, limit: int = MAX_FAULTS) -> Outcome:
        """The verdict on an instance of a structure. Its expressions see nothing but itself, as the one
        child of the root (RFC 8791 section 4.1). Raises ``ValueError`` if it is not of this schema."""
        return self._structures.check(structure, given, Branch(self.schema.root, {}), None, Path.ROOT, limit)


def _of_request(fault: Fault) -> Fault:
    absent = fault.tag == "data-missing" and fault.app_tag != "instance-required"
    return replace(fault, tag="missing-element") if absent else fault
