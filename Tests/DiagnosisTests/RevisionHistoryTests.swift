import Diagnosis
import JSON
import Testing

@Suite("Revisions of a Deployment")
struct RevisionHistoryTests {
    private static let cut = Scene.template { container, spec in
        container["image"] = "shop/web:2"
        container["resources"] = ["limits": ["memory": "10Mi"], "requests": ["cpu": "5m", "memory": "8Mi"]]
        container["command"] = ["/app"]
        container["env"] = [["name": "PASSWORD", "value": "hunter2"]]
        spec["nodeSelector"] = ["disk": "ssd"]
    }

    private func history(_ scene: Scene) throws -> RevisionHistory {
        try #require(Subject(try scene.snapshot()).history)
    }

    @Test("revisions are ordered and the current one is that of the Deployment's template")
    func order() throws {
        let history = try history(.rollout(Self.cut, [.starting()]))
        #expect(history.revisions.map(\.number) == [1, 2])
        #expect(history.current?.number == 2)
        #expect(history.previous?.templateHash == "hash1")
        #expect(history.previous?.health == .ready(1))
        #expect(!history.hasPendingTemplate)
    }

    @Test("what changed is said in words, without values of the environment")
    func words() throws {
        let history = try history(.rollout(Self.cut, [.starting()]))
        let changes = try #require(history.previous.flatMap { history.current?.changes(from: $0) })
        let texts = changes.map(\.description)
        #expect(texts.contains("image shop/web:1 → shop/web:2"))
        #expect(texts.contains("memory limit 64Mi → 10Mi"))
        #expect(texts.contains("command /app added"))
        #expect(texts.contains("environment PASSWORD changed"))
        #expect(texts.contains("node selector disk=ssd"))
        #expect(!texts.contains { $0.contains("hunter2") })
    }

    @Test("ports, volumes, init containers and labels are told with what they were and what they are")
    func details() throws {
        let old = Scene.template { container, spec in
            container["env"] = [["name": "OLD", "value": "hunter2"]]
            spec["volumes"] = [["name": "data", "persistentVolumeClaim": ["claimName": "a"]], ["name": "tmp"]]
            spec["initContainers"] = [["name": "wait", "image": "busybox:1"]]
        }
        var new = Scene.template { container, spec in
            container["ports"] = [["containerPort": 8080, "name": "http"]]
            container["securityContext"] = ["privileged": true]
            container["env"] = [
                ["name": "TOKEN", "valueFrom": ["secretKeyRef": ["name": "api", "key": "token"]]]
            ]
            spec["volumes"] = [
                ["name": "data", "persistentVolumeClaim": ["claimName": "b"]],
                ["name": "settings", "configMap": ["name": "web"]],
            ]
            spec["initContainers"] = [["name": "wait", "image": "busybox:2"]]
        }
        new["metadata"]?["labels"] = ["app": "web", "version": "2"]
        let scene = Scene.rollout(new, [.starting()]) { $0.revisions[0].template = old }
        let history = try history(scene)
        let changes = try #require(history.previous.flatMap { history.current?.changes(from: $0) })
        let expected = [
            "container port 3000 → 8080", "environment TOKEN (from Secret api) changed, environment OLD removed",
            "securityContext of container web changed",
            "volume data: claim a → claim b, volume settings (ConfigMap web) added, volume tmp removed",
            "init container wait: image busybox:1 → busybox:2", "label version 2 added",
        ]
        #expect(Set(changes.map(\.description)) == Set(expected))
    }

    @Test(
        "whatever differs is a change, also where its words are cut short or the field has none",
        arguments: [
            Scene.template { container, _ in container["command"] = ["sh", "-c", .string(long + "3001")] },
            Scene.template { container, _ in
                container["command"] = ["sh", "-c", .string(long + "3000")]
                container["ports"] = [["containerPort": 3000, "name": "http", "hostPort": 3000]]
            },
            Scene.template { container, _ in
                container["command"] = ["sh", "-c", .string(long + "3000")]
                container["volumeMounts"] = [["name": "v", "mountPath": "/v"]]
            },
        ])
    func unworded(_ template: JSONValue) throws {
        var scene = Scene.rollout(template, [.starting()])
        scene.revisions[0].template = Scene.template { container, _ in
            container["command"] = ["sh", "-c", .string(Self.long + "3000")]
        }
        let history = try history(scene)
        let changes = try #require(history.previous.flatMap { history.current?.changes(from: $0) })
        #expect(changes.count == 1, "\(changes)")
        #expect(changes.first?.isMeaningful == true)
    }

    private static let long = "mkdir -p /tmp/www; echo healthy >/tmp/www/health; exec httpd -f -h /tmp/www -p "

