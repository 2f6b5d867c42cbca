"""What controllers make of objects: each case is played in a namespace of its own, on both clusters, and what it
notes must be the same."""
from objects import (
    budget, container, deployment, image, job, probe, rolling, service, serving, template, variable, workload)
from scene import MERGE

CASES = {}


def case(play):
    CASES[play.__name__.replace("_", " ")] = play
    return play


def revisions(scene, name="web"):
    """Each ReplicaSet of a Deployment by its revision: its size, and what its annotations say."""
    found = {}
    for one in scene.all("ReplicaSet", f"app={name}"):
        notes = one["metadata"]["annotations"]
        found[notes["deployment.kubernetes.io/revision"]] = [one["spec"]["replicas"], {
            key.split("/")[1]: value for key, value in sorted(notes.items()) if key.startswith("deployment.")}]
    return found


def rollout(scene, name="web"):
    scene.see("its conditions", scene.condition("Deployment", name))
    scene.see("its steps", scene.told(name, "ScalingReplicaSet"))
    scene.see("its revisions", revisions(scene, name))
    status = scene.get("Deployment", name)["status"]
    scene.see("its counts", {key: value for key, value in status.items() if key != "conditions"})


@case
def a_rollout_with_surge(scene):
    scene.make(deployment(replicas=2, strategy=rolling(1, 0)))
    scene.rolled("web")
    scene.patch("Deployment", "web", variable(2))
    scene.rolled("web")
    rollout(scene)


@case
def a_rollout_without_surge(scene):
    scene.make(deployment(replicas=2, strategy=rolling(0, 1)))
    scene.rolled("web")
    scene.patch("Deployment", "web", variable(2))
    scene.rolled("web")
    rollout(scene)


@case
def a_rollout_that_stops_all_first(scene):
    scene.make(deployment(replicas=2, strategy={"type": "Recreate"}))
    scene.rolled("web")
    scene.patch("Deployment", "web", variable(2))
    scene.rolled("web")
    rollout(scene)


@case
def a_rollout_past_its_deadline(scene):
    scene.make(deployment(replicas=4, strategy=rolling("50%", "50%"), progressDeadlineSeconds=6))
    scene.rolled("web")
    scene.patch("Deployment", "web", image("busybox:nope"))
    scene.rolled("web", "ProgressDeadlineExceeded")
    rollout(scene)
    scene.patch("Deployment", "web", image("busybox:latest"))
    scene.rolled("web")
    scene.see("after going back, its conditions", scene.condition("Deployment", "web"))
    scene.see("after going back, its revisions", revisions(scene))


@case
def a_rollout_that_is_paused(scene):
    scene.make(deployment(replicas=1))
    scene.rolled("web")
    scene.patch("Deployment", "web", {"spec": {"paused": True}})
    scene.rolled("web", "DeploymentPaused")
    scene.see("its conditions while it is paused", scene.condition("Deployment", "web"))
    scene.patch("Deployment", "web", variable(2))
    scene.patch("Deployment", "web", {"spec": {"replicas": 2}})
    scene.ready("Deployment", "web", 2)
    scene.see("its revisions while it is paused", revisions(scene))
    scene.see("it counts as observed", scene.get("Deployment", "web")["status"]["observedGeneration"])
    scene.patch("Deployment", "web", {"spec": {"paused": False}})
    scene.rolled("web")
    scene.see("its conditions in the end", scene.condition("Deployment", "web"))


@case
def the_history_of_a_deployment(scene):
    scene.make(deployment(replicas=1, revisionHistoryLimit=2))
    scene.rolled("web")
    for number in range(2, 5):
        scene.patch("Deployment", "web", variable(number))
        scene.rolled("web")
    scene.until("the oldest revision to go", lambda: len(revisions(scene)) == 3)
    scene.see("its revisions", revisions(scene))
    scene.patch("Deployment", "web", variable(3))
    scene.rolled("web")
    scene.see("its revisions after going back", revisions(scene))


