"""What a kubelet and a scheduler say about pods in trouble: the reasons and words that a diagnosis rests on."""
from objects import container, pod, probe, serving
from outcomes import case
from scene import ORDINARY

# What depends on the node: whether an image was there before, and how long it took.
PULLS = ("Pulling", "Pulled", "Scheduled", "Created", "Started")
# A real kubelet's cache of ConfigMaps and Secrets may be late for a new pod, a probe early for a new program, and a pod's
# network gone before it is taken down.
CHANCE = ("failed to sync", "timed out waiting for the condition", "ADDRESS:8080: connect: connection refused",
          "failed to destroy network for sandbox")


def story(scene, name, *tells, without=()):
    """All that can be seen of a pod: why its containers wait, its conditions, and what was told about it. `tells` are
    the reasons and words that were told at the latest: a kubelet hands its Events out one after the other. `without`
    are reasons that it may not come to tell."""
    for reason, words in tells:
        scene.until_told(name, reason, words)
    if scene.get("Pod", name)["spec"].get("nodeName") not in (None, "ghost"):
        scene.until(f"the status of {name}", lambda: len(scene.condition("Pod", name)) != 1)
    scene.see(f"states of {name}", scene.states(name))
    found = scene.get("Pod", name)
    scene.see(f"it waits of {name}", [[one["name"], one.get("state", {}).get("waiting", {}).get("reason") in ORDINARY]
                                    for one in found["status"].get("containerStatuses", [])])
    scene.see(f"phase of {name}", [found["status"].get(key) for key in ("phase", "reason", "message", "qosClass")])
    scene.see(f"conditions of {name}", scene.condition("Pod", name))
    scene.see(f"events of {name}", [e for e in scene.events(name) if e[1] not in (*PULLS, *without)
                                  and not any(words in e[2] for words in CHANCE)])


def seen(scene, name, reason, seconds=60):
    scene.until(f"{reason} of {name}", lambda: any(s[1] == reason for s in scene.states(name)), seconds)


def looping(scene, name, seconds=90):
    """Waits until restarts are held back, and until that was told."""
    seen(scene, name, "CrashLoopBackOff", seconds)
    scene.until_told(name, "BackOff", seconds=seconds)


def held(scene, name):
    """Waits until the next restart is held back just now: then nothing of the pod runs for a while."""
    def is_held():
        found = scene.get("Pod", name)["status"]["containerStatuses"][0]["state"].get("waiting", {})
        return found.get("reason") == "CrashLoopBackOff" and any(
            c[:2] == ["Ready", "False"] for c in scene.condition("Pod", name))
    scene.until(f"a back-off of {name}", is_held)


@case
def images(scene):
    scene.make(
        pod("absent", container(image="busybox:nope")), pod("never", container(
            image="busybox:nope", imagePullPolicy="Never")), pod("invalid", container(image="X::Y")))
    seen(scene, "absent", "ErrImagePull")
    seen(scene, "absent", "ImagePullBackOff")
    seen(scene, "never", "ErrImageNeverPull")
    seen(scene, "invalid", "InvalidImageName")
    story(scene, "absent", ("BackOff", ""), *[("Failed", words) for words in (
        "Failed to pull image", "Error: ErrImagePull", "Error: ImagePullBackOff")])
    story(scene, "never", ("ErrImageNeverPull", ""), ("Failed", ""))
    story(scene, "invalid", ("InspectFailed", ""), ("Failed", ""))


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
    for name in names:
        story(scene, name, ("Failed", ""))
    for name in ("volume", "hidden"):
        story(scene, name, ("FailedMount", "not found"))


@case
def programs_that_end(scene):
    greedy = {"simulation.cortex.io/programs": '{"main": {"leak": {"base": 4e6, "bytesPerSecond": 4e7}}}'}
    scene.make(
        pod("crash", container(command=["sh", "-c", "echo broken; exit 3"])),
        pod("nowhere", container(command=["/nope"])), pod("nameless", container(command=["nope"])),
        # It outlives its killed child for a moment: else the runtime may see the end before it sees the kernel's kill.
        pod("greedy", container(command=["sh", "-c", "tail /dev/zero; sleep 2; exit 137"], resources={
            "limits": {"memory": "16Mi"}}), annotations=greedy),
        pod("once", container(command=["false"]), restartPolicy="Never"),
        pod("done", container(command=["true"]), restartPolicy="Never"),
        pod("failing", container(command=["false"]), restartPolicy="OnFailure"),
        pod("late", container(command=["sleep", "60"]), activeDeadlineSeconds=15))
    for name in ("crash", "nowhere", "nameless", "greedy", "failing"):
        looping(scene, name)
    # A kubelet shows it for a moment at each restart, and a busy one sometimes leaves it out.
    for name in ("nowhere", "nameless"):
        seen(scene, name, "RunContainerError", 150)
    scene.until("the ends", lambda: [scene.get("Pod", n)["status"]["phase"] for n in ("once", "done", "late")] == [
        "Failed", "Succeeded", "Failed"])
    for name in ("crash", "greedy", "failing"):
        held(scene, name)
        story(scene, name)
    for name in ("nowhere", "nameless"):
        held(scene, name)
        story(scene, name, ("Failed", "Error: "))
    for name in ("once", "done"):
        story(scene, name)
    story(scene, "late", ("DeadlineExceeded", ""), ("Killing", ""))


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
    # A kubelet may say what a probe found before it writes that the container runs.
    for name in ("refused", "page", "lost", "says"):
        scene.until(f"{name} to run", lambda: scene.get("Pod", name)["status"]["phase"] == "Running")
    # The first probes come before the program listens, and then say that.
    for name, words in [("refused", ":9999"), ("page", "statuscode"), ("lost", ":9999"), ("says", "")]:
        story(scene, name, ("Unhealthy", words))
    for name in ("alive", "starts"):
        seen(scene, name, "Error")
        held(scene, name)
        # A probe that fails every second uses up the 25 Events that a kubelet has for a pod before it drops others.
        story(scene, name, ("Unhealthy", ""), ("Killing", ""), without=("BackOff",))


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
        scene.until_told(name, "FailedScheduling")
    for name in (*names, "ghost", "gated"):
        story(scene, name)
    scene.until_told("pending", "ProvisioningFailed")
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
    scene.until_told("web", "Killing")
    scene.see("what was told in the end", [e for e in scene.events("web") if e[1] == "Killing"])
