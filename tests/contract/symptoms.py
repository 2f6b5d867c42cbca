"""What a kubelet and a scheduler say about pods in trouble: the reasons and words that a diagnosis rests on."""
from objects import container, pod, probe, serving
from outcomes import case
from scene import ORDINARY

# What depends on the node: whether an image was there before, and how long it took.
PULLS = ("Pulling", "Pulled", "Scheduled", "Created", "Started")
# A real kubelet's cache of ConfigMaps and Secrets may be late for a new pod, and a probe early for a new program.
CHANCE = ("failed to sync", "timed out waiting for the condition", "ADDRESS:8080: connect: connection refused")


def story(scene, name, conditions=True):
    """All that can be seen of a pod: why its containers wait, its conditions, and what was told about it."""
    if scene.get("Pod", name)["spec"].get("nodeName") not in (None, "ghost"):
        scene.until(f"the status of {name}", lambda: len(scene.condition("Pod", name)) != 1)
    scene.see(f"states of {name}", scene.states(name))
    found = scene.get("Pod", name)
    scene.see(f"it waits of {name}", [[one["name"], one.get("state", {}).get("waiting", {}).get("reason") in ORDINARY]
                                    for one in found["status"].get("containerStatuses", [])])
    scene.see(f"phase of {name}", [found["status"].get(key) for key in ("phase", "reason", "message", "qosClass")])
    if conditions:
        scene.see(f"conditions of {name}", scene.condition("Pod", name))
    scene.see(f"events of {name}", [e for e in scene.events(name) if e[1] not in PULLS
                                  and not any(words in e[2] for words in CHANCE)])


def seen(scene, name, reason, seconds=60):
    scene.until(f"{reason} of {name}", lambda: any(s[1] == reason for s in scene.states(name)), seconds)


def looping(scene, name, seconds=90):
    """Waits until restarts are held back, and until that was told."""
    seen(scene, name, "CrashLoopBackOff", seconds)
    told(scene, name, "BackOff", seconds=seconds)


def told(scene, name, reason, words="", seconds=60):
    scene.until(f"{reason} about {name}", lambda: any(
        e[1] == reason and words in e[2] for e in scene.events(name)), seconds)


@case
def images(scene):
    scene.make(
        pod("absent", container(image="busybox:nope")), pod("never", container(
            image="busybox:nope", imagePullPolicy="Never")), pod("invalid", container(image="X::Y")))
    seen(scene, "absent", "ErrImagePull")
    seen(scene, "absent", "ImagePullBackOff")
    seen(scene, "never", "ErrImageNeverPull")
    seen(scene, "invalid", "InvalidImageName")
    told(scene, "absent", "BackOff")
    for name in ("absent", "never", "invalid"):
        story(scene, name)


@case
def configuration_that_is_missing(scene):
    def of(kind, name, key=None):
        if key is None:
            return container(envFrom=[{f"{kind}Ref": {"name": name}}])
        return container(env=[{"name": "A", "valueFrom": {f"{kind}KeyRef": {"name": name, "key": key}}}])
    scene.make({"kind": "ConfigMap", "metadata": {"name": "there"}, "data": {"a": "b"}},
               {"kind": "Secret", "metadata": {"name": "there"}, "stringData": {"a": "b"}})
    scene.make(
        pod("map", of("configMap", "nope")), pod("key", of("configMap", "there", "nope")),
        pod("secret", of("secret", "nope")), pod("secretkey", of("secret", "there", "nope")),
        pod("root", container(securityContext={"runAsNonRoot": True})),
        pod("volume", container(volumeMounts=[{"name": "v", "mountPath": "/v"}]), volumes=[
            {"name": "v", "configMap": {"name": "nope"}}]),
        pod("hidden", container(volumeMounts=[{"name": "v", "mountPath": "/v"}]), volumes=[
            {"name": "v", "secret": {"secretName": "nope"}}]))
    names = ("map", "key", "secret", "secretkey", "root")
    for name in names:
        seen(scene, name, "CreateContainerConfigError")
    told(scene, "volume", "FailedMount", "not found")
    told(scene, "hidden", "FailedMount", "not found")
    for name in (*names, "volume", "hidden"):
        story(scene, name)


@case
def programs_that_end(scene):
    greedy = {"simulation.cortex.io/programs": '{"main": {"leak": {"base": 4e6, "bytesPerSecond": 4e7}}}'}
    scene.make(
        pod("crash", container(command=["sh", "-c", "echo broken; exit 3"])),
        pod("nowhere", container(command=["/nope"])), pod("nameless", container(command=["nope"])),
        pod("greedy", container(command=["tail", "/dev/zero"], resources={"limits": {"memory": "16Mi"}}),
            annotations=greedy),
        pod("once", container(command=["false"]), restartPolicy="Never"),
        pod("done", container(command=["true"]), restartPolicy="Never"),
        pod("failing", container(command=["false"]), restartPolicy="OnFailure"),
        pod("late", container(command=["sleep", "60"]), activeDeadlineSeconds=15))
    for name in ("crash", "nowhere", "nameless", "greedy", "failing"):
        looping(scene, name)
    scene.until("the ends", lambda: [scene.get("Pod", n)["status"]["phase"] for n in ("once", "done", "late")] == [
        "Failed", "Succeeded", "Failed"])
    for name in ("crash", "nowhere", "nameless", "greedy", "once", "done", "failing", "late"):
        story(scene, name)


