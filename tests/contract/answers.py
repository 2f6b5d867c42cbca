"""What the API server answers, one request after the other in one namespace."""
NS = "contract"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NS}/deployments"
MAPS = f"/api/v1/namespaces/{NS}/configmaps"
PODS = f"/api/v1/namespaces/{NS}/pods"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"


def deployment(name="web", **spec):
    body = {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {
            "replicas": 0, "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "main", "image": "registry.invalid/none:1"}]},
            },
        },
    }
    body["spec"].update(spec)
    return body


def config(name, **more):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **more}


def pod(name, **spec):
    container = {"name": "main", "image": "registry.invalid/none:1", "resources": spec.pop("resources", {})}
    return {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
        "spec": {"nodeSelector": {"no-such": "node"}, "containers": [container], **spec},
    }


LEASES = f"/apis/coordination.k8s.io/v1/namespaces/{NS}/leases"


def options(**more):
    return {"kind": "DeleteOptions", "apiVersion": "v1", **more}


def lease(**spec):
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "l"}, "spec": spec}


# name, method, path, body, content type; what is compared is the status, and of it code, reason, message, details.
CASES = [
    ("create a deployment", "POST", DEPLOYMENTS, deployment(), None),
    ("create it again", "POST", DEPLOYMENTS, deployment(), None),
    ("negative replicas", "POST", DEPLOYMENTS, deployment("neg", replicas=-1), None),
    ("replicas as text", "POST", DEPLOYMENTS, deployment("txt", replicas="two"), None),
    ("a selector that does not match", "POST", DEPLOYMENTS,
     deployment("sel", selector={"matchLabels": {"app": "other"}}), None),
    ("no selector", "POST", DEPLOYMENTS, deployment("nosel", selector=None), None),
    ("no containers", "POST", DEPLOYMENTS, deployment(
        "nocon", template={"metadata": {"labels": {"app": "nocon"}}, "spec": {"containers": []}}), None),
    ("a name in capitals", "POST", MAPS, config("Upper"), None),
    ("no name", "POST", MAPS, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}, None),
    ("another kind than the path's", "POST", MAPS, pod("x"), None),
    ("another version than the path's", "POST", DEPLOYMENTS, {**deployment(), "apiVersion": "v1"}, None),
    ("another namespace than the path's", "POST", MAPS,
     {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "default"}}, None),
    ("a namespace that is not there", "POST", "/api/v1/namespaces/nope/configmaps", config("x"), None),
    ("get what is not there", "GET", DEPLOYMENTS + "/nope", None, None),
    ("a path that is not there", "GET", "/apis/apps/v1/frobs", None, None),
    ("a group that is not there", "GET", "/apis/nope.example.com/v1", None, None),
    ("put without a name", "PUT", DEPLOYMENTS, deployment(), None),
    ("put under another name", "PUT", DEPLOYMENTS + "/web", deployment("other"), None),
    ("put what is not there", "PUT", MAPS + "/nope", config("nope"), None),
    ("put an old version", "PUT", DEPLOYMENTS + "/web",
     {**deployment(), "metadata": {"name": "web", "resourceVersion": "1"}}, None),
    ("change the selector", "PATCH", DEPLOYMENTS + "/web",
     {"spec": {"selector": {"matchLabels": {"app": "y"}},
               "template": {"metadata": {"labels": {"app": "y"}}}}}, MERGE),
    ("patch an old version", "PATCH", DEPLOYMENTS + "/web", {"metadata": {"resourceVersion": "1"},
                                                              "spec": {"paused": True}}, MERGE),
    ("a strategic merge", "PATCH", DEPLOYMENTS + "/web", {"spec": {"minReadySeconds": 3}}, STRATEGIC),
    ("a failing test of a JSON patch", "PATCH", DEPLOYMENTS + "/web",
     [{"op": "test", "path": "/spec/replicas", "value": 7}], JSON_PATCH),
    ("a JSON patch of what is missing", "PATCH", DEPLOYMENTS + "/web", [{"op": "remove", "path": "/spec/nope"}], JSON_PATCH),
    ("a media type that is none", "PATCH", DEPLOYMENTS + "/web", {}, "application/x-none"),
    ("apply without a manager", "PATCH", DEPLOYMENTS + "/web", deployment(), APPLY),
    ("apply against another manager", "PATCH", DEPLOYMENTS + "/web?fieldManager=m",
     deployment(minReadySeconds=9), APPLY),
    ("a scale to less than nothing", "PATCH", DEPLOYMENTS + "/web/scale", {"spec": {"replicas": -1}}, MERGE),
    ("delete another UID", "DELETE", DEPLOYMENTS + "/web",
     {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": {"uid": "11111111-1111-1111-1111-111111111111"}}, None),
    ("delete another version", "DELETE", DEPLOYMENTS + "/web",
     {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": {"resourceVersion": "1"}}, None),
    ("delete what is not there", "DELETE", MAPS + "/nope", None, None),
    ("a pod that waits", "POST", PODS, pod("waits"), None),
    ("a pod without its account", "POST", PODS, pod("account", serviceAccountName="nope"), None),
    ("a pod's command changed", "PATCH", PODS + "/waits", {"spec": {"containers": [{"name": "main", "command": ["x"]}]}}, STRATEGIC),
    ("requests above limits", "POST", PODS, pod(
        "above", resources={"requests": {"memory": "2Gi"}, "limits": {"memory": "1Gi"}}), None),
    ("a log of no node", "GET", PODS + "/waits/log", None, None),
    ("a log of no container", "GET", PODS + "/waits/log?container=nope", None, None),
    ("a service without ports", "POST", f"/api/v1/namespaces/{NS}/services",
     {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"selector": {"a": "b"}}}, None),
    ("a service", "POST", f"/api/v1/namespaces/{NS}/services",
     {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"},
      "spec": {"selector": {"a": "b"}, "ports": [{"port": 80}]}}, None),
    ("a moment for the endpoints", "WAIT", "", None, None),
    ("a service proxy to nobody", "GET", f"/api/v1/namespaces/{NS}/services/s:80/proxy/", None, None),
    ("a service proxy to no service", "GET", f"/api/v1/namespaces/{NS}/services/none:80/proxy/", None, None),
    ("a field selector that is none", "GET", PODS + "?fieldSelector=spec.nope%3Dx", None, None),
    ("a label selector that is none", "GET", PODS + "?labelSelector=%21%21", None, None),
    ("a watch from long ago", "GET", PODS + "?watch=true&resourceVersion=x", None, None),
    ("a limit range", "POST", f"/api/v1/namespaces/{NS}/limitranges",
     {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "l"},
      "spec": {"limits": [{"type": "Container", "max": {"memory": "1Gi"}}]}}, None),
    ("a moment for the limit range to be known", "WAIT", "", None, None),
    ("a pod above the limit range", "POST", PODS, pod("big", resources={"limits": {"memory": "2Gi"}}), None),
    ("no limit range", "DELETE", f"/api/v1/namespaces/{NS}/limitranges/l", None, None),
    ("a quota", "POST", f"/api/v1/namespaces/{NS}/resourcequotas",
     {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": {"hard": {"pods": "1"}}}, None),
    ("a moment for the quota's controller", "WAIT", "", None, None),
    ("a pod above the quota", "POST", PODS, pod("many"), None),
    ("a map", "POST", MAPS, config("m", data={"a": "b"}), None),
    ("a trial of a kind that is none", "POST", MAPS + "?dryRun=Some", config("t"), None),
    ("a deletion that is a trial", "DELETE", MAPS + "/m", options(dryRun=["All"]), None),
    ("it is still there", "GET", MAPS + "/m", None, None),
    ("a deletion with an odd policy", "DELETE", MAPS + "/m", options(propagationPolicy="Odd"), None),
    ("a patch of the name", "PATCH", MAPS + "/m", {"metadata": {"name": "other"}}, MERGE),
    ("a patch that is a list", "PATCH", MAPS + "/m", ["a"], MERGE),
    ("a label with an odd name", "PATCH", MAPS + "/m", {"metadata": {"labels": {"a b": "c"}}}, MERGE),
    ("a label with an odd prefix", "PATCH", MAPS + "/m", {"metadata": {"labels": {"A_b/c": "c"}}}, MERGE),
    ("a label with an odd value", "PATCH", MAPS + "/m", {"metadata": {"labels": {"a": "b-"}}}, MERGE),
    ("an annotation with an odd name", "PATCH", MAPS + "/m", {"metadata": {"annotations": {"a/b/c": "c"}}}, MERGE),
    ("an annotation that is a number", "PATCH", MAPS + "/m", {"metadata": {"annotations": {"a": 5}}}, MERGE),
    ("a key that is none", "PATCH", MAPS + "/m", {"data": {"a b": "c"}}, MERGE),
    ("a value that is a number", "PATCH", MAPS + "/m", {"data": {"a": 5}}, MERGE),
    ("a finalizer without a domain", "PATCH", MAPS + "/m", {"metadata": {"finalizers": ["bad"]}}, MERGE),
    ("a finalizer", "PATCH", MAPS + "/m", {"metadata": {"finalizers": ["example.com/hold"]}}, MERGE),
    ("what must not change", "PATCH", MAPS + "/m", {"immutable": True}, MERGE),
    ("a change of it", "PATCH", MAPS + "/m", {"data": {"a": "c"}}, MERGE),
    ("an end of that", "PATCH", MAPS + "/m", {"immutable": False}, MERGE),
    ("a deletion that waits", "DELETE", MAPS + "/m", None, None),
    ("a further finalizer", "PATCH", MAPS + "/m",
     {"metadata": {"finalizers": ["example.com/hold", "example.com/more"]}}, MERGE),
    ("no finalizer", "PATCH", MAPS + "/m", {"metadata": {"finalizers": None}}, MERGE),
    ("it is gone", "GET", MAPS + "/m", None, None),
    ("a secret that is no base64", "POST", f"/api/v1/namespaces/{NS}/secrets",
     {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "***"}}, None),
    ("a pod with an odd label", "POST", PODS,
     {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "labels": {"a": 5}}}, None),
    ("a lease", "POST", LEASES, lease(holderIdentity="a", leaseDurationSeconds=10), None),
    ("a lease put over it", "PUT", LEASES + "/l", lease(holderIdentity="b", leaseDurationSeconds=10), None),
    ("a lease that never lasts", "PATCH", LEASES + "/l", {"spec": {"leaseDurationSeconds": 0}}, MERGE),
    ("a list of no state", "GET", MAPS + "?resourceVersionMatch=Exact", None, None),
    ("a list of an odd state", "GET", MAPS + "?resourceVersionMatch=Odd&resourceVersion=1", None, None),
    ("a list of just any state", "GET", MAPS + "?resourceVersionMatch=Exact&resourceVersion=0", None, None),
    ("a list of a state that is none", "GET", MAPS + "?resourceVersion=x", None, None),
    ("a list of the future", "GET", MAPS + "?resourceVersion=999999999999", None, None),
    ("one of the future", "GET", DEPLOYMENTS + "/web?resourceVersion=999999999999", None, None),
    ("a token that is none", "GET", MAPS + "?continue=x", None, None),
    ("a set that is empty", "GET", MAPS + "?labelSelector=a%20in%20()", None, None),
    ("a set without an end", "GET", MAPS + "?labelSelector=a%20in%20(b", None, None),
    ("a label's value that is none", "GET", MAPS + "?labelSelector=a%3Db%20c", None, None),
    ("a label's name that is none", "GET", MAPS + "?labelSelector=x%2Fy%2Fz%3D1", None, None),
    ("nobody may", "GET", PODS, None, None, {"Impersonate-User": "nobody"}),
    ("nobody may, of the cluster", "GET", "/api/v1/nodes", None, None, {"Impersonate-User": "nobody"}),
    ("nobody may, one by name", "DELETE", DEPLOYMENTS + "/web", None, None, {"Impersonate-User": "nobody"}),
    ("nobody may, below an object", "PATCH", DEPLOYMENTS + "/web/scale", {}, MERGE, {"Impersonate-User": "nobody"}),
]