@case
def a_deployment_scaled(scene):
    scene.make(deployment(replicas=1))
    scene.rolled("web")
    code, scale = scene.ask("GET", scene.path("Deployment", "web", "/scale"))
    scene.see("its scale", [code, scale["spec"], scale["status"]])
    scene.patch("Deployment", "web", {"spec": {"replicas": 3}}, MERGE, "/scale")
    scene.ready("Deployment", "web", 3)
    scene.patch("Deployment", "web", {"spec": {"replicas": 0}}, MERGE, "/scale")
    scene.until("no pods", lambda: not scene.all("Pod"))
    scene.until("no replicas", lambda: not scene.get("Deployment", "web")["status"].get("replicas"))
    rollout(scene)


@case
def the_order_of_a_statefulset(scene):
    scene.make(workload("StatefulSet", "web", replicas=3))
    scene.ready("StatefulSet", "web", 3)
    scene.patch("StatefulSet", "web", variable(2))

    def updated():
        status = scene.get("StatefulSet", "web")["status"]
        return status.get("updatedReplicas") == 3 and status["currentRevision"] == status["updateRevision"]
    scene.until("the update", updated)
    scene.ready("StatefulSet", "web", 3)
    scene.patch("StatefulSet", "web", {"spec": {"replicas": 1}})
    scene.until("one pod", lambda: len(scene.all("Pod")) == 1)
    scene.until("one replica", lambda: scene.get("StatefulSet", "web")["status"].get("currentReplicas") == 1)
    scene.until_told("web", "SuccessfulDelete", "web-1")
    scene.see("its events", scene.events("web"))
    status = scene.get("StatefulSet", "web")["status"]
    scene.see("its status", {k: v for k, v in status.items() if k not in ("currentRevision", "updateRevision")})
    scene.see("its revisions", sorted(one["revision"] for one in scene.all("ControllerRevision")))
    labels = scene.get("Pod", "web-0")["metadata"]["labels"]
    scene.see("the labels of its first pod", labels)


@case
def a_statefulset_that_is_stuck(scene):
    scene.make(workload("StatefulSet", "web", replicas=2))
    scene.ready("StatefulSet", "web", 2)
    scene.patch("StatefulSet", "web", image("busybox:nope"))
    scene.until("the stuck pod", lambda: any(s[1] == "ImagePullBackOff" for s in scene.states("web-1")))
    scene.patch("StatefulSet", "web", image("busybox:latest"))
    scene.until("the way back to be seen", lambda: scene.get("StatefulSet", "web")["status"][
        "observedGeneration"] == 3)
    found = scene.get("StatefulSet", "web")["status"]
    scene.see("its counts", [found["replicas"], found["readyReplicas"]])
    scene.see("its image", scene.get("Pod", "web-1")["spec"]["containers"][0]["image"])
    scene.delete("Pod", "web-1")
    scene.ready("StatefulSet", "web", 2)


@case
def a_daemonset(scene):
    scene.make(workload("DaemonSet", "web"))
    scene.ready("DaemonSet", "web", 1)
    scene.patch("DaemonSet", "web", variable(2))
    scene.until("the update", lambda: (lambda s: s.get("updatedNumberScheduled") == s.get("numberReady") == 1 and s[
        "observedGeneration"] == 2)(scene.get("DaemonSet", "web")["status"]))
    scene.until("the old pod's end", lambda: len(scene.all("Pod")) == 1)
    scene.until_told("web", "SuccessfulDelete")
    scene.see("its status", scene.get("DaemonSet", "web")["status"])
    scene.see("its events", scene.events("web"))
    scene.see("its revisions", sorted(one["revision"] for one in scene.all("ControllerRevision")))
    scene.patch("DaemonSet", "web", image("busybox:nope"))
    scene.until("the stuck pod", lambda: any(s[1] == "ImagePullBackOff" for p in scene.all("Pod") for s in scene.states(
        p["metadata"]["name"])))
    scene.see("its status when it is stuck", scene.get("DaemonSet", "web")["status"])


def ended(scene, name, condition, *tells, counts=("active", "succeeded", "failed")):
    scene.until(f"{condition} of {name}", lambda: any(
        c[0] == condition for c in scene.condition("Job", name)), 60)
    status = scene.get("Job", name)["status"]
    scene.see(f"the counts of {name}", {key: status.get(key) for key in counts})
    scene.see(f"the conditions of {name}", scene.condition("Job", name))
    for reason in tells:
        scene.until_told(name, reason)
    scene.see(f"the events of {name}", scene.events(name))


