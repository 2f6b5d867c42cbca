import Diagnosis
import Kubernetes
import Testing

@Suite("Recorded faults of two Kubernetes versions")
struct RecordingTests {
    private static let causes: [(String, CauseID)] = [
        ("scaled-to-zero", .scaledToZero), ("pod-deleted", .podDeleted), ("image-not-found", .imageNotFound),
        ("image-invalid", .imageInvalid), ("crash-new-revision", .crashNewRevision), ("bad-command", .badCommand),
        ("oom-limit-cut", .oomLimitCut), ("readiness-wrong-port", .readinessWrongPort),
        ("liveness-wrong", .livenessWrong), ("configmap-missing", .configMapMissing), ("node-selector", .nodeSelector),
        ("request-too-big", .requestTooBig), ("quota-exceeded", .quotaExceeded),
        ("service-account-missing", .serviceAccountMissing), ("init-crashes", .initCrashes),
        ("service-selector", .serviceSelector), ("service-target-port", .serviceTargetPort),
        ("rollout-paused", .rolloutPaused), ("node-drained", .nodeDrained),
    ]
    private static let broughtByRevision: Set<CauseID> = [
        .imageNotFound, .imageInvalid, .crashNewRevision, .badCommand, .oomLimitCut, .readinessWrongPort,
        .livenessWrong,
        .configMapMissing, .nodeSelector, .requestTooBig, .serviceAccountMissing, .initCrashes,
    ]

    @Test("each recorded fault has its one cause, on both versions", arguments: Recording.versions, causes)
    func cause(version: String, expected: (String, CauseID)) throws {
        let verdict = Diagnostician.diagnose(try Recording.snapshot(version, expected.0))
        #expect(verdict.cause?.id == expected.1, "\(verdict)")
        #expect(!verdict.healthy)
        #expect(verdict.target == WorkloadReference(kind: .deployment, namespace: "rec", name: "web"))
        let isBrought = Self.broughtByRevision.contains(expected.1)
        #expect(verdict.cause?.introducedByRevision == isBrought)
        #expect(verdict.cause?.rollbackRevision == (isBrought ? 1 : nil))
        #expect(verdict.findings.allSatisfy { !$0.message.isEmpty })
    }

    @Test("a healthy service is healthy and has no cause", arguments: Recording.versions)
    func healthy(version: String) throws {
        let verdict = Diagnostician.diagnose(try Recording.snapshot(version, "healthy"))
        #expect(verdict.healthy)
        #expect(verdict.cause == nil)
        #expect(verdict.findings.isEmpty, "\(verdict.findings)")
    }

    @Test("the count before a scale to zero is read from the events", arguments: Recording.versions)
    func previousReplicas(version: String) throws {
        let snapshot = try Recording.snapshot(version, "scaled-to-zero")
        let workload = try #require(Subject(snapshot).workload)
        #expect(PreviousReplicas.find(for: workload, in: snapshot) == PreviousReplicas(count: 2, source: .events))
    }

    @Test("the selector is repaired to what the pods have", arguments: Recording.versions)
    func selectorRepair(version: String) throws {
        let verdict = Diagnostician.diagnose(try Recording.snapshot(version, "service-selector"))
        #expect(verdict.cause?.serviceRepair == .selector(["app": "web"]))
    }

    @Test("the target port is repaired to the port of the Service's own name", arguments: Recording.versions)
    func portRepair(version: String) throws {
        let verdict = Diagnostician.diagnose(try Recording.snapshot(version, "service-target-port"))
        #expect(verdict.cause?.serviceRepair == .targetPort(index: 0, port: .string("http")))
    }

    @Test("what a revision changed is said in words", arguments: Recording.versions)
    func changes(version: String) throws {
        let verdict = Diagnostician.diagnose(try Recording.snapshot(version, "readiness-wrong-port"))
        #expect(verdict.cause?.summary.contains("readiness probe GET /health on http → GET /health on 8080") == true)
        let cut = Diagnostician.diagnose(try Recording.snapshot(version, "oom-limit-cut"))
        #expect(cut.cause?.summary.contains("from 64Mi to 8Mi") == true, "\(cut)")
    }
}
