"""The rules of docs/rbac.yaml, under which every test runs Cortex."""
import copy
import pathlib

import yaml

GROUP = "rbac.authorization.k8s.io"
DOCUMENT = pathlib.Path(__file__).resolve().parents[3] / "docs" / "rbac.yaml"


def rules(role):
    for document in yaml.safe_load_all(DOCUMENT.read_text()):
        if "rules" in document and document["metadata"]["name"] == role:
            return document["rules"]
    raise KeyError(role)


def without(rules, resource, verb, group=None):
    """The same rules but for one verb on one resource (`deployments/scale`), of this group where one is named."""
    rest = []
    for rule in copy.deepcopy(rules):
        is_meant = group is None or group == rule["apiGroups"][0]
        if is_meant and resource in rule["resources"] and verb in rule["verbs"]:
            others = [name for name in rule["resources"] if name != resource]
            if others:
                rest.append(dict(rule, resources=others))
            rule = dict(rule, resources=[resource], verbs=[name for name in rule["verbs"] if name != verb])
        if rule["verbs"]:
            rest.append(rule)
    return rest


def flat(rules):
    """Each right by itself: verb and resource, the resource with its group (`deployments.apps/scale`)."""
    rights = set()
    for rule in rules:
        for resource in rule["resources"]:
            name, slash, sub = resource.partition("/")
            group = f".{rule['apiGroups'][0]}" if rule["apiGroups"][0] else ""
            rights |= {(verb, f"{name}{group}{slash}{sub}") for verb in rule["verbs"]}
    return rights


def objects(namespace, account, healer, nodes):
    """A service account and its rights: `healer` in the namespace, and `nodes` in the whole cluster."""
    subject = [{"kind": "ServiceAccount", "name": account, "namespace": namespace}]
    label = {"labels": {"cortex-e2e": namespace}}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account, "namespace": namespace}},
        {"apiVersion": f"{GROUP}/v1", "kind": "Role", "metadata": {"name": account, "namespace": namespace},
         "rules": healer},
        {"apiVersion": f"{GROUP}/v1", "kind": "RoleBinding", "metadata": {"name": account, "namespace": namespace},
         "roleRef": {"apiGroup": GROUP, "kind": "Role", "name": account}, "subjects": subject},
        {"apiVersion": f"{GROUP}/v1", "kind": "ClusterRole", "metadata": {"name": f"{namespace}-nodes", **label},
         "rules": nodes},
        {"apiVersion": f"{GROUP}/v1", "kind": "ClusterRoleBinding", "metadata": {"name": f"{namespace}-nodes", **label},
         "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": f"{namespace}-nodes"}, "subjects": subject},
    ]
