"""A compiled schema with every type and node in it, and documents of it, for the tests of the XML encoding."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path as File
from tempfile import TemporaryDirectory
from typing import Any

from pyconfhoard.schema import load
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Path, decode
from pyconfhoard.tree.xml_decode import decode_xml
from pyconfhoard.tree.xml_text import parse_xml

__all__ = ["MODULES", "read", "read_json", "zoo_schema"]

MODULES = {
    "zoo": """
module zoo {
  yang-version 1.1;
  namespace "urn:zoo";
  prefix z;
  import ietf-yang-types { prefix yang; }
  import ietf-yang-metadata { prefix md; }
  md:annotation trust { type uint8 { range 1..9; } }
  md:annotation seal { type identityref { base animal; } }
  identity animal;
  identity cat { base animal; }
  container all {
    leaf name { type string; }
    leaf int8 { type int8; }
    leaf int64 { type int64; }
    leaf uint16 { type uint16; }
    leaf decimal { type decimal64 { fraction-digits 3; } }
    leaf boolean { type boolean; }
    leaf mode { type enumeration { enum off; enum "a<b"; enum "on & on"; } }
    leaf flags { type bits { bit one; bit two; bit three; } }
    leaf octets { type binary; }
    leaf empty { type empty; }
    leaf kind { type identityref { base animal; } }
    leaf-list kinds { type identityref { base animal; } ordered-by user; }
    leaf where { type instance-identifier { require-instance false; } }
    leaf-list places { type instance-identifier { require-instance false; } ordered-by user; }
    leaf like { type leafref { path "../kind"; } }
    leaf test { type yang:xpath1.0; }
    leaf mixed { type union { type int8; type identityref { base animal; } type boolean; type string; } }
    leaf-list tags { type string; }
    leaf-list order { type uint16; ordered-by user; }
    leaf preset { type int8; default 7; }
    anydata any;
    anyxml xml;
    container plain { leaf a { type string; } leaf b { type int8; default 3; } }
    container here { presence "it counts"; leaf a { type string; } }
    choice way {
      case foot { leaf shoes { type string; } }
      case wheel { leaf tyres { type int8; } }
    }
    list row {
      key "b a";
      leaf a { type string; }
      leaf b { type int8; }
      leaf v { type string; }
      list below { key id; leaf id { type uint16; } ordered-by user; leaf v { type string; } }
    }
    list ill { key kind; leaf kind { type identityref { base animal; } } leaf v { type string; } }
    container state {
      config false;
      leaf counter { type uint64; }
      leaf-list seen { type int8; }
      list log { leaf line { type string; } }
    }
  }
  leaf-list top { type string; }
  list line { key k; leaf k { type string; } ordered-by user; leaf v { type int8; } }
  rpc feed { input { leaf food { type string; } container bowl { leaf size { type int8; } } } }
}""",
    "annex": """
module annex {
  yang-version 1.1;
  namespace "urn:annex&co";
  prefix z;
  import zoo { prefix zoo; }
  identity cat { base zoo:animal; }
  identity lynx { base zoo:animal; }
  augment /zoo:all { leaf name { type string; } container annex { leaf kind { type identityref { base zoo:animal; } } } }
  augment /zoo:all/zoo:row { leaf extra { type string; } }
}""",
}
"""Two modules that chose the same prefix."""


@lru_cache(maxsize=1)
def zoo_schema() -> Schema:
    """The modules of :data:`MODULES`, compiled."""
    with TemporaryDirectory() as folder:
        for name, text in MODULES.items():
            (File(folder) / f"{name}.yang").write_text(text, encoding="utf-8")
        return load([*MODULES, "ietf-netconf-with-defaults"], folders=[File(folder)])


def read(inside: str, *, content: Any = "all", **more: Any) -> Any:
    """The tree of a document whose top-level nodes are ``inside``."""
    document = parse_xml(f"<data>{inside}</data>".encode())
    return decode_xml(zoo_schema(), zoo_schema().root, document, Path(), content=content, **more)


def read_json(raw: Any, *, content: Any = "all") -> Any:
    """The tree of RFC 7951 JSON."""
    return decode(zoo_schema().root, raw, Path(), content=content)
