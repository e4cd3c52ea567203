"""The launcher's command line: what to do, and every setting that has an option.

Options of settings come from the one table in ``settings.py``; their environment twins are named in
``--help``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pyconfhoard.settings import TABLE, Setting, Settings
from pyconfhoard.thing.remote import MODES, LoadMode

__all__ = ["Options", "parse", "usage"]

_EXAMPLES: Final = """\
examples:
  ./launch --demo                                                 the brewery, on played hardware
  ./launch --thing things/brewery/temperature_provider.py --register
  ./launch --thing things/brewery/temperature_provider.py
  ./launch --rest --yang DIR --module NAME --datastore DIR        serve any folder of YANG
  ./launch --cli
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for; ``settings`` are complete, environment twins included."""

    settings: Settings
    things: tuple[Path, ...] = ()
    register: bool = False
    debug: bool = False
    rest: bool = False
    cli: bool = False
    commands: tuple[str, ...] = ()
    demo: bool = False
    throwaway: bool = False
    token: bool = False
    token_of: str = ""
    check: bool = False
    repair: bool = False
    profile: bool = False
    upgrade: bool = False
    downgrade: bool = False
    yes: bool = False
    backup: Path | None = None
    restore: Path | None = None
    save: Path | None = None
    load: Path | None = None
    mode: LoadMode = "merge"
    path: str = "/"
    first_boot: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is something to do."""
        runs = self.rest or self.cli or self.demo or self.throwaway
        shows = self.token or self.profile or self.check or self.repair
        changes = self.upgrade or self.downgrade
        carries = self.backup or self.restore or self.save or self.load or self.first_boot
        return bool(self.things) or runs or shows or changes or bool(carries)


_ACTIONS: Final = (
    ("--thing", "things", "run the Thing of this file; repeatable: they share one process"),
    ("--register", "register", "with --thing: make the Thing known to the hoard, and end"),
    ("--debug", "debug", "with one --thing: a shell with its data model at hand"),
    ("--rest", "rest", "run the hoard with its REST server"),
    ("--cli", "cli", "the command line"),
    ("--command", "commands", "with --cli: run this line of it, and end; repeatable"),
    ("--demo", "demo", "the brewery: hoard, Things and played hardware"),
    ("--throwaway", "throwaway", "a scratch hoard in a temporary folder, gone at the end"),
    ("--token", "token", "print the administrator's token; with USER:NAME make one of that name for a user"),
    ("--check", "check", "read all of the datastore, and say what is wrong with it"),
    ("--repair", "repair", "the same, and go back to the last good revision; what is damaged is kept aside"),
    (
        "--upgrade",
        "upgrade",
        "show what a changed model makes of the datastore; asked, back up and take it over",
    ),
    ("--downgrade", "downgrade", "go back behind the last upgrade, to its backup and the model of that time"),
    ("--yes", "yes", "with --upgrade or --downgrade: do not ask"),
    ("--backup", "backup", "copy the datastore with its history to this file; a hoard may run"),
    ("--restore", "restore", "put a backup in the datastore's place; what was there is kept aside"),
    ("--save", "save", "write the running configuration to this file: XML for .xml, else JSON"),
    ("--load", "load", "commit the configuration in this file, in whichever form"),
    (
        "--mode",
        "mode",
        "with --load: merge into what is there (default), replace the top-level nodes that the file has, or override all",
    ),
    ("--path", "path", "with --save or --load: what stands there only, like /ietf-system:system"),
    ("--first-boot", "first_boot", "write the files in startup/ anew, from what is running"),
    ("--profile", "profile", "print what each rule of the model costs for the datastore"),
)


_FILES: Final = frozenset({"backup", "restore", "save", "load"})


def _reader(setting: Setting) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return setting.read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{error} (got {text!r})") from None

    return read


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="launch",
        description="Run a hoard, its Things, its command line.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        argument_default=argparse.SUPPRESS,
    )
    what = parser.add_argument_group("what to do")
    for flag, name, text in _ACTIONS:
        if name == "things":
            what.add_argument(flag, dest=name, action="append", type=Path, metavar="PATH", help=text)
        elif name == "commands":
            what.add_argument("-c", flag, dest=name, action="append", metavar="LINE", help=text)
        elif name in _FILES:
            what.add_argument(flag, dest=name, type=Path, metavar="FILE", help=text)
        elif name == "token":
            what.add_argument(flag, dest=name, nargs="?", const="", metavar="USER:NAME", help=text)
        elif name == "path":
            what.add_argument(flag, dest=name, metavar="PATH", help=text)
        elif name == "mode":
            what.add_argument(flag, dest=name, choices=MODES, help=text)
        else:
            what.add_argument(flag, dest=name, action="store_true", help=text)
    how = parser.add_argument_group("how")
    for row in TABLE:
        if not row.option:
            continue
        twin = f"{row.help} ({row.environment})".replace("%", "%%")
        if isinstance(row.default, bool):
            how.add_argument(row.option, dest=row.name, action="store_true", help=twin)
        elif row.repeatable:
            how.add_argument(
                row.option,
                dest=row.name,
                action="extend",
                type=_reader(row),
                metavar=row.metavar,
                help=f"{twin}; repeatable",
            )
        else:
            default = f"; default {row.default}" if row.default not in ("", ()) else ""
            how.add_argument(
                row.option, dest=row.name, type=_reader(row), metavar=row.metavar, help=f"{twin}{default}"
            )
    return parser


def usage() -> str:
    """The whole help text."""
    return _parser().format_help()


def parse(arguments: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Read the command line. Raises ``SystemExit`` (2, with usage) for one that cannot be read, and
    :class:`~pyconfhoard.errors.BadInput` for an environment that cannot."""
    parser = _parser()
    values = vars(parser.parse_args(arguments))
    actions = {name: values.pop(name) for _, name, _ in _ACTIONS if name in values}
    things = tuple(actions.pop("things", ()))
    commands = tuple(actions.pop("commands", ()))
    if "token" in actions:
        actions |= {"token": True, "token_of": actions["token"]}
    repeated = {row.name for row in TABLE if row.repeatable}
    overrides = {name: tuple(value) if name in repeated else value for name, value in values.items()}
    settings = Settings.from_environment(environ, **overrides)
    options = Options(settings=settings, things=things, commands=commands, **actions)
    for flag in ("register", "debug"):
        if getattr(options, flag) and not things:
            parser.error(f"--{flag} needs --thing PATH")
    if options.debug and len(things) > 1:
        parser.error("--debug takes one --thing")
    if commands and not options.cli:
        parser.error("--command goes with --cli")
    if "mode" in actions and options.load is None:
        parser.error("--mode goes with --load FILE")
    if "path" in actions and options.load is None and options.save is None:
        parser.error("--path goes with --save FILE or --load FILE")
    if options.path != "/" and options.mode == "override":
        parser.error("--mode override takes the place of everything: with --path it is --mode replace")
    return options
