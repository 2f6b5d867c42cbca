import Diagnosis
import JSON
import Testing

@Suite("Probes, starts and rollouts")
struct ReadinessCases {
    private static let otherPort = Scene.template { container, _ in
        container["readinessProbe"] = ["httpGet": ["path": "/health", "port": 8080]]
    }
    private static let unnamedPort = Scene.template { container, _ in
        container["readinessProbe"] = ["httpGet": ["path": "/health", "port": "htpp"]]
    }
    private static let otherPath = Scene.template { container, _ in
        container["readinessProbe"] = ["httpGet": ["path": "/helth", "port": "http"]]
    }
    private static func probing(_ patience: [String: JSONValue], cpu: String? = nil) -> JSONValue {
        Scene.template { container, _ in
            var probe: [String: JSONValue] = ["httpGet": ["path": "/health", "port": 3000], "periodSeconds": 2]
            probe.merge(patience) { _, new in new }
            container["livenessProbe"] = .object(probe)
            if let cpu { container["resources"]?["limits"]?["cpu"] = .string(cpu) }
        }
    }
    private static let withLiveness = Scene.template { container, _ in
        container["livenessProbe"] = ["httpGet": ["path": "/nope", "port": 3000]]
    }
    private static let newImage = Scene.template { container, _ in container["image"] = "shop/web:2" }
    private static func unhealthy(_ pod: String, _ message: String, ago: Double = 2) -> JSONValue {
        Scene.event("Pod", pod, "Unhealthy", message, ago: ago)
    }
    private static func killed(_ pod: String, _ words: String = "failed liveness probe", ago: Double = 6) -> JSONValue {
        Scene.event("Pod", pod, "Killing", "Container web \(words), will be restarted", ago: ago, type: "Normal")
    }
    private static let refused =
        "Readiness probe failed: Get \"http://10.42.0.3:3000/health\": connect: connection refused"
    private static let silent = "Readiness probe failed: context deadline exceeded"

    private static let plain = Scene.template { container, _ in
        container["readinessProbe"] = ["httpGet": ["path": "/health", "port": "http", "scheme": "HTTPS"]]
    }
    private static let mismatch =
        "Readiness probe failed: Get \"https://10.42.0.3:3000/health\": http: server gave HTTP response to HTTPS client"

    @Test("a program that answers its probe, and not as the probe wants it, is said to")
    func answered() throws {
        let verdict = try Scene.rollout(Self.newImage, [.starting(age: 60)]) {
            $0.events = [
                Self.unhealthy("web-hash2-10", "Readiness probe failed: HTTP probe failed with statuscode: 503")
            ]
        }.verdict()
        #expect(verdict.cause?.id == .slowStart)
        #expect(verdict.cause?.summary.contains("60 s so far (Readiness probe failed: HTTP probe failed") == true)
    }

