"""What a hoard holds, for those who look: :class:`Data` is the half of :class:`~pyconfhoard.hoard.hoard.Hoard` that changes
nothing.

All of it is of one moment, an immutable :class:`~pyconfhoard.hoard.state.State` that a commit swaps whole. So it may be read
in any thread, and what belongs together is taken from :attr:`Data.state` at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from pyconfhoard.access import Principal
from pyconfhoard.access.nacm import Access, Nacm
from pyconfhoard.errors import Fault, NotFound
from pyconfhoard.hoard import transfer
from pyconfhoard.hoard.commit import Author
from pyconfhoard.hoard.operational import Operational
from pyconfhoard.hoard.owners import Owner, subtree
from pyconfhoard.hoard.permit import Permit
from pyconfhoard.hoard.roots import Roots
from pyconfhoard.hoard.state import Datastore, State, View
from pyconfhoard.hoard.upkeep import Upkeep
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.store.disk import has_room
from pyconfhoard.store.documents import read_document
from pyconfhoard.store.files import Files
from pyconfhoard.store.journal import Journal, Record
from pyconfhoard.store.writer import Writer
from pyconfhoard.tree import Branch, parse_path
from pyconfhoard.tree.json_encode import WithDefaults
from pyconfhoard.validation import Validator

__all__ = ["Data"]


class Data:
    """The datastores of a hoard as they are now; what it is made of is put in place by its opening."""

    now: Callable[[], datetime]
    folder: Path
    journal: Journal
    files: Files
    writer: Writer
    upkeep: Upkeep
    roots: Roots
    nacm: Nacm
    _state: State
    _published: Operational

    @property
    def state(self) -> State:
        """This moment, whole."""
        return self._state

    @property
    def schema(self) -> Schema:
        """The compiled modules that are served."""
        return self._state.schema

    @property
    def validator(self) -> Validator:
        """The rules of :attr:`schema`."""
        return self._state.validator

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the models' authors may want to know, each with ``file:line``: what is odd in a model, and which of its
        rules cost more in a larger datastore."""
        return (*self.schema.warnings, *self.validator.warnings)

    @property
    def running(self) -> Branch:
        """The root of the configuration."""
        return self._state.running

    @property
    def intended(self) -> Branch:
        """What the hoard works towards (RFC 8342 section 5.1.4): running as it is, for nothing in a model is a template
        or inactive."""
        return self._state.running

    @property
    def revision(self) -> int:
        """That of the last commit."""
        return self._state.revision

    @property
    def owners(self) -> Mapping[str, Owner]:
        """By name."""
        return self._state.owners

    @property
    def operational(self) -> Branch:
        """The root of the state that Things and the hoard published."""
        return self._published.root

    @property
    def health(self) -> str:
        """Why nothing can be committed now; empty when all is well. A commit that the disk had no room for tells nothing of
        smaller ones: only while there is no room at all does it count."""
        reason, refused = self.writer.reason, self.writer.refused
        return reason or (refused if refused and not has_room(self.folder) else "")

    def owner(self, name: str) -> Owner:
        """Raises :class:`NotFound` with the names that there are."""
        try:
            return self.owners[name]
        except KeyError:
            known = tuple(self.owners)
            message = f"there is no Thing or module {name!r} here; there are: {', '.join(known) or 'none'}"
            raise NotFound(Fault("invalid-value", message, value=name, legal=known)) from None

    def part(self, owner: str, root: Branch | None = None) -> Branch:
        """What of a root (running, if none is given) is an owner's."""
        state = self._state
        return subtree(state.schema, state.owners, self.owner(owner), state.running if root is None else root)

    def view(self, datastore: Datastore, owner: str) -> View:
        """An owner's part of a datastore. ``startup`` and ``persist`` are as the files hold them.

        Raises :class:`NotFound`, and :class:`StoreError` for a startup file that cannot be read.
        """
        found = self.owner(owner)
        if datastore in {"running", "intended"}:
            return View(found, self.part(owner))
        if datastore == "operational":
            return View(found, self.part(owner, self.operational))
        if datastore == "persist":
            written = self.upkeep.written(owner)
            return View(
                found, self.part(owner, self.root_at(written) if isinstance(written, int) else written)
            )
        return View(found, self._startup(found))

    def _startup(self, owner: Owner) -> Branch:
        empty = subtree(self.schema, self.owners, owner, Branch(self.schema.root, {}))
        body = self.files.read("startup", owner.name)
        if body is None:
            return empty
        try:
            return read_document(empty.schema, owner.path, body)
        except ValueError as error:
            raise self.files.explain("startup", owner.name, error) from error

    def root_at(self, revision: int) -> Branch:
        """The configuration as it was at a revision: :meth:`pyconfhoard.hoard.roots.Roots.at`."""
        return self.roots.at(revision)

    def last_record(self) -> Record | None:
        """The journal's record of the last commit; None before the first."""
        return next(self.journal.records(self.revision - 1, self.revision), None) if self.revision else None

    def save(
        self, path: str = "/", *, form: transfer.Form = "json", with_defaults: WithDefaults = "explicit"
    ) -> bytes:
        """The running configuration at ``path`` as a document: :mod:`pyconfhoard.hoard.transfer`."""
        place = parse_path(self.schema, path)
        pieces = transfer.saved(
            self.schema, self.running, place, form=form, with_defaults=with_defaults, now=self.now()
        )
        return b"".join(pieces)

    # -- who may do what -----------------------------------------------------------------------

    def access(self, principal: Principal) -> Access:
        """What someone may do, by the rules of this moment (RFC 8341)."""
        return self.nacm.access(principal, self.schema, self.running)

    def permit(self, author: Author) -> Permit | None:
        """What checks an author's change; None for one who may change everything."""
        if not isinstance(author, Principal):
            return None
        if self.access(author).unrestricted:
            return None

        def access(base: Branch) -> Access:
            return self.nacm.access(author, self.schema, base)

        return Permit(access)