    @Test("a revision that served for long is gone back to before one that was soon given up")
    func tenure() throws {
        let scene = Scene { scene in
            scene.revisions = [
                .init(age: 90_000, template: Scene.template()),
                .init(number: 2, age: 160, template: Scene.template { container, _ in container["args"] = ["--two"] }),
                .init(
                    number: 3, age: 90, template: Self.cut, pods: [.waiting("ErrImagePull", "not found")]),
            ]
        }
        #expect(try history(scene).rollbackTarget { _ in false }?.number == 1)
    }

    private static func image(_ tag: String) -> JSONValue {
        Scene.template { container, _ in container["image"] = .string("shop/web:\(tag)") }
    }

    /// One that served for a day, and two bad ones after it of which no event tells any more.
    private static func goodBadBad(unavailableFor: Double?, bad: Double = 40_000) -> Scene {
        Scene { scene in
            scene.revisions = [
                .init(age: 130_000, template: image("good")), .init(number: 2, age: bad, template: image("bad")),
                .init(number: 3, age: 90, template: image("worse"), pods: [.waiting("ErrImagePull", "not found")]),
            ]
            scene.unavailableFor = unavailableFor
        }
    }

    @Test("of good, bad and bad the good one is gone back to, however long the first bad one stood")
    func goodBadBad() throws {
        let history = try history(Self.goodBadBad(unavailableFor: 39_990))
        #expect(history.revisions[0].health == .served, "available until the next one came")
        #expect(history.revisions[1].isBelievedHealthy == false)
        #expect(history.rollbackTarget { _ in false }?.number == 1)
    }

    @Test("a revision that lost the Deployment's availability in its own time is not gone back to")
    func lostInItsTime() throws {
        let history = try history(Self.goodBadBad(unavailableFor: 30_000))
        #expect(history.revisions[1].isBelievedHealthy == false)
        #expect(history.rollbackTarget { _ in false }?.number == 1)
    }

    @Test("of several that came one soon after the other nobody is gone back to by guess")
    func nobodyKnows() throws {
        let scene = Scene { scene in
            scene.revisions = [
                .init(age: 300, template: Self.image("one")), .init(number: 2, age: 200, template: Self.image("two")),
                .init(number: 3, age: 90, template: Self.image("three"), pods: [.waiting("ErrImagePull", "not found")]),
            ]
        }
        #expect(try history(scene).rollbackTarget { _ in false } == nil)
        #expect(try scene.verdict().cause?.id == .imageNotFound)
    }

    /// Three revisions that came one soon after the other, and what Events tell of a pod of the second.
    private static func threeSoon(_ second: [JSONValue]) -> Scene {
        Scene { scene in
            scene.revisions = [
                .init(age: 300, template: image("one")), .init(number: 2, age: 200, template: image("two")),
                .init(number: 3, age: 90, template: image("three"), pods: [.waiting("ErrImagePull", "not found")]),
            ]
            scene.events += second
        }
    }

    private static func told(_ reason: String, ago: Double, type: String = "Warning") -> JSONValue {
        Scene.event("Pod", Scene.setName(2) + "-x7k2p", reason, reason, ago: ago, type: type)
    }

    @Test("a revision whose pod ran undisturbed until the next one came has served")
    func ranWell() throws {
        let started = Self.told("Started", ago: 195, type: "Normal")
        #expect(try history(Self.threeSoon([started])).rollbackTarget { _ in false }?.number == 2)
        let slow = try history(Self.threeSoon([started, Self.told("Unhealthy", ago: 185)]))
        #expect(slow.rollbackTarget { _ in false }?.number == 2, "its probes failed only while it started")
    }

    @Test("a revision that the watch saw serving is gone back to, whatever Events there are")
    func seen() throws {
        var snapshot = try Self.threeSoon([]).snapshot()
        snapshot.served = ["hash2"]
        #expect(try #require(Subject(snapshot).history).rollbackTarget { _ in false }?.number == 2)
    }

    @Test("a pod that was restarted, whose probes failed to the end, or that only came later vouches for nothing")
    func ranBadly() throws {
        func target(_ events: JSONValue...) throws -> Int? {
            try history(Self.threeSoon(events)).rollbackTarget { _ in false }?.number
        }
        let started = Self.told("Started", ago: 195, type: "Normal")
        #expect(try target(started, Self.told("Started", ago: 180, type: "Normal")) == nil)
        #expect(try target(started, Self.told("Unhealthy", ago: 91)) == nil)
        #expect(try target(started, Self.told("FailedMount", ago: 150)) == nil)
        #expect(try target(Self.told("Started", ago: 80, type: "Normal")) == nil)
    }

