import Diagnosis
import JSON
import Testing

@Suite("Volumes, and pods that end for good")
struct VolumeCases {
    private static func pod(_ index: Int = 0, of revision: Int = 2) -> String { "\(Scene.setName(revision))-1\(index)" }
    private static func mounting(_ volume: JSONValue) -> JSONValue {
        Scene.template { container, spec in
            spec["volumes"] = [volume]
            container["volumeMounts"] = [["name": "v", "mountPath": "/v"]]
        }
    }
    private static let hostPath = mounting(["name": "v", "hostPath": ["path": "/nope", "type": "Directory"]])
    private static let keyed = mounting(["name": "v", "configMap": ["name": "settings"]])
    private static let typeCheck =
        "MountVolume.SetUp failed for volume \"v\" : hostPath type check failed: /nope is not a directory"
    private static let noKey =
        "MountVolume.SetUp failed for volume \"v\" : configmap references non-existent config key: b"

    private static func creating(age: Double) -> PodShape { .waiting("ContainerCreating", age: age) }
    private static func mountFailure(_ message: String, pod: String = pod()) -> JSONValue {
        Scene.event("Pod", pod, "FailedMount", message)
    }

    private static let cases: [Case] = [
        Case(
            "a new revision's volume that cannot be mounted",
            .rollout(hostPath, [creating(age: 40)]) { $0.events = [mountFailure(typeCheck)] }, is: .volumeNotMounted,
            rollback: 1, finding: "volume-not-mounted"),
        Case(
            "that the kubelet waits for it says not why",
            .rollout(hostPath, [creating(age: 40)]) {
                $0.events = [
                    mountFailure(typeCheck),
                    Scene.event(
                        "Pod", pod(), "FailedMount", "Unable to attach or mount volumes: unmounted volumes=[v]",
                        ago: 1),
                ]
            }, is: .volumeNotMounted, rollback: 1),
        Case(
            "a storage server that does not answer is not the template's fault",
            .rollout(hostPath, [creating(age: 40)]) {
                $0.events = [
                    mountFailure("MountVolume.SetUp failed for volume \"v\" : mount.nfs: Connection timed out")
                ]
            }, is: .volumeNotMounted),
        Case(
            "a key that is gone from a ConfigMap which is mounted",
            Scene {
                $0.revisions = [.init(age: 7200, template: keyed, pods: [creating(age: 30), creating(age: 30)])]
                $0.events = [mountFailure(noKey, pod: "\(Scene.setName(1))-00")]
            }, is: .configMapMissing),
        Case(
            "a directory that is mounted onto a file is the volume's fault and not the command's",
            .rollout(
                mounting(["name": "v", "emptyDir": [:]]),
                [
                    .crashing(
                        restarts: 2, exit: 128, reason: "StartError",
                        message: "OCI runtime create failed: unable to start container process: error during container "
                            + "init: error mounting \"/var/lib/v\" to rootfs at \"/bin/sh\": not a directory: unknown")
                ]), is: .volumeNotMounted, rollback: 1),
        Case(
            "a memory limit in which no process can be made",
            .rollout(
                Scene.template { container, _ in container["resources"] = ["limits": ["memory": "1Mi"]] },
                [
                    .crashing(
                        restarts: 2, exit: 128, reason: "StartError",
                        message: "OCI runtime create failed: error setting cgroup config for procHooks process: unable "
                            + "to set memory limit to 1048576 (current usage: 2179072)")
                ]), is: .oomLimitCut, rollback: 1),
    ]

    private static let sysctl = Scene.template { _, spec in
        spec["securityContext"] = ["sysctls": [["name": "net.core.somaxconn", "value": "1024"]]]
    }
    private static func refused(_ reason: String, _ message: String, age: Double = 20) -> PodShape {
        var pod = PodShape.finished("Failed", reason)
        pod.age = age
        pod.message = message
        return pod
    }
    private static let sysctlRefusals = [1, 2, 3, 4].map {
        refused("SysctlForbidden", "Pod forbidden sysctl: \"net.core.somaxconn\" not whitelisted", age: Double($0) * 3)
    }
    private static let full = "Usage of EmptyDir volume \"cache\" exceeds the limit \"10Mi\". "
    private static let low = "The node was low on resource: ephemeral-storage. "

    private static let ends: [Case] = [
        Case(
            "a new revision whose pods the kubelet refuses, one after the other",
            .rollout(sysctl, sysctlRefusals + [.starting(age: 1)], old: []), is: .podRejected, rollback: 1,
            finding: "pods-end"),
        Case(
            "the only revision's pods are refused",
            Scene { $0.revisions = [.init(age: 30, template: sysctl, pods: sysctlRefusals)] }, is: .podRejected),
        Case(
            "pods that fill their own disk",
            .rollout(sysctl, [100, 70, 40].map { refused("Evicted", full, age: $0) } + [.ready(age: 10)], old: []) {
                $0.replicas = 1
            }, is: .podEvicted, rollback: 1),
        Case(
            "pods that go because the node is short of disk",
            Scene {
                $0.revisions = [
                    .init(pods: [100, 70, 40].map { refused("Evicted", low, age: $0) } + [.starting(age: 10)])
                ]
            }, is: .diskPressure),
        Case(
            "three that ended long ago are leftovers",
            Scene { $0.revisions[0].pods += [3000, 2900, 2800].map { refused("Evicted", full, age: $0) } }, is: nil,
            healthy: true),
        Case(
            "three that ended a moment ago, while others serve on",
            Scene { $0.revisions[0].pods += [60, 50, 40].map { refused("OutOfcpu", "no room", age: $0) } }, is: nil,
            healthy: true),
    ]

    private static let subPath = "failed to prepare subPath for volumeMount \"v\" of container \"web\""

    @Test(
        "a path within a volume that cannot be prepared is the volume's fault",
        arguments: [
            Case(
                "a new revision's",
                .rollout(hostPath, [.waiting("CreateContainerConfigError", subPath, age: 60)]), is: .volumeNotMounted,
                rollback: 1),
            Case(
                "one that the revision before mounts as well",
                .rollout(
                    Scene.template { container, _ in container["image"] = "shop/web:2" },
                    [.waiting("CreateContainerConfigError", subPath, age: 60)]), is: .volumeNotMounted),
            Case(
                "that of a container that has run, as after the node's start",
                .rollout(hostPath, [ran("CreateContainerConfigError", subPath)]), is: .crashTransient),
        ])
    func path(_ item: Case) throws { try item.check() }

    /// A container that has run, and cannot be made again now.
    private static func ran(_ reason: String, _ message: String) -> PodShape {
        PodShape(
            age: 300,
            status: PodShape.container(
                ready: false, restarts: 1, state: .waiting(reason, message), last: PodShape.ended(255, "Unknown")))
    }

    @Test("a volume that cannot be mounted is named, and who brought it", arguments: cases)
    func volume(_ item: Case) throws { try item.check() }

    @Test("pods that end one after the other are no pods that are being replaced", arguments: ends)
    func end(_ item: Case) throws { try item.check() }

    @Test("the runtime's own words are in the summary")
    func words() throws {
        let verdict = try Self.cases[4].scene.verdict()
        #expect(verdict.cause?.summary.contains("error mounting") == true)
        let key = try Self.cases[3].scene.verdict()
        #expect(key.cause?.summary.contains("ConfigMap settings lacks the key b") == true)
    }
}
