import Diagnosis
import FoundationEssentials
import JSON
import Testing

@Suite("The count before a scale to zero")
struct PreviousReplicasTests {
    private func find(
        remembered: Int? = nil, seen ago: Double? = nil, _ change: (inout Scene) -> Void
    ) throws -> PreviousReplicas {
        let scene = Scene { scene in
            scene.replicas = 0
            scene.revisions = [.init(desiredAnnotation: 0)]
            change(&scene)
        }
        var snapshot = try scene.snapshot()
        let workload = try #require(Subject(snapshot).workload)
        snapshot.rememberedCounts[workload.reference] = remembered.map { count in
            RememberedCount(count, seenAt: ago.map { Scene.now.addingTimeInterval(-$0) })
        }
        return PreviousReplicas.find(for: workload, in: snapshot)
    }

    @Test("what Cortex remembers comes before what is written on the objects")
    func memory() throws {
        let found = try find(remembered: 4) { $0.revisions = [.init(desiredAnnotation: 3)] }
        #expect(found == PreviousReplicas(count: 4, source: .memory))
    }

    @Test("events that tell of a later count than the remembered one are believed")
    func newerEvents() throws {
        let found = try find(remembered: 1) {
            $0.events = [Scene.scaling("Scaled down replica set web-hash1 to 0 from 3", ago: 10)]
        }
        #expect(found == PreviousReplicas(count: 3, source: .events))
    }

    @Test("what Cortex saw later than the events speak of is believed: the last ones may have been dropped")
    func droppedEvents() throws {
        func found(seen ago: Double?) throws -> PreviousReplicas {
            try find(remembered: 3, seen: ago) {
                $0.events = [
                    Scene.scaling("Scaled up replica set web-hash1 to 2", ago: 300),
                    Scene.scaling("Scaled down replica set web-hash1 to 0", ago: 10),
                ]
            }
        }
        #expect(try found(seen: 60) == PreviousReplicas(count: 3, source: .memory))
        #expect(try found(seen: 600) == PreviousReplicas(count: 2, source: .events))
        #expect(try found(seen: nil) == PreviousReplicas(count: 2, source: .events))
    }

    @Test("the cause is told with the count that the plan restores")
    func sameCount() throws {
        var snapshot = try Scene { $0.replicas = 0 }.snapshot()
        let workload = try #require(Subject(snapshot).workload)
        snapshot.rememberedCounts[workload.reference] = RememberedCount(3, seenAt: Scene.now)
        #expect(Diagnostician.diagnose(snapshot).cause?.summary.contains("3 replicas (known from memory)") == true)
    }

    @Test("an older scale to zero says nothing about the count since")
    func olderZero() throws {
        let found = try find {
            $0.events = [
                Scene.scaling("Scaled down replica set web-hash1 to 0 from 2", ago: 600),
                Scene.scaling("Scaled up replica set web-hash1 to 5 from 0", ago: 500),
            ]
        }
        #expect(found == PreviousReplicas(count: 5, source: .events))
    }

