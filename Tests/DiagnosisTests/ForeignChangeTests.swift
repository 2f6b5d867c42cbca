import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes
import Testing

@Suite("What others changed around a workload")
struct ForeignChangeTests {
    /// An object that a person wrote so many seconds ago.
    private static func object(
        _ kind: String, _ name: String, _ fields: JSONValue, ago: Double, _ members: [String: JSONValue] = [:]
    ) -> JSONValue {
        var object: [String: JSONValue] = [
            "kind": .string(kind),
            "metadata": [
                "name": .string(name), "namespace": "shop", "creationTimestamp": Scene.time(7000),
                "managedFields": [
                    ["manager": "kubectl-edit", "operation": "Update", "time": Scene.time(ago), "fieldsV1": fields]
                ],
            ],
        ]
        object.merge(members) { _, new in new }
        return .object(object)
    }

    private static let template = Scene.template { container, _ in
        container["envFrom"] = [["configMapRef": ["name": "settings"]]]
    }

    private static func settings(_ name: String = "settings", ago: Double) -> JSONValue {
        object("ConfigMap", name, ["f:data": [".": [:], "f:MODE": [:]]], ago: ago, ["data": ["MODE": "hunter2abc"]])
    }

    private static func crashing(_ others: JSONValue...) -> Scene {
        Scene {
            $0.revisions = [
                .init(
                    template: template,
                    pods: [.ready(), .crashing(restarts: 4, age: 3600, ago: 5), .crashing(restarts: 3, age: 3600)])
            ]
            $0.replicas = 3
            $0.others = others
        }
    }

    @Test("a ConfigMap that was changed before a proven template began to fail is named, with when and by whom")
    func configuration() throws {
        let verdict = try Self.crashing(Self.settings(ago: 40)).verdict()
        #expect(verdict.cause?.id == .crashOnlyRevision)
        let words = "ConfigMap/settings: data.MODE (kubectl-edit, 40 s ago)"
        #expect(verdict.cause?.summary.contains(words) == true, "\(verdict)")
        #expect(verdict.findings.contains { $0.id == "configuration-changed" && $0.object.name == "settings" })
        #expect(verdict.changes.contains { $0.words(at: Scene.now) == words }, "\(verdict.changes)")
    }

    @Test("a ConfigMap that the pods do not read, or that was changed long ago, is not blamed")
    func innocent() throws {
        for other in [Self.settings("other", ago: 40), Self.settings(ago: 5000)] {
            let verdict = try Self.crashing(other).verdict()
            #expect(verdict.cause?.summary.contains("ConfigMap") == false, "\(verdict)")
            #expect(!verdict.changes.contains { $0.object.kind == "ConfigMap" })
        }
    }

    @Test("a ConfigMap that was changed after a revision came speaks against blaming the revision")
    func doubt() throws {
        func verdict(_ others: JSONValue...) throws -> Verdict {
            try Scene.rollout(Self.template, [.crashing(restarts: 4)], age: 90) { $0.others = others }.verdict()
        }
        let sure = try #require(try verdict().cause)
        let unsure = try #require(try verdict(Self.settings(ago: 60)).cause)
        #expect(sure.id == .crashNewRevision && unsure.id == .crashNewRevision)
        #expect(unsure.against.contains { $0.contains("ConfigMap/settings") }, "\(unsure)")
        #expect(unsure.confidence < sure.confidence)
    }

    @Test("a young revision whose rollout was complete before the ConfigMap was changed is not gone back from")
    func complete() throws {
        func cause(changed ago: Double) throws -> Cause {
            try #require(
                try Scene.rollout(Self.template, [.crashing(restarts: 4, age: 50)], age: 200, old: []) {
                    $0.others = [Self.settings(ago: ago)]
                    $0.progressing = "NewReplicaSetAvailable"
                    $0.progressed = 120
                    $0.unavailableFor = 40
                }.verdict().cause)
        }
        let changed = try cause(changed: 60)
        #expect(changed.id == .crashOnlyRevision && changed.rollbackRevision == nil, "\(changed)")
        #expect(changed.summary.contains("what it reads was changed before: ConfigMap/settings"))
        #expect(try cause(changed: 180).id == .crashNewRevision, "the rollout went on with it")
    }

    @Test("of a ConfigMap nothing is kept but who wrote which key when")
    func values() throws {
        let map = try JSONCoding.decode(ConfigMap.self, from: JSONCoding.encode(Self.settings(ago: 40)))
        let kept = String(decoding: try JSONCoding.encode(map), as: UTF8.self)
        #expect(kept.contains("f:MODE") && !kept.contains("hunter2abc"))
        #expect(ConfigMap.isKnownByMetadata)
    }

    private static func refused(_ message: String, _ other: JSONValue) -> Scene {
        Scene {
            $0.revisions = [.init(pods: [.ready()], failure: message)]
            $0.others = [other]
        }
    }

    @Test("the quota that refuses is shown with what is used of it, and who set it when")
    func quota() throws {
        let verdict = try Self.refused(
            "pods \"web\" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1",
            Self.object(
                "ResourceQuota", "small", ["f:spec": ["f:hard": [:]]], ago: 30,
                ["spec": ["hard": ["pods": "1"]], "status": ["hard": ["pods": "1"], "used": ["pods": "1"]]])
        ).verdict()
        #expect(verdict.cause?.id == .quotaExceeded)
        let finding = try #require(verdict.findings.first { $0.id == "quota" })
        #expect(finding.evidence.first?.value == "pods 1 of 1")
        let words = verdict.changes.map { $0.words(at: Scene.now) }
        #expect(words.contains("ResourceQuota/small: spec.hard (kubectl-edit, 30 s ago)"), "\(words)")
    }

    @Test("the LimitRange that refuses is shown with its bounds, and who set them when")
    func limitRange() throws {
        let verdict = try Self.refused(
            "pods \"web\" is forbidden: maximum memory usage per Container is 16Mi, but limit is 64Mi",
            Self.object(
                "LimitRange", "bounds", ["f:spec": ["f:limits": [:]]], ago: 30,
                ["spec": ["limits": [["type": "Container", "max": ["memory": "16Mi"]]]]])
        ).verdict()
        #expect(verdict.cause?.id == .limitRange)
        #expect(
            verdict.findings.contains { $0.id == "limit-range" && $0.message.contains("Container max memory 16Mi") })
        #expect(verdict.changes.contains { $0.object.name == "bounds" && $0.by == "kubectl-edit" })
    }

    @Test("what is read depends on what is wrong")
    func needed() throws {
        func needed(_ scene: Scene) throws -> Set<FurtherRead> {
            var snapshot = try scene.snapshot()
            snapshot.further = []
            return snapshot.neededReads
        }
        #expect(try needed(Scene()).isEmpty)
        #expect(try needed(Self.crashing()) == [.configMaps])
        let quota = try needed(Self.refused("exceeded quota: small, requested: pods=1", Self.settings(ago: 1)))
        #expect(quota == [.quotas])
        let bounds = try needed(Self.refused("maximum memory usage per Container is 1Gi", Self.settings(ago: 1)))
        #expect(bounds == [.limitRanges])
    }
}
