import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes
import Testing

/// Faults that an operator has seen and no catalogue lists, each as the real cluster showed it.
@Suite("Odd faults")
struct OddCases {
    private static func refused(_ message: String, old: [PodShape] = [.ready()]) -> Scene {
        .rollout(Scene.template { _, spec in spec["priorityClassName"] = "nope" }, [], old: old) {
            $0.revisions[1].failure = message
            $0.revisions[1].replicas = 2
            $0.progressing = "ProgressDeadlineExceeded"
        }
    }

    private static let gpu = Scene.template { container, _ in
        container["resources"] = ["requests": ["example.com/gpu": "1"], "limits": ["example.com/gpu": "1"]]
    }

    private static let cases: [Case] = [
        Case(
            "a device that no node has is more than any node has, and not a full node",
            .rollout(gpu, [.unscheduled("0/1 nodes are available: 1 Insufficient example.com/gpu.")]),
            is: .requestTooBig, rollback: 1),
        Case(
            "new pods that the kubelet refuses one after the other are refused, though older ones serve on",
            .rollout(
                Scene.template { _, spec in spec["securityContext"] = ["sysctls": []] },
                (0..<4).map { _ in
                    var pod = PodShape.finished("Failed", "SysctlForbidden")
                    pod.age = 100
                    pod.message = "forbidden sysctl"
                    return pod
                }, old: [.ready(), .ready()]), is: .podRejected, rollback: 1, finding: "pods-end"),
        Case(
            "a security profile that is not on the node is the security context's",
            .rollout(
                Scene.template { container, _ in
                    container["securityContext"] = ["seccompProfile": ["type": "Localhost"]]
                },
                [
                    .waiting(
                        "CreateContainerError", "failed to create containerd container: cannot load seccomp profile")
                ]), is: .securityContext, rollback: 1),
    ]

    @Test("is named by the general rule", arguments: cases)
    func named(_ item: Case) throws { try item.check() }

    @Test("a template that was never complete has not served, however long ago it came")
    func neverComplete() throws {
        let verdict = try Scene.rollout(
            Scene.template { container, _ in container["command"] = ["/two"] }, [.crashing(restarts: 9)], age: 5000
        ) { $0.progressing = "ProgressDeadlineExceeded" }.verdict()
        #expect(verdict.cause?.id == .crashNewRevision)
        #expect(verdict.cause?.rollbackRevision == 1)
    }

    @Test("what the kubelet killed for its probe is known by that, also when it says so only now and then")
    func killedLongAgo() throws {
        let probed = Scene.template { container, _ in
            container["livenessProbe"] = ["exec": ["command": ["check"]], "timeoutSeconds": 1]
        }
        let name = "\(Scene.setName(1))-00"
        let verdict = try Scene {
            $0.revisions = [.init(template: probed, pods: [.crashing(restarts: 9, exit: 137, age: 3000)])]
            $0.events = [
                Scene.event("Pod", name, "Unhealthy", "Liveness probe failed: ", ago: 1500),
                Scene.event(
                    "Pod", name, "Killing", "Container web failed liveness probe, will be restarted", ago: 1500,
                    type: "Normal"),
            ]
        }.verdict()
        #expect(verdict.cause?.id == .livenessWrong)
        #expect(verdict.cause?.summary.contains("no word within its timeout of 1 s") == true, "\(verdict)")
    }

    @Test("what every start that fails looks like at first is said with no more than the odds")
    func early() throws {
        let verdict = try Scene { $0.revisions = [.init(age: 60, pods: [.crashing(restarts: 1)])] }.verdict()
        #expect(verdict.cause?.id == .crashTransient)
        #expect(verdict.cause?.confidence ?? 1 <= 0.5)
    }

