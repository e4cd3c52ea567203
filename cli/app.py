"""``./launch --cli``, ``python cli/cli.py`` and the wheel's ``pyconfhoard-cli``: options, then the shell."""

from __future__ import annotations

import argparse
import getpass
import os
import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from pyconfhoard.errors import HoardError
from pyconfhoard.settings import Settings

from .client import Client, RemoteError, Unreachable, find_token
from .interpreter import Interpreter

__all__ = ["main"]

NOBODY = "wild"
"""The name in the prompt when no user is known."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pyconfhoard-cli",
        description="The command line of a hoard: show what runs, edit the configuration, commit.",
        epilog="Exit code: 0, or 1 when a command failed or no hoard answers. "
        "Without a terminal the first command that fails ends the run.",
    )
    parser.add_argument("--hoard", metavar="URL", help="the hoard's URL (PYCONF_HOARD)")
    parser.add_argument(
        "--port", type=int, metavar="PORT", help="the hoard's port on this machine (PYCONF_PORT)"
    )
    parser.add_argument(
        "--datastore", metavar="DIR", help="where the administrator's token is (PYCONF_DATASTORE)"
    )
    parser.add_argument(
        "-c",
        "--command",
        action="append",
        default=[],
        metavar="LINE",
        help="run this line and end; repeatable",
    )
    return parser


class _Plain:
    """Answers on standard output; nobody to ask."""

    asks = False

    def write(self, text: str) -> None:
        sys.stdout.write(text + "\n")

    def page(self, text: str) -> None:
        self.write(text)

    def confirm(self, question: str) -> bool | None:
        return None


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return NOBODY


def _all(interpreter: Interpreter, lines: Sequence[str]) -> bool:
    """Run lines up to the first that fails or leaves; whether all worked."""
    for line in lines:
        went = interpreter.run(line)
        if went is not True:
            return went is None
    return True


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is the process's: where a signal ends it, 128 and its number, as shells have it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a letter gets its number
            stream.reconfigure(errors="backslashreplace")
    try:
        return _main(argv)
    except BrokenPipeError:  # who read has seen enough, as head has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _main(argv: Sequence[str] | None) -> int:
    options = _parser().parse_args(argv)
    environ = dict(os.environ)
    for name, value in (
        ("PYCONF_HOARD", options.hoard),
        ("PYCONF_PORT", options.port),
        ("PYCONF_DATASTORE", options.datastore),
    ):
        if value is not None:
            environ[name] = str(value)
    try:
        settings = Settings.from_environment(environ)
        client = Client(settings.url, find_token(settings.datastore), settings.trusted)
        interpreter = Interpreter(client, _Plain(), _user())
        interpreter.schema  # noqa: B018 - asks the hoard: is it there, are we let in
        waiting = client.waiting() if sys.stdin.isatty() and not options.command else ""
    except (HoardError, Unreachable, RemoteError) as error:
        print(f"Error: {error}", file=sys.stderr)  # noqa: T201 - a command's last words
        return 1
    try:
        if options.command:
            worked = _all(interpreter, options.command)
            interpreter.end()
            sys.stdout.flush()
            return 0 if worked else 1
        from .shell import Shell  # noqa: PLC0415 - cmd2 costs a quarter of a second: not for -c

        return int(Shell(client, _user()).cmdloop(f"Note: {waiting}" if waiting else ""))
    finally:
        client.close()


if __name__ == "__main__":
    sys.exit(main())
