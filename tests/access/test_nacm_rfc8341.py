"""The examples of RFC 8341 appendix A, and what follows from them for each of its users."""

import pytest
from nacm_lab import access_of, edit, model, nacm, path, rule, rule_list, shown, write

from pyconfhoard.access.nacm import Access
from pyconfhoard.errors import AccessDenied

GROUPS = {
    "admin": ["sam", "andy"],
    "limited": ["wilma", "bam-bam"],
    "guest": ["guest", "guest@example.com"],
}
DATA = {
    "acme:interfaces": {
        "interface": [{"name": "dummy", "mtu": 1500}, {"name": "eth0", "mtu": 9000}],
    },
    "acme:acme-netconf": {"note": "n", "config-parameters": {"retries": 2}},
}
ADMIN = rule_list("admin-acl", ["admin"], rule("permit-all", module_name="*", access_operations="*"))


def may_invoke(access: Access, name: str) -> bool:
    return access.may_exec(model().rpcs[f"acme:{name}"])


class TestModuleRules:
    """A.2: guests are kept off one module, the limited may read it and invoke everything."""

    rules = nacm(
        rule_list("guest-acl", ["guest"], rule("deny-more", "deny", module_name="acme-more")),
        rule_list(
            "limited-acl",
            ["limited"],
            rule("permit-more", module_name="acme-more", access_operations="read"),
            rule("permit-exec", module_name="*", access_operations="exec"),
        ),
        ADMIN,
        groups=GROUPS,
        exec_default="deny",
    )

    def test_guest_sees_nothing_of_the_module(self):
        guest = access_of(self.rules, "guest")
        assert not guest.may_read(path("/acme-more:extra"))
        assert guest.may_read(path("/acme:interfaces"))
        assert not may_invoke(guest, "edit-config")

    def test_limited_reads_it_but_does_not_write(self):
        wilma = access_of(self.rules, "wilma")
        assert wilma.may_read(path("/acme-more:extra"))
        assert may_invoke(wilma, "edit-config")
        with pytest.raises(AccessDenied):
            write(wilma, {}, edit("merge", "/acme-more:extra/one", "x"))

    def test_admin_may_do_all(self):
        sam = access_of(self.rules, "sam")
        assert may_invoke(sam, "self-destruct")
        write(sam, {}, edit("merge", "/acme-more:extra/one", "x"))

    def test_one_in_no_group_has_the_defaults(self):
        nobody = access_of(self.rules, "nobody")
        assert nobody.may_read(path("/acme-more:extra"))
        assert not may_invoke(nobody, "edit-config")


class TestProtocolOperationRules:
    """A.3: who may not end sessions and delete configuration, and who may edit."""

    rules = nacm(
        rule_list(
            "guest-limited-acl",
            ["limited", "guest"],
            rule(
                "deny-kill-session",
                "deny",
                module_name="acme",
                rpc_name="kill-session",
                access_operations="exec",
            ),
            rule(
                "deny-delete-config",
                "deny",
                module_name="acme",
                rpc_name="delete-config",
                access_operations="exec",
            ),
        ),
        rule_list(
            "limited-acl",
            ["limited"],
            rule("permit-edit-config", module_name="acme", rpc_name="edit-config", access_operations="exec"),
        ),
        ADMIN,
        groups=GROUPS,
        exec_default="deny",
    )

    @pytest.mark.parametrize(
        ("user", "kill", "delete", "edit_config"),
        [
            ("guest@example.com", False, False, False),
            ("bam-bam", False, False, True),
            ("andy", True, True, True),
        ],
    )
    def test_say_who_invokes_what(self, user, kill, delete, edit_config):
        access = access_of(self.rules, user)
        assert may_invoke(access, "kill-session") is kill
        assert may_invoke(access, "delete-config") is delete
        assert may_invoke(access, "edit-config") is edit_config


class TestDataNodeRules:
    """A.4: nobody of the guests sees the rules; one subtree may be written, one interface changed."""

    rules = nacm(
        rule_list("guest-acl", ["guest"], rule("deny-nacm", "deny", path="/ietf-netconf-acm:nacm")),
        rule_list(
            "limited-acl",
            ["limited"],
            rule(
                "permit-acme-config",
                path="/acme:acme-netconf/acme:config-parameters",
                access_operations="read create update delete",
            ),
        ),
        rule_list(
            "guest-limited-acl",
            ["guest", "limited"],
            rule(
                "permit-dummy-interface",
                path="/acme:interfaces/acme:interface[acme:name='dummy']",
                access_operations="read update",
            ),
        ),
        rule_list("admin-acl", ["admin"], rule("permit-interface", path="/acme:interfaces/interface")),
        groups=GROUPS,
        read_default="deny",
    )

    def test_guest_sees_the_dummy_interface_only(self):
        guest = access_of(self.rules, "guest")
        assert shown(guest, "/", DATA) == {"acme:interfaces": {"interface": [{"name": "dummy", "mtu": 1500}]}}
        assert not guest.may_read(path("/ietf-netconf-acm:nacm"))

    def test_guest_may_change_it_and_neither_make_nor_remove_one(self):
        guest = access_of(self.rules, "guest")
        write(guest, DATA, edit("merge", "/acme:interfaces/interface[name='dummy']/mtu", 1400))
        for wrong in (
            edit("merge", "/acme:interfaces/interface[name='eth0']/mtu", 1400),
            edit("remove", "/acme:interfaces/interface[name='dummy']"),
            edit("merge", "/acme:interfaces/interface[name='dummy']/description", "new"),
            edit("create", "/acme:interfaces/interface[name='eth1']", {"name": "eth1"}),
        ):
            with pytest.raises(AccessDenied) as error:
                write(guest, DATA, wrong)
            assert [fault.tag for fault in error.value.faults] == ["access-denied"]

    def test_limited_writes_its_subtree(self):
        wilma = access_of(self.rules, "wilma")
        write(wilma, DATA, edit("replace", "/acme:acme-netconf/config-parameters", {"timeout": 5}))
        write(wilma, DATA, edit("remove", "/acme:acme-netconf/config-parameters/retries"))
        with pytest.raises(AccessDenied, match="wilma may not update this") as error:
            write(wilma, DATA, edit("merge", "/acme:acme-netconf/note", "m"))
        assert error.value.faults[0].path == "/acme:acme-netconf/note"

    def test_admin_has_every_interface(self):
        sam = access_of(self.rules, "sam")
        write(sam, DATA, edit("create", "/acme:interfaces/interface[name='eth1']", {"name": "eth1"}))
        assert len(shown(sam, "/acme:interfaces", DATA)["interface"]) == 2


class TestNotificationRules:
    """A.5: one event type is kept from one group."""

    rules = nacm(
        rule_list(
            "sys-acl",
            ["limited"],
            rule(
                "deny-config-change",
                "deny",
                module_name="acme",
                notification_name="sys-config-change",
                access_operations="read",
            ),
        ),
        groups=GROUPS,
    )

    def test_drop_the_one_and_count_it(self):
        wilma = access_of(self.rules, "wilma")
        assert not wilma.may_notify(model().notifications["acme:sys-config-change"])
        assert wilma.may_notify(model().notifications["acme:sys-startup"])
        guest = access_of(self.rules, "guest")
        assert guest.may_notify(model().notifications["acme:sys-config-change"])
