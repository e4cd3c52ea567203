"""Thing files: what they declare, and what is wrong with them."""

import os
from pathlib import Path

import pytest

from pyconfhoard.errors import NotFound
from pyconfhoard.thing.declaration import Declaration, InvalidThing, describe
from pyconfhoard.thing.outputs import Output
from pyconfhoard.thing.places import child_environment

SKELETON = """
import PyConfHoard

class TemperatureProviderDs18B20(PyConfHoard.Thing):

\tdef setup(self):
\t\tself.log.info('ready')

class Launch:

    def __init__(self, start=False):
        try:
            self.thing = TemperatureProviderDs18B20('TemperatureProvider',     # friendly app name
            \t\t\t\t\t\t\t\t\t       'brewerslab',              # yang module
            \t\t\t\t\t\t\t\t\t       '/brewhouse/temperature')  # path owned
            if start:
                self.thing.start()
        except KeyboardInterrupt:
            pass

if __name__ == '__main__':
    Launch()
"""

OURS = """
from pyconfhoard import Output, Thing

class Base(Thing):
    module = "lab"

class Heater(Base):
    path = "/room/power"
    follows = ("/lab:room/tank",)
    outputs = (Output(pin=17), Output(pin=27, safe=1))

    def setup(self):
        raise SystemExit("setup must not run")
"""


def told(folder: Path, text: str, name: str = "mine.py") -> Declaration:
    file = folder / name
    file.write_text(text)
    return describe(file, child_environment(os.environ))


class TestDescribe:
    def test_the_seed_skeleton_as_printed(self, tmp_path: Path) -> None:
        declaration = told(tmp_path, SKELETON)
        assert (declaration.name, declaration.module, declaration.path) == (
            "TemperatureProvider",
            "brewerslab",
            "/brewhouse/temperature",
        )
        assert declaration.title == "TemperatureProviderDs18B20"

    def test_the_one_thing_of_a_file_without_setting_it_up(self, tmp_path: Path) -> None:
        assert told(tmp_path, OURS) == Declaration(
            tmp_path / "mine.py",
            "Heater",
            "lab",
            "/room/power",
            "Heater",
            ("/lab:room/tank",),
            (Output(17), Output(27, 1)),
        )

    def test_a_package_has_relative_imports(self, tmp_path: Path) -> None:
        package = tmp_path / "shed"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "names.py").write_text("MODULE = 'lab'")
        text = "from pyconfhoard import Thing\nfrom .names import MODULE\n"
        text += "class T(Thing):\n    module = MODULE\n    path = '/room'\n"
        assert told(package, text).module == "lab"

    def test_a_file_may_import_its_neighbour(self, tmp_path: Path) -> None:
        (tmp_path / "neighbour_of_mine.py").write_text("MODULE = 'lab'")
        text = "from pyconfhoard import Thing\nfrom neighbour_of_mine import MODULE\n"
        text += "class T(Thing):\n    module = MODULE\n    path = '/room'\n"
        assert told(tmp_path, text).module == "lab"

    def test_what_it_prints_does_not_disturb(self, tmp_path: Path) -> None:
        assert told(tmp_path, "print('hello')\n" + OURS).name == "Heater"


class TestRefused:
    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        file = tmp_path / "nothing.py"
        with pytest.raises(NotFound, match=r"nothing\.py does not exist"):
            describe(file, os.environ)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("x = 1", "neither a subclass of pyconfhoard.Thing nor a class Launch"),
            ("def f(:\n  pass", r"line 1"),
            ("import no_such_module_here", "no_such_module_here"),
            ("class Launch:\n    thing = 3", "no Thing as .thing"),
            ("\n1 / 0", r"ZeroDivisionError.*line 2"),
            ("from pyconfhoard import Thing\nclass A(Thing): pass\nclass B(Thing): pass", "A, B"),
            ("from pyconfhoard import Thing\nclass A(Thing): pass", "does not say what it owns"),
            ("import os\nos._exit(3)", "without a word"),
        ],
    )
    def test_a_file_that_is_no_thing(self, tmp_path: Path, text: str, reason: str) -> None:
        with pytest.raises(InvalidThing, match=f"mine.py not a valid thing - cannot launch: .*{reason}"):
            told(tmp_path, text)
