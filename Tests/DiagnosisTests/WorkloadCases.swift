import Diagnosis
import JSON
import Testing

@Suite("Faults of the workload")
struct WorkloadCases {
    private static let badImage = Scene.template { container, _ in container["image"] = "shop/web:nope" }
    private static let newCommand = Scene.template { container, _ in container["command"] = ["/app", "--new"] }
    private static let notFound = PodShape.waiting(
        "ErrImagePull", "rpc error: code = NotFound desc = docker.io/shop/web:nope: not found")

    private static let images: [Case] = [
        Case(
            "words in the image's own name do not count",
            .rollout(
                Scene.template { container, _ in container["image"] = "shop/not found denied:2" },
                [.waiting("ErrImagePull", "pulling shop/not found denied:2: unexpected status code 500")]),
            is: .imageRegistryDown),
        Case(
            "a port that looks like a status is no answer",
            .rollout(badImage, [.waiting("ErrImagePull", "dial tcp 10.0.0.9:5404: connect: connection refused")]),
            is: .imageRegistryDown),
        Case(
            "an image that is not there, brought by a new revision", .rollout(badImage, [notFound]), is: .imageNotFound,
            rollback: 1),
        Case(
            "an image that is not there, all of whose older pods are gone",
            .rollout(badImage, [notFound, notFound], old: []) { $0.unavailableFor = 60 }, is: .imageNotFound,
            rollback: 1),
        Case(
            "an image that is not there, in the only revision",
            Scene {
                $0.revisions = [.init(template: badImage, pods: [notFound])]
                $0.unavailableFor = 3600
            }, is: .imageNotFound),
        Case(
            "a pod in back-off says nothing of the registry; the event does",
            .rollout(badImage, [.waiting("ImagePullBackOff", "Back-off pulling image \"shop/web:nope\"")]) {
                $0.events = [
                    Scene.event(
                        "Pod", "web-hash2-10", "Failed", "Failed to pull image \"shop/web:nope\": manifest unknown")
                ]
            }, is: .imageNotFound, rollback: 1),
        Case(
            "a registry that refuses connections took no image away",
            .rollout(
                badImage,
                [.waiting("ErrImagePull", "rpc error: dial tcp 10.43.170.72:5000: connect: connection refused")]),
            is: .imageRegistryDown),
        Case(
            "a registry that times out", .rollout(badImage, [.waiting("ErrImagePull", "dial tcp: i/o timeout")]),
            is: .imageRegistryDown),
        Case(
            "a registry that answers 503",
            .rollout(badImage, [.waiting("ErrImagePull", "unexpected status code 503 Service Unavailable")]),
            is: .imageRegistryDown),
        Case(
            "a registry whose name is not found is down, its image is not missing",
            .rollout(badImage, [.waiting("ErrImagePull", "dial tcp: lookup registry.local: no such host")]),
            is: .imageRegistryDown),
        Case(
            "a registry that asks for a login",
            .rollout(badImage, [.waiting("ErrImagePull", "failed to authorize: 401 Unauthorized")]),
            is: .pullSecretMissing, rollback: 1),
        Case(
            "a refusal that may hide a missing image is no missing image",
            .rollout(
                badImage,
                [.waiting("ErrImagePull", "pull access denied, repository does not exist or may require authorization")]
            ),
            is: .pullSecretMissing, rollback: 1),
        Case(
            "an image that may never be pulled", .rollout(badImage, [.waiting("ErrImageNeverPull")]), is: .imageNever,
            rollback: 1),
        Case(
            "an image name that is none", .rollout(badImage, [.waiting("InvalidImageName")]), is: .imageInvalid,
            rollback: 1),
    ]