    @Test("a rollout is called healthy with some certainty once one of its pods has shown that it can be Ready")
    func rolloutOdds() throws {
        func confidence(_ pods: [PodShape]) throws -> Double? {
            let verdict = try Scene.rollout(Scene.template { container, _ in container["image"] = "shop/web:2" }, pods)
            {
                $0.spec["minReadySeconds"] = 30
            }.verdict()
            #expect(verdict.cause?.id == .rolloutRunning, "\(verdict)")
            return verdict.cause?.confidence
        }
        #expect(try confidence([.waiting("ContainerCreating", age: 3)]) == 0.3)
        #expect(try confidence([.ready(age: 3)]) == 0.9)
    }

    @Test("a zero of a moment ago may be meant, which is said; one that stays is hardly")
    func zeroOdds() throws {
        func cause(ago: Double) throws -> Cause? {
            try Scene {
                $0.replicas = 0
                $0.revisions = [.init(desiredAnnotation: 0)]
                $0.events = [Scene.scaling("Scaled down replica set web-hash1 to 0", ago: ago)]
            }.verdict().cause
        }
        let fresh = try #require(try cause(ago: 4))
        #expect(fresh.against == ["It was scaled down only 4 s ago; whoever did it may mean it."])
        #expect(fresh.confidence == 0.85)
        #expect(try cause(ago: 40)?.confidence == 0.95)
    }

    @Test("of two workloads behind one Service the one is looked at whose pod refused the request")
    func halfOfThem() throws {
        func owned(_ kind: String, _ name: String) -> JSONValue {
            [
                [
                    "apiVersion": "apps/v1", "kind": .string(kind), "name": .string(name),
                    "uid": .string("uid-\(name)"), "controller": true,
                ]
            ]
        }
        let set = SurroundingCases.named(
            "ReplicaSet", "canary-1",
            [
                "metadata": [
                    "name": "canary-1", "namespace": "shop", "uid": "uid-canary-1",
                    "ownerReferences": owned("Deployment", "canary"),
                ], "spec": ["selector": ["matchLabels": ["app": "web"]]],
            ])
        var pod = PodShape.ready().object("canary-1-x", owner: "canary-1", template: Scene.template())
        pod["status"]?["podIP"] = "10.42.0.91"
        let verdict = try Scene {
            $0.others = [Scene.otherDeployment("canary", labels: ["app": "web"]), set, pod]
            $0.answer = ServiceAnswer(
                kind: .connectionRefused, message: "dial tcp 10.42.0.91:3000: connect: connection refused")
        }.verdict()
        #expect(verdict.target.name == "canary")
        #expect(verdict.cause?.id == .notListening, "\(verdict)")
    }

    @Test("an object that was made a moment ago was made, and its fields were not changed")
    func made() throws {
        let fields: JSONValue = ["f:spec": ["f:replicas": [:], "f:selector": [:]]]
        let verdict = try Scene {
            $0.revisions = [.init(age: 300, pods: [.crashing(restarts: 4)])]
            $0.metadata = [
                "creationTimestamp": Scene.time(300),
                "managedFields": [
                    [
                        "manager": "helm", "operation": "Update", "time": Scene.time(300), "fieldsV1": fields,
                    ]
                ],
            ]
        }.verdict()
        #expect(verdict.changes.map(\.what) == ["made"])
    }

    @Test("a rollout that a quota leaves no room for one pod more is told how it goes on without")
    func surge() throws {
        let text = "pods \"web-x\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2"
        let rollout = try Self.refused(text, old: [.ready(), .ready()]).verdict()
        #expect(rollout.cause?.hint == .surge, "\(rollout)")
        #expect(try Self.refused(text, old: []).verdict().cause?.hint == nil)
    }

