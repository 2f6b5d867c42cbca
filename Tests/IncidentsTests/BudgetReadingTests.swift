import Diagnosis
import FoundationEssentials
import Healing
import JSON
import Kubernetes
import Testing

@testable import Incidents

@Suite("PodDisruptionBudgets that a look reads")
struct BudgetReadingTests {
    /// A cluster whose only pod lost its readiness, and that serves budgets by this version alone.
    private struct Cluster: ClusterAPI {
        var version: String

        func send(_ request: APIRequest) async throws(APIError) -> Data {
            let items: [JSONValue]
            switch request.resource.plural {
            case "poddisruptionbudgets":
                guard request.resource.version == version else {
                    throw .status(APIStatus(code: 404, reason: "NotFound", message: "not served"))
                }
                items = [BudgetReadingTests.budget("all", [:]), BudgetReadingTests.budget("web", ["app": "web"])]
            case "pods": items = [BudgetReadingTests.pod]
            default: items = []
            }
            return FakeCluster.encode(["metadata": ["resourceVersion": "1"], "items": .array(items)])
        }

        func lines(_ request: APIRequest) -> AsyncThrowingStream<Data, any Error> {
            AsyncThrowingStream { $0.finish() }
        }
    }

    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static func time(_ ago: Double) -> JSONValue { .string(RFC3339.string(from: now.addingTimeInterval(-ago))) }

    private static func budget(_ name: String, _ labels: JSONValue) -> JSONValue {
        let selector: JSONValue = labels == [:] ? [:] : ["matchLabels": labels]
        return [
            "metadata": ["name": .string(name), "namespace": "shop"], "spec": ["selector": selector],
            "status": ["disruptionsAllowed": 1],
        ]
    }

    private static let pod: JSONValue = [
        "metadata": ["name": "web", "namespace": "shop", "uid": "u", "labels": ["app": "web"]],
        "spec": ["containers": [["name": "web", "image": "i"]]],
        "status": [
            "phase": "Running",
            "conditions": [["type": "Ready", "status": "False", "lastTransitionTime": time(20)]],
            "containerStatuses": [
                ["name": "web", "ready": false, "restartCount": 0, "state": ["running": ["startedAt": time(3600)]]]
            ],
        ],
    ]

    @Test(
        "a budget whose selector is empty selects every pod under policy/v1, and none under policy/v1beta1",
        arguments: [("v1", ["all", "web"]), ("v1beta1", ["web"])])
    func emptySelector(version: String, selecting: [String]) async throws {
        let reader = SnapshotReader(api: Cluster(version: version), usage: UsageLog(), now: { Self.now })
        let budgets = try await reader.everything(Target(kind: "Pod", namespace: "shop", name: "web")).budgets
        #expect(budgets.map(\.name) == ["all", "web"])
        let matching = budgets.filter { $0.spec.selector?.matches(["app": "web"]) == true }
        #expect(matching.map(\.name) == selecting)
    }
}
