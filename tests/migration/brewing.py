"""A brewery whose model changes: ``OLD`` to ``NEW``, with rules, and data of the old."""

import json
from pathlib import Path

OLD = """
module brewery {
  yang-version 1.1;
  namespace "urn:brewery";
  prefix b;
  revision 2026-05-01;
  container cellar {
    leaf setpoint { type decimal64 { fraction-digits 1; } default 64.4; }
    leaf mode { type enumeration { enum hot; enum cold; } }
    leaf note { type string; }
  }
  list kettle {
    key name;
    leaf name { type string; }
    leaf volume { type uint32; }
  }
}
"""

NEW = """
module brewery {
  yang-version 1.1;
  namespace "urn:brewery";
  prefix b;
  revision 2026-11-21;
  container cellar {
    leaf target { type decimal64 { fraction-digits 1; } default 18.0; }
    leaf mode { type enumeration { enum heat; enum cool; } }
    leaf note { type string; }
    leaf limit { type decimal64 { fraction-digits 1; } mandatory true; }
  }
  list kettle {
    key name;
    leaf name { type string; }
    leaf volume { type uint32; }
  }
}
"""

RULES = {
    "convert": [
        {
            "path": "/brewery:cellar/setpoint",
            "to": "/brewery:cellar/target",
            "expression": "round((. - 32) * 50 div 9) div 10",
        },
        {
            "path": "/brewery:cellar/mode",
            "table": [{"from": "hot", "to": "heat"}, {"from": "cold", "to": "cool"}],
        },
    ],
    "default": [{"path": "/brewery:cellar/limit", "value": "25.0"}],
}

BEFORE = {
    "brewery:cellar": {"setpoint": "68.0", "mode": "cold", "note": "lager"},
    "brewery:kettle": [{"name": "mash", "volume": 50}],
}
AFTER = {
    "brewery:cellar": {"target": "20.0", "mode": "cool", "note": "lager", "limit": "25.0"},
    "brewery:kettle": [{"name": "mash", "volume": 50}],
}


def write_old(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "brewery.yang").write_text(OLD)


def write_new(folder: Path, rules: dict | None = RULES) -> None:
    (folder / "brewery.yang").write_text(NEW)
    if rules is not None:
        step = {"from-revision": "2026-05-01", "to-revision": "2026-11-21", **rules}
        content = {"pyconfhoard-migration:migration": {"module": "brewery", "step": [step]}}
        (folder / "brewery.migration.json").write_text(json.dumps(content, indent=2))