    @Test("a pod of which nothing runs any more and that a finalizer holds is not said to be on its way for a minute")
    func held() throws {
        func cause(overdue: Double, finalizers: [String]) throws -> CauseID? {
            var snapshot = try Scene { $0.revisions = [.init(pods: [.ready(), .leaving()])] }.snapshot()
            let index = try #require(snapshot.pods.firstIndex { $0.metadata.deletionTimestamp != nil })
            snapshot.pods[index].metadata.deletionTimestamp = Scene.now.addingTimeInterval(-overdue)
            snapshot.pods[index].metadata.finalizers = finalizers
            snapshot.pods[index].status?.containerStatuses?[0].state = try JSONCoding.decode(
                ContainerStatus.State.self, from: JSONCoding.encode(["terminated": PodShape.ended(0)] as JSONValue))
            return Diagnostician.diagnose(snapshot).cause?.id
        }
        #expect(try cause(overdue: 30, finalizers: ["example.com/hold"]) == .podStuckLeaving)
        #expect(try cause(overdue: 30, finalizers: []) == .podDeleted)
        #expect(try cause(overdue: 10, finalizers: ["example.com/hold"]) == .podDeleted)
    }

    @Test("a quota that counts what pods do not say is no quota that is used up")
    func unsaid() throws {
        var scene = Self.refused(
            "pods \"web-x\" is forbidden: failed quota: cpu: must specify limits.cpu", old: [])
        scene.others = [
            SurroundingCases.named(
                "ResourceQuota", "cpu",
                ["spec": ["hard": ["limits.cpu": "4"]], "status": ["used": ["limits.cpu": "0"]]])
        ]
        let verdict = try scene.verdict()
        #expect(verdict.cause?.id == .quotaExceeded)
        #expect(verdict.cause?.hint == .resourcesUnset)
        #expect(verdict.findings.contains { $0.message.contains("asks every pod to say its limits.cpu") })
        #expect(!verdict.findings.contains { $0.message.contains("used up") })
    }

    private static let said: [(String, CauseHint)] = [
        ("x509: certificate has expired or is not yet valid: current time 2026-11-29 is after", .certificate),
        ("ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED]", .certificate),
        ("psycopg2.OperationalError: FATAL:  password authentication failed for user app", .credentials),
        ("rpc error: code = Unauthenticated: token audiences [api] is invalid", .credentials),
        ("OSError: [Errno 28] No space left on device: /data/journal", .diskFull),
        ("accept4: too many open files; giving up", .openFiles),
        ("httpd: bind: Address already in use", .portInUse), ("httpd: bind: Permission denied", .lowPort),
        ("mkdir: can't create directory '/var/cache/x': Read-only file system", .readOnlyFiles),
        ("mkdir: can't create directory '/data/db': Permission denied", .notPermitted),
        ("exec /cfg/prog: exec format error", .wrongArchitecture), ("KeyError: 'DATABASE_URL'", .missingSetting),
        ("unknown flag: --lisen", .wrongArgument),
        ("ValueError: invalid literal for int() with base 10: 'tcp://10.43.139.73:80'", .serviceVariable),
        ("FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", .heapFull),
    ]

    @Test("what a program says last of its end is known by its wording", arguments: said)
    func hints(_ line: String, _ hint: CauseHint) throws {
        let scene = Scene {
            $0.revisions = [.init(age: 300, pods: [.crashing(restarts: 4)])]
            $0.logs = [
                ContainerLog(pod: "\(Scene.setName(1))-00", container: "web", isPrevious: true, lines: ["boot", line])
            ]
        }
        let cause = try #require(try scene.verdict().cause)
        #expect(cause.id == .crashOnlyRevision)
        #expect(cause.hint == hint)
    }

    @Test("what ends without an error has done its work, as far as it knows")
    func endsAsIfDone() throws {
        let cause = try Scene {
            $0.revisions = [.init(age: 300, pods: [.crashing(restarts: 4, exit: 0, reason: "Completed")])]
        }.verdict().cause
        #expect(cause?.hint == .endsAsIfDone)
    }

    @Test("what the address of a Secret is followed by in an error is shown, a secret is not")
    func redaction() {
        let line = "Get \"https://vault:8200/v1/secret\": x509: certificate has expired"
        #expect(Redaction.line(line) == line)
        #expect(!Redaction.line("/v1/secret: hunter2abc").contains("hunter2abc"))
    }
}
