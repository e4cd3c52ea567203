"""What is being edited: a candidate of the hoard, of which there are three ways to have one.

* ``private``: this session's alone. It is gone when nobody touches it for long, and when the hoard is started anew; so what was
  entered is remembered here, and entered again then.
* ``shared``: everybody's. What is pending in it stays there when the session leaves, but not when the hoard is started anew. That
  is told, and a commit refused once; it is not entered again, for others may have taken it back.
* ``exclusive``: the shared one, locked (:mod:`cli.hold`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias, TypeVar

from pyconfhoard.schema.types.base import Json

from .client import ROOT, Client, RemoteError, Unreachable, below
from .commands import CommandError
from .hold import Hold

__all__ = ["Editing", "Expired", "Kind"]

Kind: TypeAlias = Literal["private", "shared", "exclusive"]

_T = TypeVar("_T")
_CANDIDATES: Final = "pyconfhoard-candidates"
_SHARED: Final = "shared"
_NOT_FOUND: Final = 404


class Expired(Exception):
    """What was edited is gone for good."""


class Editing:
    """One at a time. ``renewed`` is called when what was pending had to be entered again, ``lost`` when what was pending in the
    shared candidate is gone."""

    def __init__(self, client: Client, renewed: Callable[[], None], lost: Callable[[], None]) -> None:
        self._client = client
        self._renewed = renewed
        self._lost = lost
        self._started = ""
        """When the hoard was started whose shared candidate this is."""
        self._kind: Kind | None = None
        self._id = ""
        """Of the candidate; empty for a private one that nobody has needed yet."""
        self._entered: list[Callable[[], object]] = []
        self._hold: Hold | None = None
        self.unseen = False
        """What was entered again, or is gone, was not looked at yet: a commit is refused then. Whoever runs commands
        clears it."""

    @property
    def active(self) -> bool:
        """Whether something is being edited."""
        return self._kind is not None

    @property
    def stays(self) -> bool:
        """Whether what is pending is there when this session has left."""
        return self._kind == "shared"

    @property
    def common(self) -> bool:
        """Whether the candidate is the shared one."""
        return self._kind in {"shared", "exclusive"}

    def begin(self, kind: Kind) -> None:
        """Begin to edit. Raises :class:`RemoteError` where ``exclusive`` is not to be had."""
        if kind == "exclusive":
            self._hold = Hold(self._client)
        self._entered.clear()
        self._id = "" if kind == "private" else _SHARED
        self._kind = kind
        try:
            self._need()
            self._started = self._client.started() if kind == "shared" else ""
        except BaseException:
            self._kind = None
            raise

    def leave(self) -> None:
        """End it. What is pending is forgotten, unless it stays."""
        hold, self._hold = self._hold, None
        kind, self._kind = self._kind, None
        self._entered.clear()
        gone, self._id = self._id, ""
        if hold is not None:
            hold.release()
        elif kind == "private":
            self._end(gone)

    def discard(self) -> None:
        """Forget what is pending."""
        if self._kind == "private":
            self._entered.clear()
            gone, self._id = self._id, ""
            self._end(gone)
        else:
            self._edit("DELETE", "")
            self._entered.clear()

    def config(self, api_path: str, *, with_defaults: bool = True, quiet: bool = False) -> Json | None:
        """Configuration as it would be after a commit: running plus what is pending; None where nothing stands. ``quiet``:
        nothing is entered again for it."""
        query = {"content": "config", "with-defaults": "report-all" if with_defaults else "explicit"}

        def read() -> Json | None:
            root = f"{self._need()}/data" if self._kind else "/restconf/data"
            return self._client.get(root + below(api_path), query)

        try:
            return read() if quiet else self._surely(read)
        except RemoteError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def merge(self, data: Json) -> None:
        """Merge a document (RFC 7951, from the root)."""
        self._edit("PATCH", "/data", {ROOT: data})

    def remove(self, api_path: str) -> None:
        """Delete the node at ``api_path``."""
        self._edit("DELETE", f"/data{below(api_path)}")

    def replace(self, data: Mapping[str, Json]) -> None:
        """Put each top-level node of ``data`` in the place of the one that is there."""
        for name, value in data.items():
            self._edit("PUT", f"/data/{name}", {name: value})

    def put(self, api_path: str, data: Mapping[str, Json]) -> None:
        """Put ``data``, the one node at ``api_path`` in RFC 8040's form, in the place of what is there."""
        self._edit("PUT", f"/data{below(api_path)}", data)

    def override(self, data: Mapping[str, Json]) -> None:
        """Put ``data`` in the place of everything."""
        self._edit("PUT", "/data", {ROOT: data})

    def take_back(self, name: str, revision: str, comment: str = "") -> None:
        """Load a way back, ``rollback`` or ``undo``; ``comment`` for the commit to remember."""
        why = {"comment": comment} if comment else {}
        self._enter(lambda: self._client.history(name, revision=revision, candidate=self._named(), **why))

    def changes(self) -> list[Json]:
        """What is pending, as the hoard lists it; empty when nothing is."""
        if not self._id:
            return []
        answer = self._surely(lambda: self._client.request("GET", f"{self._need()}/changes"))
        return list(self._client.document(answer)["changes"])

    def text(self) -> str:
        """What is pending, as a text for a person; empty when nothing is."""
        if not self._id:
            return ""
        told = self._surely(lambda: self._client.call(_CANDIDATES, "show-candidate", candidate=self._named()))
        return str(told.get("text", "")).rstrip("\n")

    def validate(self, persist_id: str = "") -> None:
        """Check it against the model and with the Things; ``persist_id`` as for :meth:`commit`. Raises :class:`RemoteError`
        with every fault."""
        given: dict[str, Json] = {"persist-id": persist_id} if persist_id else {}
        self._surely(
            lambda: self._client.call(_CANDIDATES, "validate-candidate", candidate=self._named(), **given)
        )

    def update(self) -> None:
        """Base what is pending on running as it is now: all that was entered is entered again into another candidate, which
        takes the place of the present one. Raises :class:`CommandError` where that is not a private one, :class:`RemoteError` for
        what cannot be entered again; all is as it was then."""
        if self._kind != "private":
            raise CommandError("update is for a private candidate: that of others is updated by its commit")
        old, self._id = self._id, ""
        try:
            for one in self._entered:
                one()
        except BaseException:
            failed, self._id = self._id, old
            self._end(failed)
            raise
        self._end(old)

    def commit(
        self, comment: str = "", label: str = "", seconds: int | None = None, persist_id: str = ""
    ) -> Json:
        """Commit what is pending, and go on at the new revision.

        ``seconds``: a confirmed commit. ``persist_id`` names the one that waits: it is extended where there are seconds, else
        confirmed, together with what is pending (RFC 6241 section 8.4.1). The answer has ``revision``, ``changed``
        and, of a confirmed one, ``persist-id``. Raises :class:`CommandError` where what is pending had to be entered again:
        it stands on another base now, which a person has not seen.
        """
        words = {"comment": comment, "label": label, "confirm-timeout": seconds, "persist-id": persist_id}
        given: dict[str, Json] = {name: value for name, value in words.items() if value}

        def work() -> Json:
            if self.unseen:
                raise CommandError(
                    "nothing was committed: look at what is pending with compare, and commit again"
                )
            return self._client.call(_CANDIDATES, "commit-candidate", candidate=self._named(), **given)

        result = self._surely(work)
        self._entered.clear()
        if self._kind == "private":
            self._id = ""
        return result

    def _edit(self, method: str, place: str, body: Json | None = None) -> None:
        self._enter(lambda: self._client.request(method, f"{self._need()}{place}", body))

    def _enter(self, work: Callable[[], object]) -> None:
        self._surely(work)
        self._entered.append(work)

    def _named(self) -> str:
        """The id of the candidate, which is there: a lock that ended is told of before anything is asked for."""
        if self._hold is not None and not self._hold.renew():
            self._hold = None
            raise Expired(
                "the lock of this session has ended (broken, or the hoard was started anew), and what was pending is gone"
            )
        if not self._id:
            self._id = str(self._client.document(self._client.request("POST", "/v1/candidate"))["id"])
        return self._id

    def _need(self) -> str:
        return f"/v1/candidate/{self._named()}"

    def _surely(self, work: Callable[[], _T]) -> _T:
        """Do ``work``; where the candidate turns out to be gone, again in another one, into which what was entered is entered
        first."""
        if self._kind == "shared":
            self._look()
        try:
            return work()
        except RemoteError as error:
            if error.status != _NOT_FOUND or self._kind != "private" or self._is_there():
                raise
        self._id = ""
        try:
            for one in self._entered:
                one()
        except RemoteError as error:
            raise Expired(f"what was pending is gone, and cannot be entered again: {error}") from None
        if self._entered:
            self.unseen = True
            self._renewed()
        return work()

    def _look(self) -> None:
        """Whether the hoard was started anew, and so the shared candidate."""
        started = self._client.started()
        if started != self._started:
            self._started = started
            self._entered.clear()
            self.unseen = True
            self._lost()

    def _is_there(self) -> bool:
        """Tell a candidate that ended from a path that does not exist: both are a 404."""
        if not self._id:
            return False
        try:
            self._client.request("GET", f"/v1/candidate/{self._id}")
        except RemoteError as error:
            return error.status != _NOT_FOUND
        return True

    def _end(self, id: str) -> None:
        """Give a private candidate back."""
        if id:
            with contextlib.suppress(RemoteError, Unreachable):  # it may have ended by itself, and soon does
                self._client.request("DELETE", f"/v1/candidate/{id}")