@case
def jobs(scene):
    scene.make(
        job("good", "true"), job("bad", "false", backoffLimit=1), job("never", "false", backoffLimit=0),
        job("long", "sleep", "60", activeDeadlineSeconds=15), job("many", "true", completions=3, parallelism=2),
        job("again", "false", restart="OnFailure", backoffLimit=1), job("off", "true", parallelism=0))
    ended(scene, "good", "Complete", "Completed")
    ended(scene, "bad", "Failed", "BackoffLimitExceeded")
    ended(scene, "never", "Failed", "BackoffLimitExceeded")
    ended(scene, "long", "Failed", "DeadlineExceeded", "SuccessfulDelete")
    ended(scene, "many", "Complete", "Completed")
    # It counts the pods that it is about to delete, and once more when it does not yet see that it gave up: by then they
    # may be gone.
    ended(scene, "again", "Failed", "BackoffLimitExceeded", "SuccessfulDelete", counts=("active", "succeeded"))
    scene.see("the phases of bad", sorted(p["status"]["phase"] for p in scene.all("Pod", "app=bad")))
    scene.see("the pods of off", len(scene.all("Pod", "app=off")))


def evict(scene, pod, **options):
    code, answer = scene.ask("POST", scene.path("Pod", pod, "/eviction"), {
        "apiVersion": "policy/v1beta1", "kind": "Eviction", "metadata": {"name": pod}, **options})
    return [code, answer.get("status"), answer.get("reason"), answer.get("message"), answer.get("details")]


@case
def a_disruption_budget(scene):
    budgets = {"one": {"minAvailable": 1}, "half": {"minAvailable": "50%"}, "less": {"maxUnavailable": 1},
               "third": {"maxUnavailable": "30%"}}
    for name, spec in budgets.items():
        scene.make(budget(name, "web", **spec))
    scene.make(deployment(replicas=3))
    scene.rolled("web")
    status = {}

    def arithmetic():
        for name in budgets:
            found = scene.get("PodDisruptionBudget", name)["status"]
            status[name] = {key: found.get(key) for key in (
                "currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods")}
        return all(one["currentHealthy"] == 3 for one in status.values())
    scene.until("the arithmetic", arithmetic)
    scene.see("its arithmetic", status)
    pods = sorted(one["metadata"]["name"] for one in scene.all("Pod"))
    scene.see("eviction under several", evict(scene, pods[0]))
    for name in ("half", "less", "third"):
        scene.delete("PodDisruptionBudget", name)
    scene.see("eviction as a trial", evict(scene, pods[0], deleteOptions={"dryRun": ["All"]}))
    scene.see("eviction of another UID", evict(scene, pods[0], deleteOptions={
        "preconditions": {"uid": "11111111-1111-1111-1111-111111111111"}}))
    scene.patch("PodDisruptionBudget", "one", {"spec": {"minAvailable": 3}}, MERGE)
    scene.until("the new arithmetic", lambda: scene.get(
        "PodDisruptionBudget", "one")["status"]["desiredHealthy"] == 3)
    scene.see("eviction when none may go", evict(scene, pods[0]))
    # The refused one counts as evicted for two minutes: one of two may go.
    scene.patch("PodDisruptionBudget", "one", {"spec": {"minAvailable": 1}}, MERGE)
    scene.until("the new arithmetic", lambda: scene.get(
        "PodDisruptionBudget", "one")["status"]["disruptionsAllowed"] == 1)
    scene.see("eviction when one may go", evict(scene, pods[1]))
    scene.see("eviction of the next at once", evict(scene, pods[2])[:4])
    scene.see("eviction of what is not there", evict(scene, "nope"))


def addresses(scene, name):
    found = scene.get("Endpoints", name) or {}
    return [[len(one.get("addresses", [])), len(one.get("notReadyAddresses", [])), sorted(
        one.get("ports", []), key=lambda port: port.get("name", ""))] for one in found.get("subsets", [])]