    private static let starts: [Case] = [
        Case(
            "a command that is not in the image",
            .rollout(
                newCommand, [.crashing(restarts: 2, exit: 128, reason: "StartError", message: "exec: no such file")]),
            is: .badCommand, rollback: 1),
        Case(
            "a secret that a new template refers to",
            .rollout(
                Scene.template { container, _ in container["envFrom"] = [["secretRef": ["name": "db"]]] },
                [.waiting("CreateContainerConfigError", "secret \"db\" not found")]), is: .secretMissing, rollback: 1),
        Case(
            "a ConfigMap that was deleted under an unchanged template",
            Scene {
                let template = Scene.template { container, _ in
                    container["envFrom"] = [["configMapRef": ["name": "settings"]]]
                }
                $0.revisions = [
                    .init(
                        template: Scene.template { container, _ in
                            container["image"] = "shop/web:0"
                            container["envFrom"] = [["configMapRef": ["name": "settings"]]]
                        }),
                    .init(
                        number: 2, age: 7200, template: template,
                        pods: [.waiting("CreateContainerConfigError", "configmap \"settings\" not found")]),
                ]
            }, is: .configMapMissing),
        Case(
            "a ConfigMap without the key",
            .rollout(
                newCommand,
                [.waiting("CreateContainerConfigError", "couldn't find key mode in ConfigMap shop/settings")]),
            is: .configMapMissing, rollback: 1),
        Case(
            "a ConfigMap that is mounted and missing",
            .rollout(
                Scene.template { _, spec in spec["volumes"] = [["name": "v", "configMap": ["name": "files"]]] },
                [.waiting("ContainerCreating")]
            ) {
                $0.events = [
                    Scene.event(
                        "Pod", "web-hash2-10", "FailedMount",
                        "MountVolume.SetUp failed for volume \"v\" : configmap \"files\" not found")
                ]
            }, is: .configMapMissing, rollback: 1),
        Case(
            "a kubelet whose cache is still filling is no missing secret",
            .rollout(newCommand, [.waiting("ContainerCreating", age: 3)]) {
                $0.events = [
                    Scene.event(
                        "Pod", "web-hash2-10", "FailedMount",
                        "failed to sync secret cache: timed out waiting for the condition")
                ]
            }, is: .rolloutRunning),
        Case(
            "an image that runs as root where that is not allowed",
            .rollout(
                Scene.template { container, _ in container["securityContext"] = ["runAsNonRoot": true] },
                [.waiting("CreateContainerConfigError", "container has runAsNonRoot and image will run as root")]),
            is: .securityContext, rollback: 1),
        Case(
            "an init container that ends badly again and again",
            .rollout(
                Scene.template { _, spec in spec["initContainers"] = [["name": "init", "image": "busybox"]] },
                [.initializing(PodShape.container("init", ready: false, restarts: 3, state: .ended(PodShape.ended(1))))]
            ),
            is: .initCrashes, rollback: 1),
        Case(
            "an init container that failed once is tried again",
            .rollout(
                Scene.template { _, spec in spec["initContainers"] = [["name": "init", "image": "busybox"]] },
                [.initializing(PodShape.container("init", ready: false, restarts: 0, state: .ended(PodShape.ended(1))))]
            ),
            is: .crashTransient),
        Case(
            "an init container that waits for ever",
            .rollout(
                Scene.template { _, spec in spec["initContainers"] = [["name": "init", "image": "busybox"]] },
                [.initializing(PodShape.container("init", ready: false, restarts: 0, state: .running(300)))], age: 310),
            is: .initHangs, rollback: 1),
        Case(
            "an init container that is at work",
            .rollout(
                Scene.template { _, spec in spec["initContainers"] = [["name": "init", "image": "busybox"]] },
                [.initializing(PodShape.container("init", ready: false, restarts: 0, state: .running(20)))]),
            is: .slowStart),
    ]

