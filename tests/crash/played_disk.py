"""A disk that is played: what was not synced is dropped, reordered and torn when the power goes, and syncs fail as told.

It stands below SQLite as a VFS (apsw's; the real files are read and written through). Beside each file it keeps what
is certainly on the disk, and the writes since the last sync. :meth:`PlayedDisk.after_the_cut` then makes a folder
as a machine may find it when the power is back:

* of each write that was not synced, any of its sectors came through or did not, in any order;
* a file that was deleted without a sync of its folder may be there again, one that was made may not be;
* writes whose sync has *failed* are what they are on Linux: still seen by every reader, believed to be clean by the
  kernel, never tried again, and not on the disk.

SQLite's shared memory lives in memory only: it is gone.
"""

import errno
import random
import shutil
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

import apsw

SECTOR = 512


class Image:
    """One file. ``durable``: what is on the disk for certain, None when the file is not; ``waiting``: writes and
    truncations since the last sync; ``deleted``: its name is gone, but its folder was not synced since."""

    def __init__(self, durable):
        self.durable = durable
        self.waiting = []
        self.deleted = False

    def sync(self):
        body = bytearray(self.durable or b"")
        for offset, data in self.waiting:
            put(body, offset, data)
        self.durable = bytes(body)
        self.waiting.clear()

    def after_the_cut(self, dice):
        """What may be found; None for no file."""
        body = bytearray(self.durable or b"")
        share = dice.choice((0.0, 0.3, 0.7, 0.95, 1.0))
        pieces = []
        for offset, data in self.waiting:
            if data is None:
                pieces.append((offset, None))
            else:
                pieces += [
                    (offset + at, data[at : at + SECTOR])
                    for at in range(-(offset % SECTOR), len(data), SECTOR)
                    if at >= 0
                ]
                head = -offset % SECTOR
                if head:
                    pieces.append((offset, data[:head]))
        pieces = [piece for piece in pieces if dice.random() < share]
        if dice.random() < 0.5:
            dice.shuffle(pieces)
        for offset, data in pieces:
            put(body, offset, data)
        there = self.durable is not None or pieces
        if not there or (self.deleted and dice.random() < 0.5):
            return None
        return bytes(body)


def put(body, offset, data):
    """Write ``data`` (None: cut the file there)."""
    if data is None:
        del body[offset:]
        return
    if len(body) < offset:
        body.extend(bytes(offset - len(body)))
    body[offset : offset + len(data)] = data


class PlayedDisk(apsw.VFS):
    """``cut_at``: the power goes at this write, sync, truncation or deletion (None: never); ``failing``: so many of the next
    syncs fail."""

    def __init__(self, *, cut_at=None, dice=None):
        self.name = f"played-{id(self)}"
        super().__init__(self.name, base="")
        self.cut_at = cut_at
        self.failing = 0
        self.steps = 0
        self.syncs = 0
        self.written = 0
        self.dead = False
        self.images = {}
        self.lock = threading.RLock()
        self._dice = dice or random.Random(0)

    def connect(self, place, **_):
        """As :func:`sqlite3.connect`, for a journal."""
        return Connection(place, self.name)

    def step(self):
        """One more thing is to be done to the disk; raises when the power has gone, or goes now."""
        self.alive()
        self.steps += 1
        if self.steps == self.cut_at:
            self.dead = True
            self.alive()

    def alive(self):
        if self.dead:
            raise failed(apsw.SQLITE_IOERR_READ, "the power is off")

    def xOpen(self, name, flags):
        return PlayedFile(self, name, flags)

    def xDelete(self, name, sync_folder):
        with self.lock:
            self.step()
            image = self.images.get(name)
            if image is not None:
                image.deleted = True
                if sync_folder:
                    self.images.pop(name)
            super().xDelete(name, sync_folder)

    def image(self, name):
        """That of a file which is opened now."""
        image = self.images.get(name)
        if image is None or image.deleted:
            file = Path(name)
            image = self.images[name] = Image(file.read_bytes() if file.exists() else None)
        return image

    def write_again(self, path):
        """:func:`pyconfhoard.store.disk.write_again`, on this disk."""
        image = self.images.get(str(path))
        if image is None or image.deleted:
            return
        with self.lock:
            self.told(self.step)
            body = path.read_bytes()
            image.waiting += [(0, body), (len(body), None)]
            self.told(self.step)
            self.told(lambda: self.sync(image))

    def told(self, work):
        """``work``, an error of which is the operating system's."""
        try:
            work()
        except apsw.IOError as error:
            raise OSError(errno.EIO, str(error)) from error

    def sync(self, image):
        """fsync: what waits is on the disk, or (the first time it fails, on Linux) believed to be so."""
        self.step()
        self.syncs += 1
        if self.failing:
            self.failing -= 1
            image.waiting.clear()
            raise failed(apsw.SQLITE_IOERR_FSYNC, "the sync failed")
        image.sync()

    def after_the_cut(self, folder, target):
        """Make ``target`` what may be found in ``folder`` when the power is back."""
        self.dead = True
        with self.lock:
            shutil.copytree(folder, target, ignore=shutil.ignore_patterns("journal.db*"))
            for name, image in self.images.items():
                body = image.after_the_cut(self._dice)
                if body is not None:
                    (target / Path(name).name).write_bytes(body)


class PlayedFile(apsw.VFSFile):
    def __init__(self, disk, name, flags):
        self._disk = disk
        path = name.filename() if hasattr(name, "filename") else name
        self._image = disk.image(path) if path is not None else Image(None)
        super().__init__("", name, flags)

    def xRead(self, amount, offset):
        self._disk.alive()
        return super().xRead(amount, offset)

    def xWrite(self, data, offset):
        disk, data = self._disk, bytes(data)
        with disk.lock:
            disk.alive()
            self._image.waiting.append((offset, data))  # the power may go in the midst of it
            disk.step()
            disk.written += len(data)
            super().xWrite(data, offset)

    def xTruncate(self, size):
        with self._disk.lock:
            self._disk.alive()
            self._image.waiting.append((size, None))
            self._disk.step()
            super().xTruncate(size)

    def xSync(self, flags):
        disk = self._disk
        with disk.lock:
            disk.sync(self._image)
            super().xSync(flags)


def failed(code, why):
    error = apsw.IOError(why)
    error.extendedresult = code
    return error


class Connection:
    """What a journal asks of a :class:`sqlite3.Connection`, by apsw."""

    def __init__(self, place, vfs):
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI
        with translated():
            self._connection = apsw.Connection(place, flags=flags, vfs=vfs)
            self._connection.set_busy_timeout(5000)

    @property
    def in_transaction(self):
        return self._connection.in_transaction

    def execute(self, query, values=()):
        with translated():
            return Rows(self._connection.execute(query, values))

    def executemany(self, query, rows):
        with translated():
            list(self._connection.executemany(query, rows))

    executescript = execute

    def close(self):
        with suppress(apsw.Error):  # SQLite says nothing of what fails here, either
            self._connection.close(True)


class Rows:
    """A cursor whose rows were all read."""

    def __init__(self, cursor):
        self._rows = iter(list(cursor))

    def __iter__(self):
        return self._rows

    def fetchone(self):
        return next(self._rows, None)

    def fetchall(self):
        return list(self._rows)


class translated:
    """apsw's errors as sqlite3's."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, apsw.Error):
            told = sqlite3.OperationalError(str(error))
            told.sqlite_errorcode = getattr(error, "extendedresult", 0) or getattr(error, "result", 1)
            raise told from error
