"""The rights of docs/rbac.yaml are those that Cortex uses: none is missing, none is asked for beyond them."""
import pytest

from harness import sandfly
from harness.sandfly import NAME


def test_nothing_is_asked_for_beyond_the_documented_rights(ns, start):
    if not ns.cluster.audit_log:
        pytest.skip("there is no audit log to read")
    sandfly.deploy(ns)
    server = start(ns)
    assert server.ask().is_answered
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    assert server.ask().is_answered
    ns.patch("service", NAME, {"spec": {"selector": {"app": "sandfly"}}})
    ns.until_unreachable()
    assert server.ask().is_answered
    assert ns.refusals() == []
    assert ("patch", "services") in ns.used_rules()


def test_secrets_are_never_asked_for(ns, start):
    if not ns.cluster.audit_log:
        pytest.skip("there is no audit log to read")
    sandfly.deploy(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    assert start(ns).ask().is_answered
    touched = {kind.split("/")[0] for _, kind in ns.used_rules()}
    assert touched and not touched & {"secrets", "configmaps"}, touched
