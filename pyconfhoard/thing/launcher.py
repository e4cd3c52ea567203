"""``./launch``: what a user types. See ``--help``; ``options.py`` reads the line, this carries it out.

Whatever runs for longer runs under one supervisor: the hoard (gunicorn), the Things, the played plant
of the demo, the command line when it is asked for together with others. Everything that can be known
to fail is tried *before* anything is started: a thing file, a port, a folder, a registration; and each
message tells the way out.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from pyconfhoard.errors import BadInput, Fault, HoardError, LinkError, NotFound, StoreError
from pyconfhoard.settings import LOOPBACK, Settings
from pyconfhoard.store.lock import FolderLock, refuse_network
from pyconfhoard.thing import carrying, checking, http, places
from pyconfhoard.thing.costs import costs
from pyconfhoard.thing.declaration import Declaration, describe
from pyconfhoard.thing.local import LocalCopy
from pyconfhoard.thing.options import Options, parse, usage
from pyconfhoard.thing.register import admin_token, register, serving
from pyconfhoard.thing.supervisor import Child, Supervisor
from pyconfhoard.thing.upgrading import agreed, go_back, upgrade
from pyconfhoard.thing.user_token import make_token

__all__ = ["main"]

_PORT_WAIT: Final = 0.5
"""Seconds that a busy port is awaited, when nobody has the datastore any more."""

_PLAYED: Final = "pyconfhoard.drivers.played.fermenter"

_BREWERY: Final = ("temperature_provider.py", "fermentation_controller.py")


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line; gives the exit code."""
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments, os.environ)
        if not options.anything:
            sys.stderr.write(usage())
            return 1
        with contextlib.ExitStack() as stack:
            if options.throwaway:
                folder = Path(stack.enter_context(_scratch()))
                options = replace(options, settings=replace(options.settings, datastore=folder))
            return _carry_out(_absolute(options))
    except HoardError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