@case
def endpoints(scene):
    scene.make(
        service("web"), service("named", selector={"app": "web"}, ports=[{"port": 80, "targetPort": "http"}]),
        service("lost", selector={"app": "web"}, ports=[{"port": 80, "targetPort": "nope"}]),
        service("all", selector={"app": "web"}, publishNotReadyAddresses=True), service("none"),
        service("two", selector={"app": "web"}, ports=[
            {"name": "a", "port": 80, "targetPort": 8080}, {"name": "b", "port": 81, "targetPort": 9999}]),
        deployment(replicas=1), deployment("sick", template("sick", container(
            ports=[{"containerPort": 8080, "name": "http"}], readinessProbe=probe(9999))), replicas=1))
    scene.make(service("sick"))
    scene.rolled("web")
    scene.until("the unready address", lambda: addresses(scene, "sick") and addresses(scene, "sick")[0][1] == 1)
    scene.until("the ready address", lambda: addresses(scene, "two") and addresses(scene, "two")[0][0] == 1)
    for name in ("web", "named", "lost", "all", "none", "two", "sick"):
        scene.see(name, addresses(scene, name))
    target = scene.get("Endpoints", "web")["subsets"][0]["addresses"][0]
    scene.see("an address", {key: value for key, value in target.items() if key != "nodeName"} | {
        "targetRef": {k: v for k, v in target["targetRef"].items() if k != "resourceVersion"}})
    scene.see("its labels", scene.get("Endpoints", "web")["metadata"].get("labels"))
    slices = [one for one in scene.all("EndpointSlice") if one["metadata"]["name"].startswith("web-")]
    scene.see("its slice", [[e["conditions"].get("ready") for e in one["endpoints"]] + [one["ports"], one[
        "addressType"], one["metadata"]["labels"]] for one in slices])
    scene.patch("Deployment", "web", {"spec": {"replicas": 0}})
    scene.until("no addresses", lambda: not addresses(scene, "web"))
    scene.delete("Service", "web")
    scene.until("no endpoints", lambda: scene.get("Endpoints", "web") is None)
    scene.see("a service without a selector has endpoints", bool(scene.get("Endpoints", "nobody")))


@case
def garbage(scene):
    for name in ("background", "foreground", "orphan"):
        scene.make(deployment(name, replicas=1))
    for name in ("background", "foreground", "orphan"):
        scene.rolled(name)
    for name in ("background", "foreground", "orphan"):
        code, answer = scene.delete("Deployment", name, propagationPolicy=name.capitalize())
        scene.see(f"the answer to {name}", [code, answer.get("kind"), answer.get("metadata", {}).get("finalizers")])
    for name in ("background", "foreground"):
        scene.until(f"{name} to be gone", lambda: not (
            scene.get("Deployment", name) or scene.all("ReplicaSet", f"app={name}")
            or scene.all("Pod", f"app={name}")))
    scene.until("the orphan's owner to be gone", lambda: not scene.get("Deployment", "orphan"))
    scene.see("the orphans", [[one["metadata"].get("ownerReferences"), one["spec"]["replicas"]]
                              for one in scene.all("ReplicaSet")])
    scene.see("the orphans' pods", len(scene.all("Pod")))
    name = scene.all("ReplicaSet")[0]["metadata"]["name"]
    scene.make(deployment("orphan", replicas=1))
    scene.rolled("orphan")
    scene.see("adopted again", [one["metadata"]["name"] == name for one in scene.all("ReplicaSet")])
    scene.make({"kind": "ConfigMap", "metadata": {"name": "kept", "finalizers": ["example.com/hold"]}})
    code, answer = scene.delete("ConfigMap", "kept")
    scene.see("a finalizer holds", [code, answer["metadata"].get("deletionGracePeriodSeconds"), "deletionTimestamp" in
                                    answer["metadata"], scene.get("ConfigMap", "kept") is not None])
    scene.patch("ConfigMap", "kept", {"metadata": {"finalizers": None}}, MERGE)
    scene.see("it goes with its finalizer", scene.get("ConfigMap", "kept"))