    private static let crashes: [Case] = [
        Case(
            "a new revision that crashes", .rollout(newCommand, [.crashing(restarts: 3), .crashing(restarts: 4)]),
            is: .crashNewRevision, rollback: 1),
        Case(
            "a process that ended twice may still come up",
            .rollout(newCommand, [.crashing(restarts: 2)]), is: .crashTransient, finding: "container-ended"),
        Case(
            "two ends after the deadline are a loop",
            .rollout(newCommand, [.crashing(restarts: 2)]) { $0.progressing = "ProgressDeadlineExceeded" },
            is: .crashNewRevision, rollback: 1),
        Case(
            "an unchanged revision whose process ended twice",
            Scene { $0.revisions = [.init(pods: [.ready(), .crashing(restarts: 2, age: 3600)])] }, is: .crashTransient),
        Case(
            "a first revision that crashes has nothing to go back to",
            Scene {
                $0.revisions = [.init(age: 90, pods: [.crashing(restarts: 4), .crashing(restarts: 4)])]
                $0.unavailableFor = 90
                $0.progressing = "ReplicaSetUpdated"
                $0.logs = [
                    ContainerLog(pod: "web-hash1-00", container: "web", isPrevious: true, lines: ["KeyError: 'URL'"])
                ]
            }, is: .crashOnlyRevision),
        Case(
            "a restart that brought nothing new is not gone back from",
            .rollout(Scene.restarted(at: "2026-11-24T11:59:00Z"), [.crashing(restarts: 5)], old: []),
            is: .crashOnlyRevision),
        Case(
            "a revision that served for hours is not blamed for a crash of today",
            Scene {
                $0.revisions = [
                    .init(age: 90_000),
                    .init(number: 2, age: 7200, template: newCommand, pods: [.crashing(restarts: 5, age: 7200)]),
                ]
                $0.unavailableFor = 200
                $0.events = [Scene.event("Pod", "web-hash2-10", "BackOff", "Back-off restarting", ago: 3, since: 180)]
            }, is: .crashOnlyRevision),
        Case(
            "one of two pods crashes while its sibling runs the same template well",
            .rollout(newCommand, [.ready(age: 90), .crashing(restarts: 5)]), is: .crashOnlyRevision),
        Case(
            "between two crashes a pod is ready and not well",
            .rollout(
                newCommand, [.ready(restarts: 4, ended: PodShape.ended(1, lived: 20, ago: 8), running: 8)], old: []),
            is: .crashNewRevision, rollback: 1),
        Case(
            "a process that crashed and now runs longer than ever is coming up",
            Scene {
                let status = PodShape.container(
                    ready: false, restarts: 3, state: .running(60), last: PodShape.ended(1, lived: 2, ago: 61))
                $0.revisions = [.init(pods: [.ready(), PodShape(age: 120, status: status)])]
            }, is: .crashTransient),
        Case(
            "a process that crashed long ago and is ready is healthy",
            Scene {
                $0.revisions = [
                    .init(pods: [.ready(), .ready(restarts: 5, ended: PodShape.ended(1, ago: 900), running: 900)])
                ]
            },
            is: nil, healthy: true),
        Case(
            "the last two revisions crash: the one before them is the way back",
            Scene {
                $0.revisions = [
                    .init(age: 9000), .init(number: 2, age: 400, template: badImage),
                    .init(number: 3, age: 100, template: newCommand, pods: [.crashing(restarts: 3)]),
                ]
                $0.progressing = "ReplicaSetUpdated"
                $0.unavailableFor = 390
                $0.events = [Scene.event("Pod", "web-hash2-xyz", "Failed", "Failed to pull image: not found", ago: 300)]
            }, is: .crashNewRevision, rollback: 1),
        Case(
            "no revision ever worked: there is no way back",
            Scene {
                $0.revisions = [
                    .init(age: 400, template: badImage),
                    .init(number: 2, age: 100, template: newCommand, pods: [.crashing(restarts: 3)]),
                ]
                $0.unavailableFor = 400
            }, is: .crashOnlyRevision),
    ]