@contextlib.contextmanager
def _scratch() -> Iterator[str]:
    folder = tempfile.mkdtemp(prefix="pyconfhoard-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _absolute(options: Options) -> Options:
    """The same, with folders that mean the same in every child."""
    settings = options.settings
    return replace(
        options,
        settings=replace(
            settings,
            datastore=settings.datastore.absolute(),
            yang=tuple(folder.absolute() for folder in settings.yang),
        ),
        things=tuple(path.absolute() if path.is_absolute() else path for path in options.things),
    )


def _carry_out(options: Options) -> int:
    settings = options.settings
    if options.token:
        _say(make_token(settings, options.token_of) if options.token_of else admin_token(settings))
        return 0
    if options.check or options.repair:
        return (checking.repair if options.repair else checking.check)(settings, _say)
    if options.profile:
        _say(costs(settings.datastore))
        return 0
    if options.upgrade or options.downgrade:
        change = upgrade if options.upgrade else go_back
        return change(settings, _say, (lambda question: True) if options.yes else agreed)
    if options.restore:
        return carrying.restore(settings, options.restore, _say)
    if options.backup:
        return carrying.back_up(settings, options.backup, _say)
    if options.save:
        return carrying.save(settings, options.save, _say, options.path)
    if options.load:
        return carrying.load(settings, options.load, options.mode, _say, options.path)
    if options.first_boot:
        return carrying.first_boot(settings, _say)
    environment = _environment(settings)
    if options.cli and not (options.things or options.rest or options.demo or options.throwaway):
        command = _cli_command(options.commands)
        os.execve(command[0], command, environment)  # noqa: S606 - our own command line
    if options.demo:
        environment |= _played(settings)
        options = replace(options, things=(*_brewery(), *options.things))
    declarations = [describe(path, environment) for path in options.things]
    _no_twins(declarations)
    serves = options.rest or options.demo or options.throwaway
    if options.register:
        for declaration in declarations:
            _say(register(declaration, settings))
        return 0
    if serves:
        _check_host(settings)
        _check_folder(settings.datastore)
        _check_owner(settings)
        _check_port(settings)
    if options.demo or options.throwaway:
        new = [each for each in declarations if not LocalCopy(settings.run, each.name).token()]
        for declaration in new if options.demo else ():
            _prepare_demo(declaration, settings)
        _register_apart(new, environment)
    _check_registered(declarations, settings)
    if options.demo:
        _say("starting the hoard, the brewery's Things and the played fermenter ...")
    children = _children(options, declarations, environment, serves=serves)
    supervisor = Supervisor(
        children,
        environment=environment,
        report=_complain,
        on_ready=lambda: _announce(options, declarations, serves=serves),
    )
    code = supervisor.run()
    if serves and not code:
        _say("stopped")
    return code


# -- what is started -------------------------------------------------------------------------------


def _children(
    options: Options, declarations: Sequence[Declaration], environment: Mapping[str, str], *, serves: bool
) -> list[Child]:
    settings = options.settings
    logs = settings.run / "log"
    aside = options.demo or options.cli  # the terminal is for something else than logs
    children: list[Child] = []
    if serves:
        children.append(
            Child(
                name="the hoard",
                command=_hoard_command(),
                environment=environment,
                folder=places.CHECKOUT,
                log=logs / "hoard.log" if aside else None,
                ready=_healthy(settings),
                vital=True,
            )
        )
    if options.demo:
        children.append(
            Child(
                name="the played fermenter",
                command=(sys.executable, "-m", _PLAYED),
                environment=environment,
                stage=1,
                log=logs / "played.log",
            )
        )
    host = (sys.executable, "-m", "pyconfhoard.thing.host")
    together = [list(declarations)] if declarations else []
    groups = [[declaration] for declaration in declarations] if options.demo else together
    children.extend(
        Child(
            name=" and ".join(declaration.name for declaration in group),
            command=(
                *host,
                *(["--debug"] if options.debug else []),
                *(str(declaration.file) for declaration in group),
            ),
            environment=environment,
            stage=2,
            outputs=tuple(output for declaration in group for output in declaration.outputs),
            log=logs / f"{group[0].name}.log" if aside else None,
            announces=0 if options.debug else len(group),
            foreground=options.debug,
        )
        for group in groups
    )
    if options.cli:
        children.append(
            Child(
                name="the command line",
                command=_cli_command(options.commands),
                environment=environment,
                stage=3,
                foreground=True,
            )
        )
    return children


def _hoard_command() -> tuple[str, ...]:
    """gunicorn as the face sets it up; where to listen comes from the environment, with all else."""
    rest = places.face("rest")
    return (sys.executable, "-m", "gunicorn", "--config", f"python:{rest}.gunicorn_settings", f"{rest}.app")


def _cli_command(lines: Sequence[str] = ()) -> tuple[str, ...]:
    given = [word for line in lines for word in ("-c", line)]
    return (sys.executable, "-m", f"{places.face('cli')}.app", *given)


def _environment(settings: Settings) -> dict[str, str]:
    return places.child_environment(os.environ) | settings.environment() | {"PYTHONUNBUFFERED": "1"}


def _brewery() -> tuple[Path, ...]:
    return tuple(places.file_of("things", "brewery", name) for name in _BREWERY)


def _played(settings: Settings) -> dict[str, str]:
    """The environment in which the demo's hardware is played, visibly."""
    folder = settings.run / "played"
    return {"PYCONF_ONEWIRE": f"played:{folder / 'w1'}", "PYCONF_GPIO": f"played:{folder / 'gpio'}"}


def _prepare_demo(declaration: Declaration, settings: Settings) -> None:
    """First data of the demo, where there is any beside the Thing's file: ``demo/<name>.json``. What is
    played there runs faster than time, and so minimum times are shorter."""
    first = declaration.file.parent / "demo" / f"{declaration.name}.json"
    startup = settings.datastore / "startup" / first.name
    if first.is_file() and not startup.exists():
        startup.parent.mkdir(exist_ok=True)
        shutil.copyfile(first, startup)


# -- what is checked first -------------------------------------------------------------------------


def _no_twins(declarations: Sequence[Declaration]) -> None:
    names = [declaration.name for declaration in declarations]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"two of the thing files are {name}: a Thing runs once")


def _check_host(settings: Settings) -> None:
    if settings.host not in LOOPBACK and not settings.tls and not settings.insecure:
        raise BadInput(
            Fault(
                "invalid-value",
                f"listening on {settings.host} would open the hoard to the network, and there is no TLS: anybody who can "
                "listen in would see the tokens; serve TLS (--self-signed, or --tls-cert FILE), leave --host out, or "
                "insist with --insecure",
            )
        )