@case
def probes(scene):
    get = {"httpGet": {"path": "/nope", "port": 8080}, "tcpSocket": None}
    scene.make(
        pod("refused", container(readinessProbe=probe(9999))),
        pod("page", container(readinessProbe={k: v for k, v in probe(**get).items() if v}), annotations={
            "simulation.cortex.io/programs": '{"main": {"paths": ["/"]}}'}),
        pod("lost", container(readinessProbe={k: v for k, v in probe(httpGet={
            "path": "/", "port": 9999}, tcpSocket=None).items() if v})),
        pod("says", container(readinessProbe={k: v for k, v in probe(
            exec={"command": ["false"]}, tcpSocket=None).items() if v})),
        pod("alive", container(livenessProbe=probe(9999, failureThreshold=2))),
        pod("starts", container(startupProbe=probe(9999, failureThreshold=3), livenessProbe=probe())))
    for name in ("refused", "page", "lost", "says"):
        told(scene, name, "Unhealthy")
    for name in ("alive", "starts"):
        told(scene, name, "Killing")
        seen(scene, name, "Error")
    for name in ("refused", "page", "lost", "says", "alive", "starts"):
        story(scene, name)


@case
def containers_that_come_first(scene):
    scene.make(
        pod("hangs", serving(), initContainers=[container("first", ["sleep", "3600"])]),
        pod("crashes", serving(), initContainers=[container("first", ["sh", "-c", "exit 1"])]),
        pod("passes", serving(), initContainers=[container("first", ["true"]), container("second", ["true"])]),
        pod("ends", serving(), initContainers=[container("first", ["false"])], restartPolicy="Never"))
    looping(scene, "crashes")
    scene.until("the pod that passes", lambda: any(
        c[:2] == ["Ready", "True"] for c in scene.condition("Pod", "passes")))
    scene.until("the pod that ends", lambda: scene.get("Pod", "ends")["status"]["phase"] == "Failed")
    scene.until("the one that hangs", lambda: scene.get("Pod", "hangs")["status"].get("initContainerStatuses"))
    for name in ("hangs", "crashes", "passes", "ends"):
        story(scene, name)


@case
def places_that_are_not_there(scene):
    apart = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"labelSelector": {"matchLabels": {"app": "apart"}}, "topologyKey": "kubernetes.io/hostname"}]}}
    claims = [{"name": "v", "persistentVolumeClaim": {"claimName": "nope"}}]
    unbound = [{"name": "v", "persistentVolumeClaim": {"claimName": "pending"}}]
    scene.make({"kind": "PersistentVolumeClaim", "metadata": {"name": "pending"}, "spec": {
        "storageClassName": "nope", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}})
    scene.make(
        pod("selector", serving(), nodeSelector={"no-such": "node"}),
        pod("memory", serving(resources={"requests": {"memory": "999Gi"}})),
        pod("cpu", serving(resources={"requests": {"cpu": "999"}})),
        pod("both", serving(resources={"requests": {"cpu": "999", "memory": "999Gi"}})),
        pod("apart", serving(), affinity=apart), pod("claim", serving(), volumes=claims),
        pod("unbound", serving(), volumes=unbound), pod("ghost", serving(), nodeName="ghost"),
        pod("gated", serving(), schedulerName="nobody"),
        pod("together", serving(), affinity={"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
            {"labelSelector": {"matchLabels": {"app": "nobody"}}, "topologyKey": "kubernetes.io/hostname"}]}}))
    scene.until("the first of those apart", lambda: scene.get("Pod", "apart")["spec"].get("nodeName"))
    second = pod("second", serving(), affinity=apart)
    second["metadata"]["labels"] = {"app": "apart"}
    scene.make(second)
    names = ("selector", "memory", "cpu", "both", "claim", "unbound", "together", "second")
    for name in names:
        told(scene, name, "FailedScheduling")
    for name in (*names, "ghost", "gated"):
        story(scene, name)
    scene.see("the claim", [scene.get("PersistentVolumeClaim", "pending")["status"], scene.events(
        "PersistentVolumeClaim")])


@case
def a_pod_that_goes(scene):
    scene.make(pod("web", serving()), pod("plain", container()))
    scene.until("it is ready", lambda: any(c[:2] == ["Ready", "True"] for c in scene.condition("Pod", "web")))
    story(scene, "web")
    found = scene.get("Pod", "web")["status"]["containerStatuses"][0]
    scene.see("its container", [found["image"].split("/")[-1], found["ready"], found["started"], found["restartCount"]])
    code, answer = scene.delete("Pod", "web", gracePeriodSeconds=2)
    scene.see("the answer", [code, answer["kind"], answer["metadata"].get("deletionGracePeriodSeconds"),
                             answer["status"]["phase"]])
    scene.until("it is gone", lambda: scene.get("Pod", "web") is None)
    told(scene, "web", "Killing")
    scene.see("what was told in the end", [e for e in scene.events("web") if e[1] == "Killing"])