    private static let memory: [Case] = [
        Case(
            "out of memory once at an unchanged limit",
            Scene { $0.revisions = [.init(pods: [.ready(), .crashing(restarts: 1, exit: 137, reason: "OOMKilled")])] },
            is: .crashTransient, finding: "out-of-memory"),
        Case(
            "a memory limit that was cut",
            .rollout(
                Scene.template { container, _ in container["resources"] = ["limits": ["memory": "8Mi"]] },
                [.crashing(restarts: 1, exit: 137, reason: "OOMKilled")]), is: .oomLimitCut, rollback: 1),
        Case(
            "out of memory at an unchanged limit",
            Scene { $0.revisions = [.init(pods: [.crashing(restarts: 4, exit: 137, reason: "OOMKilled")])] },
            is: .oomLimitLow),
        Case(
            "out of memory after a limit was raised is not a cut",
            .rollout(
                Scene.template { container, _ in container["resources"] = ["limits": ["memory": "128Mi"]] },
                [.crashing(restarts: 4, exit: 137, reason: "OOMKilled")], old: []), is: .oomLimitLow, rollback: 1),
        Case(
            "a raise that Cortex took back is not a cut that somebody made", raised(mark: "128Mi → 64Mi"),
            is: .oomLeak),
        Case(
            "who takes back a raise that Cortex left has cut the limit", raised(mark: "64Mi → 128Mi"),
            is: .oomLimitCut),
        Case(
            "a cut to another limit than the one Cortex went back to is somebody's", raised(mark: "128Mi → 96Mi"),
            is: .oomLimitCut),
        Case(
            "another template at the limit that Cortex went back to, killed once, gets its next start",
            raised(mark: "128Mi → 64Mi", then: .init(number: 4, age: 90, template: badImage, pods: [killed(1)])),
            is: .crashTransient),
        Case(
            "killed at yet another limit than the one Cortex went back to",
            raised(
                mark: "128Mi → 64Mi",
                then: .init(number: 4, age: 90, template: limited(to: "96Mi"), pods: [killed(4)])),
            is: .oomLimitLow),
        Case(
            "killed by the node's shortage is a crash, not a limit",
            Scene { $0.revisions = [.init(pods: [.crashing(restarts: 4, exit: 137, age: 3600)])] },
            is: .crashOnlyRevision),
    ]

    private static func limited(to limit: String) -> JSONValue {
        Scene.template { container, _ in container["resources"] = ["limits": ["memory": .string(limit)]] }
    }
    private static func killed(_ times: Int64) -> PodShape {
        .crashing(restarts: times, exit: 137, reason: "OOMKilled")
    }

    /// The limit of 64Mi was raised to 128Mi and is 64Mi again; the workload bears this mark of Cortex.
    private static func raised(mark: String, then last: Scene.Revision? = nil) -> Scene {
        Scene {
            $0.revisions = [
                .init(number: 2, age: 200, template: limited(to: "128Mi")),
                .init(number: 3, age: 400, pods: last == nil ? [killed(1)] : [], history: "1"),
            ]
            if let last { $0.revisions.append(last) }
            $0.annotations = [MemoryMark.annotation: mark]
        }
    }

    @Test("what Cortex raised in vain and took back is said to be its own doing")
    func takenBack() throws {
        let cause = try #require(try Self.raised(mark: "128Mi → 64Mi").verdict().cause)
        #expect(
            cause.summary.contains(
                "at its limit of 64Mi: Cortex had raised it to 128Mi, which did not help, and took that back"))
        let other = Scene.Revision(number: 4, age: 90, template: Self.limited(to: "96Mi"), pods: [Self.killed(4)])
        let summary = try #require(try Self.raised(mark: "128Mi → 64Mi", then: other).verdict().cause).summary
        #expect(
            summary.contains("at its limit of 96Mi") && !summary.contains("raised"), "of that limit nothing is known")
    }

    @Test("a registry that limits its pulls is not down, and one that lacks the processor's image has the others")
    func limited() throws {
        func cause(_ text: String) throws -> Cause {
            try #require(try Scene.rollout(Self.badImage, [.waiting("ErrImagePull", text)]).verdict().cause)
        }
        let limited = try cause("429 Too Many Requests - toomanyrequests: You have reached your pull rate limit.")
        #expect(limited.id == .imageRegistryDown && limited.hint == .rateLimited)
        #expect(limited.summary.contains("limits how often it may be asked"))
        let foreign = try cause("no match for platform in manifest: not found")
        #expect(foreign.id == .imageNotFound && foreign.summary.contains("not for this processor"))
        #expect(foreign.hint == .wrongArchitecture, "to push it would not help")
    }

    @Test("an image that cannot be had is told by the registry's own words", arguments: images)
    func image(_ item: Case) throws { try item.check() }

    @Test("a container that cannot start is told by what is missing", arguments: starts)
    func start(_ item: Case) throws { try item.check() }

    @Test("a crash is blamed on a revision only when the revision brought it", arguments: crashes)
    func crash(_ item: Case) throws { try item.check() }

    @Test("a memory limit is blamed only when it was cut", arguments: memory)
    func outOfMemory(_ item: Case) throws { try item.check() }
}
