"""A small model that has every kind of node a Thing meets."""

from pathlib import Path

import pytest

from pyconfhoard.schema import load
from pyconfhoard.schema.nodes import Schema

YANG = """
module lab {
  yang-version 1.1;
  namespace "urn:lab";
  prefix l;
  typedef temperature { type decimal64 { fraction-digits 2; range "-50 .. 150"; } units "celsius"; }
  identity style;
  identity ale { base style; }
  container room {
    container tank {
      leaf setpoint { type temperature; default 17; }
      leaf highpoint { type temperature; }
      leaf mode { type enumeration { enum idle; enum heat; } default idle; }
      leaf style { type identityref { base style; } }
      leaf-list tag { type string; }
      leaf-list step { type uint8; ordered-by user; default 1; default 2; }
      anydata note;
      container lid { presence "there is a lid"; leaf open { type boolean; default false; } }
      choice cooling {
        default none;
        case none { leaf quiet { type boolean; default true; } }
        case pump { leaf rate { type uint8; default 5; } }
      }
      list probe {
        key "id";
        leaf id { type string; }
        leaf offset { type temperature; default 0; }
        leaf latest { config false; type temperature; }
        list reading { config false; key "hour"; leaf hour { type uint8; } leaf value { type temperature; } }
      }
      container results {
        config false;
        leaf latest { type temperature; }
        leaf count { type uint64; }
        leaf ok { type boolean; }
        leaf mode { type leafref { path "../../mode"; } }
        leaf flags { type bits { bit a; bit b; } }
        leaf raw { type binary; }
        leaf done { type empty; }
        leaf-list last { type temperature; }
      }
    }
    container power {
      leaf heater { type boolean; default false; }
      leaf load { config false; type temperature; }
    }
  }
}
"""


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder = tmp_path_factory.mktemp("yang")
    (folder / "lab.yang").write_text(YANG)
    return load(["lab"], folders=[folder])


@pytest.fixture
def yang(tmp_path: Path) -> Path:
    """A folder with the module, for what reads it itself."""
    folder = tmp_path / "yang"
    folder.mkdir()
    (folder / "lab.yang").write_text(YANG)
    return folder