    @Test("the only one before the current is gone back to, unless nothing was ever available with it")
    func onlyOne() throws {
        func target(stood: Double) throws -> Int? {
            try history(
                Scene { scene in
                    scene.revisions = [
                        .init(age: 90 + stood, template: Self.image("one")),
                        .init(number: 2, age: 90, template: Self.image("two"), pods: [.starting()]),
                    ]
                    scene.unavailableFor = 3600
                    scene.metadata["creationTimestamp"] = Scene.time(90 + stood)
                    scene.spec["strategy"] = ["type": "Recreate"]
                    scene.unavailableFor = 85
                }
            ).rollbackTarget { _ in false }?.number
        }
        #expect(try target(stood: 60) == 1)
    }

    @Test("a container that only the new template has is the new template's fault, and so is an init container")
    func addedContainers() throws {
        let new = Scene.template { _, spec in
            spec["initContainers"] = [["name": "migrate", "image": "shop/migrate:nope"]]
        }
        var pod = PodShape.initializing(
            PodShape.container("migrate", ready: false, restarts: 0, state: .waiting("ErrImagePull", "not found")))
        pod.age = 40
        let verdict = try Scene.rollout(new, [pod]).verdict()
        #expect(verdict.cause?.id == .imageNotFound)
        #expect(verdict.cause?.rollbackRevision == 1)
    }

    @Test("a rollback to an older template makes that one current again")
    func rolledBack() throws {
        var scene = Scene.rollout(Self.cut, [.starting()])
        scene.pendingTemplate = Scene.template()
        let history = try history(scene)
        #expect(history.current?.number == 1)
        #expect(history.older.isEmpty)
    }

    @Test("a template that no ReplicaSet has is pending")
    func pending() throws {
        let history = try history(Scene { $0.pendingTemplate = Self.cut })
        #expect(history.hasPendingTemplate)
        #expect(history.current?.number == 1)
    }

    @Test("a mark that only restarts is no meaningful change")
    func restart() throws {
        let history = try history(.rollout(Scene.restarted(at: "2026-11-24T11:00:00Z"), [.starting()]))
        let changes = try #require(history.previous.flatMap { history.current?.changes(from: $0) })
        #expect(changes.map(\.field) == [.restartMark])
        #expect(history.rollbackTarget { _ in false } == nil)
    }

    @Test("ready pods prove a revision, warnings speak against it, silence lets it be believed")
    func health() throws {
        let history = try history(
            Scene { scene in
                scene.revisions = [
                    .init(number: 1, age: 9000, pods: [.ready()]), .init(number: 2, age: 8000, template: Self.cut),
                    .init(number: 3, age: 7000), .init(number: 4, age: 60, template: Self.cut, pods: [.starting()]),
                ]
                scene.events = [Scene.event("ReplicaSet", "web-hash2", "FailedCreate", "exceeded quota", ago: 7900)]
            })
        #expect(history.revisions.map(\.isReadyNow) == [true, false, false, false])
        #expect(history.revisions.map(\.isBelievedHealthy) == [true, false, true, true])
        #expect(history.rollbackTarget { _ in false }?.number == 1)
    }

    @Test("a revision with which the Deployment was never available is not believed")
    func neverAvailable() throws {
        let history = try history(
            .rollout(Self.cut, [.starting()], old: []) { $0.unavailableFor = 3600 })
        #expect(history.previous?.isBelievedHealthy == false)
    }

    @Test("an early warning does not condemn the revision that was available when the change came")
    func hiccup() throws {
        let history = try history(
            .rollout(Self.cut, [.starting()], old: []) { scene in
                scene.unavailableFor = 80
                scene.events = [Scene.event("Pod", "web-hash1-xyz", "BackOff", "Back-off restarting", ago: 3000)]
            })
        #expect(history.previous?.health == .served)
    }

    @Test("a revision that was rolled back from is not gone back to, one that was gone back to is")
    func rolledBackFrom() throws {
        let third = Scene.template { container, _ in container["image"] = "shop/web:3" }
        let back = try history(
            Scene { scene in
                scene.revisions = [
                    .init(number: 2, age: 800, template: Self.cut),
                    .init(number: 3, age: 3600, pods: [.ready()], history: "1"),
                ]
            })
        #expect(back.previous?.isBelievedHealthy == false)
        let again = try history(
            Scene { scene in
                scene.revisions = [
                    .init(number: 2, age: 800, template: Self.cut), .init(number: 3, age: 3600, history: "1"),
                    .init(number: 4, age: 60, template: third, pods: [.starting()]),
                ]
            })
        #expect(again.rollbackTarget { _ in false }?.number == 3)
    }

    @Test("Recreate makes a Deployment unavailable before its new revision comes, which is no reproach")
    func recreate() throws {
        let history = try history(
            .rollout(Self.cut, [.starting()], old: []) { scene in
                scene.unavailableFor = 120
                scene.spec["strategy"] = ["type": "Recreate"]
            })
        #expect(history.previous?.isBelievedHealthy == true)
    }
}
