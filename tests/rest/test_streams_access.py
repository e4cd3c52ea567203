"""Events go to those who may see them, and tell of a change only what they may read of it."""

import asyncio
from pathlib import Path
from typing import Any

from pyconfhoard.access import ADMIN, Principal
from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.notices import Notice, Notices, Position
from pyconfhoard.tree import Edit, decode, parse_path
from rest.streams.access import seen

MODELS = Path(__file__).parent / "models"
ANN = Principal("ann", "user")
DATA = {"belfry:counter": 1, "belfry:tower": {"bell": [{"name": "great"}]}}


def told(folder: Path, *rules: dict[str, str], **more: Any) -> tuple[list[str], dict[str, int]]:
    """The targets of a change that ann is told, then what else she is told of two notifications, and how often something
    was kept from her."""

    async def life() -> tuple[list[str], dict[str, int]]:
        modules = ["belfry", "ietf-netconf-acm", "ietf-netconf-notifications"]
        with Hoard.open(folder, yang=[MODELS], modules=modules) as hoard:
            notices = Notices(hoard)
            root = parse_path(hoard.schema, "/")
            listed = [{"name": str(number), **rule} for number, rule in enumerate(rules)]
            nacm = {
                "groups": {"group": [{"name": "staff", "user-name": ["ann"]}]},
                "rule-list": [{"name": "staff", "group": ["staff"], "rule": listed}],
                **more,
            }
            made = decode(hoard.schema.root, {"ietf-netconf-acm:nacm": nacm}, root)
            await hoard.commit([Edit("merge", root, made)], author="me")
            await hoard.commit([Edit("merge", root, decode(hoard.schema.root, DATA, root))], author="me")
            notices.publish("belfry:rung", {"times": 1})
            notices.publish("belfry:cracked", {"depth": 1}, "/belfry:tower/bell[name='great']")
            heard = notices.after(Position(hoard.revision - 1)) or ()
            ann, admin = hoard.access(ANN), hoard.access(ADMIN)
            assert [seen(admin, one) for one in heard] == list(heard)
            passed = [one for notice in heard if (one := seen(ann, notice)) is not None]
            return [_told(one) for one in passed], {"denied": hoard.nacm.counters.denied_notifications}

    return asyncio.run(life())


def _told(notice: Notice) -> str:
    if not notice.change:
        return notice.node.name
    return " ".join(edit["target"] for edit in notice.branch["edit"].values())


READ = {"access-operations": "read", "action": "permit"}


def test_whoever_may_read_everything_is_told_everything(tmp_path):
    assert told(tmp_path, READ)[0] == ["/belfry:counter /belfry:tower", "rung", "cracked"]


def test_edits_of_what_may_not_be_read_are_left_out(tmp_path):
    hide = {"path": "/belfry:tower", "action": "deny"}
    assert told(tmp_path, hide, READ)[0] == ["/belfry:counter", "rung"]


def test_a_change_of_which_nothing_may_be_read_is_not_told(tmp_path):
    only = {"path": "/belfry:nowhere", "action": "permit"}
    assert told(tmp_path, only) == ([], {"denied": 3})


def test_a_notification_that_a_rule_denies_is_dropped_and_counted(tmp_path):
    deny = {"module-name": "belfry", "notification-name": "rung", "action": "deny"}
    assert told(tmp_path, deny, READ) == (["/belfry:counter /belfry:tower", "cracked"], {"denied": 1})