    @Test("the current ReplicaSet's annotation counts unless it is zero as well")
    func annotation() throws {
        #expect(
            try find { $0.revisions = [.init(desiredAnnotation: 3)] } == PreviousReplicas(count: 3, source: .annotation)
        )
        #expect(try find { _ in } == PreviousReplicas(count: 1, source: .unknown))
    }

    @Test(
        "the controller's events tell it, in the words of every version",
        arguments: [
            "Scaled down replica set web-hash1 to 0 from 5", "Scaled down replica set web-hash1 from 5 to 0",
        ])
    func from(_ message: String) throws {
        let found = try find { $0.events = [Scene.scaling(message, ago: 10)] }
        #expect(found == PreviousReplicas(count: 5, source: .events))
    }

    @Test("without a count in the last event, the last one that was not zero tells it")
    func older() throws {
        let found = try find {
            $0.events = [
                Scene.scaling("Scaled up replica set web-hash1 to 2", ago: 900),
                Scene.scaling("Scaled up replica set web-hash1 to 3", ago: 600),
                Scene.scaling("Scaled down replica set web-hash1 to 0", ago: 10),
                Scene.scaling("Scaled up replica set web-hash0 to 7", ago: 500),
            ]
        }
        #expect(found == PreviousReplicas(count: 3, source: .events))
    }

    @Test(
        "a template that was touched at zero has a ReplicaSet without events: those of the one before tell it",
        arguments: [
            ["Scaled up replica set web-hash1 to 2", "Scaled down replica set web-hash1 to 0"],
            ["Scaled down replica set web-hash1 to 0 from 2"],
        ])
    func touchedAtZero(_ messages: [String]) throws {
        let found = try find { scene in
            scene.revisions = [.init(desiredAnnotation: 0), .init(number: 2, age: 60, desiredAnnotation: 0)]
            scene.events = messages.enumerated().map { Scene.scaling($1, ago: 300 - Double($0)) }
        }
        #expect(found == PreviousReplicas(count: 2, source: .events))
    }

    @Test("what an older ReplicaSet was scaled to on its way out says nothing while the newest has events of its own")
    func rolledDown() throws {
        let found = try find { scene in
            scene.revisions = [.init(desiredAnnotation: 0), .init(number: 2, age: 60, desiredAnnotation: 0)]
            scene.events = [
                Scene.scaling("Scaled down replica set web-hash1 to 1", ago: 300),
                Scene.scaling("Scaled up replica set web-hash2 to 3", ago: 200),
                Scene.scaling("Scaled down replica set web-hash2 to 0", ago: 100),
            ]
        }
        #expect(found == PreviousReplicas(count: 3, source: .events))
    }

    @Test("the pods deleted at the end tell it when the older events are gone")
    func deleted() throws {
        let found = try find { scene in
            scene.events = [Scene.scaling("Scaled down replica set web-hash1 to 0", ago: 10)]
            scene.events += ["a", "b", "c"].map {
                Scene.event(
                    "ReplicaSet", "web-hash1", "SuccessfulDelete", "Deleted pod: \($0)", ago: 10, type: "Normal")
            }
            scene.events.append(
                Scene.event("ReplicaSet", "web-hash1", "SuccessfulDelete", "Deleted pod: d", ago: 900, type: "Normal"))
        }
        #expect(found == PreviousReplicas(count: 3, source: .deletedPods))
    }

    @Test("of pods that are on their way out, those of an earlier scale to zero are not counted again")
    func leaving() throws {
        let found = try find { scene in
            scene.revisions[0].pods = [-20.0, -19, -12, -3].map { ago in
                var pod = PodShape()
                pod.isLeaving = true
                pod.leavesAgo = ago
                return pod
            }
        }
        #expect(found == PreviousReplicas(count: 2, source: .deletedPods))
    }

    @Test("the highest of a StatefulSet's pods goes first and tells the count, while the others still leave")
    func ordinals() throws {
        let found = try find { scene in
            scene.revisions = []
            scene.hasDeployment = false
            scene.others = [
                [
                    "kind": "StatefulSet", "metadata": ["name": "web", "namespace": "shop", "uid": "uid-set"],
                    "spec": [
                        "replicas": 0, "selector": ["matchLabels": ["app": "web"]], "template": Scene.template(),
                    ],
                ]
            ]
            scene.events = [
                Scene.event(
                    "StatefulSet", "web", "SuccessfulDelete", "delete Pod web-2 in StatefulSet web successful", ago: 9,
                    type: "Normal")
            ]
        }
        #expect(found == PreviousReplicas(count: 3, source: .deletedPods))
    }

    @Test("the declared manifest, then an older revision")
    func declared() throws {
        let key = "kubectl.kubernetes.io/last-applied-configuration"
        let declared = try find { $0.annotations = [key: #"{"spec":{"replicas":6}}"#] }
        #expect(declared == PreviousReplicas(count: 6, source: .manifest))
        let older = try find {
            $0.revisions = [.init(desiredAnnotation: 3), .init(number: 2, age: 60, desiredAnnotation: 0)]
        }
        #expect(older == PreviousReplicas(count: 3, source: .olderRevision))
    }

    @Test("the summary says how it is known")
    func summary() throws {
        let scene = Scene { scene in
            scene.replicas = 0
            scene.revisions = [.init(desiredAnnotation: 0)]
        }
        #expect(try scene.verdict().cause?.summary.contains("an unknown number of replicas, so 1 is assumed") == true)
    }
}