    @Test(
        "of an answer that is no HTTP the probe is only said to want HTTPS where the program wants it",
        arguments: [(#"\x15\x03\x01\x00\x02\x02"#, true), (#"\x00\x00\x06\x04\x00\x00"#, false)])
    func malformed(_ answer: String, isTLS: Bool) throws {
        let verdict = try Scene.rollout(Self.newImage, [.starting(age: 5)]) {
            $0.events = [
                Self.unhealthy(
                    "web-hash2-10",
                    "Readiness probe failed: Get \"http://10.42.0.3:3000/health\": net/http: HTTP/1.x transport "
                        + "connection broken: malformed HTTP response \"\(answer)\"")
            ]
        }.verdict()
        #expect(verdict.cause?.id == .rolloutStuck)
        let words = isTLS ? "do not both speak HTTPS" : "is answered with something else than HTTP/1"
        #expect(verdict.cause?.summary.contains(words) == true, "\(verdict)")
    }

    private static let probes: [Case] = [
        Case(
            "a probe that speaks HTTPS to a program that does not",
            .rollout(plain, [.starting(age: 5)]) { $0.events = [unhealthy("web-hash2-10", mismatch)] },
            is: .rolloutStuck, rollback: 1),
        Case(
            "the same in the only revision",
            Scene {
                $0.revisions = [.init(age: 60, template: plain, pods: [.starting(age: 50)])]
                $0.progressing = "ReplicaSetUpdated"
                $0.events = [unhealthy("web-hash1-00", mismatch)]
            }, is: .rolloutStuck),
        Case(
            "a probe of a port that the revision before did not ask at",
            .rollout(otherPort, [.starting(age: 5)]), is: .readinessWrongPort, rollback: 1),
        Case(
            "a probe of a port name that no container has", .rollout(unnamedPort, [.starting(age: 5)]),
            is: .readinessWrongPort, rollback: 1),
        Case(
            "a probe of another port in the only revision is believed only after a while",
            Scene {
                $0.revisions = [.init(age: 60, template: otherPort, pods: [.starting(age: 50)])]
                $0.progressing = "ReplicaSetUpdated"
                $0.events = [unhealthy("web-hash1-00", refused)]
            }, is: .readinessWrongPort),
        Case(
            "a probe of another port in the only revision just after its start",
            Scene {
                $0.revisions = [.init(age: 60, template: otherPort, pods: [.starting(age: 10)])]
                $0.progressing = "ReplicaSetUpdated"
                $0.events = [unhealthy("web-hash1-00", refused)]
            }, is: .slowStart),
        Case(
            "a slow start is refused at its own port and waited for",
            .rollout(newImage, [.starting(age: 40)]) { $0.events = [unhealthy("web-hash2-10", refused)] },
            is: .slowStart),
        Case(
            "a slow start that outlasts its deadline is a stuck rollout",
            .rollout(newImage, [.starting(age: 700)], age: 710) { $0.progressing = "ProgressDeadlineExceeded" },
            is: .rolloutStuck, rollback: 1),
        Case(
            "a pod that starts again under a finished rollout is slow, not wrong",
            Scene {
                $0.revisions = [.init(pods: [.ready(), .starting(age: 90)])]
                $0.events = [unhealthy("web-hash1-01", refused)]
            }, is: .slowStart),
        Case(
            "a probe path that the revision brought and that is answered 404",
            .rollout(otherPath, [.starting(age: 20)]) {
                $0.events = [
                    unhealthy("web-hash2-10", "Readiness probe failed: HTTP probe failed with statuscode: 404")
                ]
            }, is: .rolloutStuck, rollback: 1),
        Case(
            "a liveness probe that the revision brought",
            .rollout(withLiveness, [.crashing(restarts: 2, exit: 137)], old: []) {
                $0.events = [
                    unhealthy("web-hash2-10", "Liveness probe failed: HTTP probe failed with statuscode: 404"),
                    killed("web-hash2-10"),
                ]
            }, is: .livenessWrong, rollback: 1),
        Case(
            "a liveness probe that kills what ran well for hours is not the revision's fault",
            Scene {
                $0.revisions = [
                    .init(age: 90_000),
                    .init(
                        number: 2, age: 7200, template: withLiveness,
                        pods: [.crashing(restarts: 4, exit: 137, age: 7200)]),
                ]
                $0.events = [
                    Scene.event(
                        "Pod", "web-hash2-10", "Unhealthy", "Liveness probe failed: context deadline exceeded", ago: 7,
                        since: 120),
                    killed("web-hash2-10"),
                ]
            }, is: .livenessWrong),
        Case(
            "a liveness probe that was given less patience",
            .rollout(probing(["timeoutSeconds": 1]), [.crashing(restarts: 2, exit: 137)], old: []) {
                $0.revisions[0].template = probing([:])
                $0.events = [killed("web-hash2-10")]
            }, is: .livenessWrong, rollback: 1),
        Case(
            "a liveness probe that a smaller share of the CPU makes too strict",
            .rollout(probing([:], cpu: "10m"), [.crashing(restarts: 2, exit: 137)], old: []) {
                $0.revisions[0].template = probing([:])
                $0.events = [killed("web-hash2-10")]
            }, is: .livenessWrong, rollback: 1),
        Case(
            "a readiness command that is not in the image",
            .rollout(
                Scene.template { container, _ in container["readinessProbe"] = ["exec": ["command": ["/nope"]]] },
                [.starting(age: 8)]
            ) {
                $0.events = [
                    unhealthy(
                        "web-hash2-10",
                        "(combined from similar events): Readiness probe errored: rpc error: code = Unknown desc = "
                            + "failed to exec in container: failed to start exec: exec: \"/nope\": no such file")
                ]
            }, is: .rolloutStuck, rollback: 1),
        Case(
            "a crash after an old liveness kill is a crash",
            .rollout(newImage, [.crashing(restarts: 4)]) { $0.events = [killed("web-hash2-10", ago: 2000)] },
            is: .crashNewRevision, rollback: 1),
        Case(
            "a startup probe that kills",
            .rollout(
                Scene.template { container, _ in
                    container["startupProbe"] = ["httpGet": ["path": "/started", "port": 3000]]
                },
                [.crashing(restarts: 2, exit: 137)]
            ) { $0.events = [killed("web-hash2-10", "failed startup probe")] }, is: .livenessWrong, rollback: 1),
    ]

    private static let kills: [Case] = [
        Case(
            "one liveness kill under a template that worked is what the probe is for",
            Scene {
                $0.revisions = [
                    .init(template: withLiveness, pods: [.ready(), .crashing(restarts: 1, exit: 137, age: 3600)])
                ]
                $0.events = [killed("web-hash1-01")]
            }, is: .crashTransient),
        Case(
            "a rollback that the controller has not seen is not judged by the old deadline",
            .rollout(newImage, [.starting(age: 700)]) { scene in
                scene.progressing = "ProgressDeadlineExceeded"
                scene.isObserved = false
            }, is: .rolloutRunning),
        Case(
            "a pod that cannot leave does not matter once the others have been ready for a while",
            Scene { $0.revisions = [.init(pods: [.ready(), .ready(), .leaving()])] }, is: nil, healthy: true),
        Case(
            "a Service without pods of this cluster is known by its answer",
            Scene { scene in
                scene.target.name = "outside"
                scene.others = [
                    [
                        "kind": "Service", "metadata": ["name": "outside", "namespace": "shop"],
                        "spec": ["type": "ExternalName"],
                    ]
                ]
                scene.answer = ServiceAnswer(kind: .ok, message: "")
            }, is: nil, healthy: true),
    ]

    private static let hangs: [Case] = [
        Case(
            "ready pods that do not answer hang",
            Scene { $0.answer = ServiceAnswer(kind: .timeout, message: "no answer within 30 s") }, is: .hang),
        Case(
            "ready pods that break the connection hang",
            Scene { $0.answer = ServiceAnswer(kind: .connectionReset, message: "reset by peer") }, is: .hang),
        Case(
            "pods that lost their readiness in silence hang",
            Scene {
                $0.revisions = [.init(pods: [.lostReadiness(), .lostReadiness()])]
                $0.unavailableFor = 20
                $0.events = [unhealthy("web-hash1-00", silent), unhealthy("web-hash1-01", silent)]
            }, is: .hang),
        Case(
            "a crash of long ago does not explain a pod that fell silent now",
            Scene {
                var pod = PodShape.lostReadiness()
                pod.status = PodShape.container(
                    ready: false, restarts: 2, state: .running(1800), last: PodShape.ended(1, ago: 1801))
                $0.revisions = [.init(pods: [.ready(), pod])]
                $0.events = [unhealthy("web-hash1-01", silent)]
            }, is: .hang),
        Case(
            "a young pod that was ready and says no is not starting",
            Scene {
                var pod = PodShape.starting(age: 30)
                pod.readinessChanged = 5
                $0.revisions = [.init(pods: [.ready(), pod])]
                $0.events = [
                    Scene.scaling("Scaled up replica set web-hash1 to 2", ago: 30),
                    unhealthy("web-hash1-01", "Readiness probe failed: HTTP probe failed with statuscode: 404"),
                ]
            }, is: nil, finding: "readiness-lost"),
        Case(
            "a pod that missed a probe a moment ago may be back in the next",
            Scene {
                $0.revisions = [.init(pods: [.ready(), .lostReadiness(ago: 3)])]
                $0.events = [unhealthy("web-hash1-01", silent)]
            }, is: .slowStart),
        Case(
            "a pod that says it is not ready is alive: nothing known explains it",
            Scene {
                $0.revisions = [.init(pods: [.lostReadiness(), .lostReadiness()])]
                $0.unavailableFor = 20
                $0.events = [
                    unhealthy("web-hash1-00", "Readiness probe failed: HTTP probe failed with statuscode: 503")
                ]
            }, is: nil, finding: "readiness-lost"),
        Case(
            "pods that became ready only now were not there when the service was asked",
            Scene {
                $0.revisions = [.init(pods: [.ready(age: 5), .ready(age: 5)])]
                $0.answer = ServiceAnswer(kind: .timeout, message: "timed out")
            }, is: .slowStart),
        Case(
            "ready pods that answer with errors are not replaced",
            Scene { $0.answer = ServiceAnswer(kind: .serverError, message: "500") }, is: .badAnswer,
            finding: "no-answer"),
        Case(
            "ready pods that refuse at the right port are not blamed",
            Scene { $0.answer = ServiceAnswer(kind: .connectionRefused, message: "refused") }, is: nil,
            finding: "no-answer"),
    ]

    private static let rollouts: [Case] = [
        Case("a rollout within its time", .rollout(newImage, [.starting(age: 5)]), is: .slowStart),
        Case(
            "a rollout that waits out its minReadySeconds",
            .rollout(newImage, [.ready(age: 10), .ready(age: 10)], old: []) { $0.spec["minReadySeconds"] = 30 },
            is: .rolloutRunning),
        Case(
            "a rollout whose containers are being made", .rollout(newImage, [.waiting("ContainerCreating", age: 3)]),
            is: .rolloutRunning),
        Case(
            "a rollout that begins when the last of the old pods is gone, which takes its time",
            Scene {
                $0.pendingTemplate = newImage
                $0.spec["strategy"] = ["type": "Recreate"]
                $0.revisions = [.init(pods: [.leaving(), .leaving()])]
            }, is: .rolloutRunning),
        Case("a change that the controller has not seen yet", Scene { $0.isObserved = false }, is: .rolloutRunning),
        Case(
            "a stuck rollout without any other sign",
            .rollout(newImage, [], age: 700) { $0.progressing = "ProgressDeadlineExceeded" }, is: .rolloutStuck,
            rollback: 1),
        Case(
            "a paused rollout with a change",
            Scene {
                $0.pendingTemplate = newImage
                $0.spec["paused"] = true
                $0.progressing = "DeploymentPaused"
            }, is: .rolloutPaused),
        Case(
            "a paused Deployment without a change serves", Scene { $0.spec["paused"] = true }, is: nil, healthy: true,
            finding: "paused"),
        Case(
            "pods of an old revision that fail while the new one comes up",
            .rollout(newImage, [.starting(age: 5)], old: [.crashing(restarts: 9)]), is: .slowStart),
        Case(
            "deleted pods that are being replaced",
            Scene {
                $0.revisions = [
                    .init(pods: [
                        .leaving(), .leaving(), .waiting("ContainerCreating", age: 2),
                        .waiting("ContainerCreating", age: 2),
                    ])
                ]
            },
            is: .podDeleted),
        Case(
            "a deleted pod whose replacement does not exist yet", Scene { $0.revisions = [.init(pods: [.ready()])] },
            is: .podDeleted),
        Case(
            "one pod deleted while the other serves",
            Scene { $0.revisions = [.init(pods: [.ready(), .leaving(), .starting(age: 3)])] }, is: .podDeleted),
        Case(
            "replaced pods that are all ready and a service that answers",
            Scene {
                $0.revisions = [.init(pods: [.leaving(), .ready(age: 4), .ready(age: 4)])]
                $0.answer = ServiceAnswer(kind: .ok, message: "")
            }, is: nil, healthy: true),
        Case(
            "pods asked for a moment ago are new, not replaced",
            Scene {
                $0.revisions = [.init(pods: [.starting(age: 3), .starting(age: 3)])]
                $0.events = [Scene.scaling("Scaled up replica set web-hash1 to 2", ago: 3)]
            }, is: .rolloutRunning),
        Case(
            "finished pods that lie around while others serve",
            Scene {
                $0.revisions = [.init(pods: [.ready(), .ready(), .finished(), .finished("Succeeded", "Completed")])]
            },
            is: nil, healthy: true, finding: "finished-pods"),
        Case(
            "a status that lags behind its ready pods", Scene { $0.reportedReady = 1 }, is: nil, healthy: true),
        Case(
            "a status that does not know yet that a pod is gone",
            Scene {
                $0.revisions = [.init(pods: [.ready()])]
                $0.reportedReady = 2
            }, is: .podDeleted),
        Case("two ready pods and a Service that leads to them", Scene(), is: nil, healthy: true),
    ]

    @Test("a probe is blamed only when it asks in the wrong place", arguments: probes)
    func probe(_ item: Case) throws { try item.check() }

    @Test("what looks bad and is over, or not begun, is not judged", arguments: kills)
    func kill(_ item: Case) throws { try item.check() }

    @Test("a process hangs when it is silent, not when it says no", arguments: hangs)
    func hang(_ item: Case) throws { try item.check() }

    @Test("what is recovering is waited for", arguments: rollouts)
    func rollout(_ item: Case) throws { try item.check() }
}
