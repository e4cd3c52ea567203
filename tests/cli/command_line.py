"""The command line in tests: what its sessions say when nobody sits there, and the environment of its process."""

import os

from serving import Server


class Said:
    """What a session says; nobody is there to be asked."""

    asks = False

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += f"{text}\n"

    page = write

    def confirm(self, question: str) -> None:
        return None


def environment(server: Server) -> dict[str, str]:
    """That of a process which talks to ``server``, whatever that of the tests says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYCONF_")}
    return kept | {"PYCONF_PORT": str(server.port), "PYCONF_DATASTORE": str(server.folder)}