def _check_folder(folder: Path) -> None:
    """A folder that cannot be written is known before anything runs. Access bits tell root nothing: try."""
    try:
        (folder / "run").mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder / "run"):
            pass
    except OSError as error:
        raise StoreError(
            f"the datastore folder {folder} cannot be written ({error.strerror}); "
            "choose another one: --datastore DIR"
        ) from error
    refuse_network(folder)


def _check_owner(settings: Settings) -> None:
    """Wait for a hoard that is just ending; raises :class:`DatastoreInUse` naming one that is not."""
    if serving(settings):
        _say(f"the datastore is in use; waiting for it up to {settings.lock_timeout:g} s ...")
    with FolderLock(settings.datastore, timeout=settings.lock_timeout):
        pass


def _check_port(settings: Settings) -> None:
    """Raises :class:`StoreError` naming the port when somebody else listens on it."""
    deadline = time.monotonic() + _PORT_WAIT
    while True:
        try:
            family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((settings.host, settings.port))
            return  # noqa: TRY300 - the loop's only good end
        except PermissionError as error:
            raise StoreError(
                f"port {settings.port} may not be used by this user; take one above 1023: --port N"
            ) from error
        except OSError as error:
            if time.monotonic() > deadline:
                raise StoreError(
                    f"port {settings.port} on {settings.host} is in use ({error.strerror}); stop what holds it "
                    f"(ss -ltnp 'sport = :{settings.port}' names it) or choose another: --port N"
                ) from error
        time.sleep(0.1)


def _register_apart(declarations: Sequence[Declaration], environment: Mapping[str, str]) -> None:
    """Register in a process of its own: the memory that compiling a model takes is never given back."""
    if not declarations:
        return
    _say(f"registering {' and '.join(declaration.name for declaration in declarations)} ...")
    things = [word for declaration in declarations for word in ("--thing", str(declaration.file))]
    command = (sys.executable, "-m", "pyconfhoard.thing.launcher", *things, "--register")
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise BadInput(done.stderr.strip() or f"registering ended with exit code {done.returncode}")


def _check_registered(declarations: Sequence[Declaration], settings: Settings) -> None:
    for declaration in declarations:
        if not settings.token and not LocalCopy(settings.run, declaration.name).token():
            raise NotFound(
                f"{declaration.name} is not registered in {settings.datastore}; register it first: "
                f"./launch --thing {declaration.file} --register"
            )


def _healthy(settings: Settings) -> Callable[[], bool]:
    def healthy() -> bool:
        # A certificate may be made for another name than this address, and by an authority that this machine does not know.
        try:
            return http.request("GET", f"{settings.url}/healthz", timeout=2.0, verified=False).status == 200
        except LinkError:
            return False

    return healthy


# -- what is said ----------------------------------------------------------------------------------


def _announce(options: Options, declarations: Sequence[Declaration], *, serves: bool) -> None:
    settings = options.settings
    if not serves or options.cli:
        return
    cli = "./launch --cli" if places.CHECKOUT is not None else "pyconfhoard --cli"
    where = "" if settings.port == Settings().port else f" --port {settings.port}"
    if settings.datastore != Settings().datastore.absolute():
        where += f" --datastore {settings.datastore}"
    if settings.tls:
        where += " --self-signed" if settings.self_signed else f" --hoard {settings.url}"
    known = f"--cacert {_short(settings.trusted)} " if settings.trusted else ""
    token = f'"Authorization: Bearer $(cat {_short(settings.run / "admin.token")})"'
    lines = [f"The hoard serves {settings.url}/v1, datastore {_short(settings.datastore)}"]
    lines.extend(
        f"  {declaration.name:24} {declaration.module} {declaration.path}" for declaration in declarations
    )
    if options.demo:
        lines.append(
            "  The fermenter, its probes and its pins are SIMULATED; logs are in "
            f"{_short(settings.run / 'log')}"
        )
    thing = f"datastore/operational/{declarations[0].name}" if declarations else "discover"
    lines += [
        f"  Command line:  {cli}{where}",
        f"  REST:          curl {known}-H {token} {settings.url}/v1/{thing}",
        "  Stop:          Ctrl-C",
    ]
    _say("\n".join(lines))


def _short(path: Path) -> str:
    """Relative to here where that is shorter to read."""
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
