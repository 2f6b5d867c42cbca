import Diagnosis
import JSON
import Testing

@Suite("A Service that leads past its pods")
struct ServiceAwayCases {
    private static let refused = ServiceAnswer(kind: .connectionRefused, message: "refused")
    private static func scene(_ spec: JSONValue, addresses: [String]? = nil, answer: ServiceAnswer? = refused) -> Scene
    {
        Scene { scene in
            scene.hasService = false
            scene.answer = answer
            scene.others = [SurroundingCases.named("Service", "web", ["spec": spec])]
            if let addresses {
                let list = addresses.map { JSONValue.object(["ip": .string($0)]) }
                scene.others.append(
                    SurroundingCases.named("Endpoints", "web", ["subsets": [["addresses": .array(list)]]]))
            }
        }
    }
    private static let bare: JSONValue = ["clusterIP": "10.43.0.7", "ports": [["port": 3000]]]
    private static let alias: JSONValue = ["type": "ExternalName", "externalName": "web.example.com"]
    private static func speaking(_ protocols: String...) -> Scene {
        Scene { scene in
            scene.answer = refused
            scene.servicePorts = protocols.enumerated().map { index, name in
                ["name": .string("p\(index)"), "port": 3000, "targetPort": "http", "protocol": .string(name)]
            }
        }
    }

    private static let cases: [Case] = [
        Case("a name that does not lead to its pods", scene(alias), is: .serviceElsewhere, finding: "external-name"),
        Case("an alias beside a workload, which nobody has asked", scene(alias, answer: nil), is: nil, healthy: true),
        Case("addresses that no pod has", scene(bare, addresses: ["10.42.9.9"]), is: .serviceElsewhere),
        Case("no selector and no addresses", scene(bare, answer: nil), is: .serviceElsewhere, finding: "no-selector"),
        Case(
            "addresses of something outside the cluster", scene(bare, addresses: ["192.0.2.1"], answer: nil), is: nil,
            healthy: true),
        Case("a port in a protocol that the pods do not serve", speaking("UDP"), is: .serviceProtocol),
        Case("a protocol that the pods serve", speaking("TCP"), is: nil),
        Case(
            "a port that the Service does not have", Scene { $0.askedPort = 80 }, is: .servicePort,
            finding: "no-such-port"),
        Case("a port that it has", Scene { $0.askedPort = 3000 }, is: nil, healthy: true),
        Case(
            "a port that it does not have, of pods none of which is Ready: these come first",
            Scene {
                $0.askedPort = 80
                $0.revisions = [.init(pods: [.crashing(restarts: 5, age: 3600)])]
            }, is: .crashOnlyRevision),
        Case(
            "without an address of its own it has every port that its pods have",
            Scene {
                $0.askedPort = 80
                $0.hasService = false
                $0.others = [
                    SurroundingCases.named(
                        "Service", "web",
                        ["spec": ["clusterIP": "None", "selector": ["app": "web"], "ports": [["port": 3000]]]]),
                    SurroundingCases.named("Endpoints", "web", ["subsets": [["addresses": [["ip": "10.42.0.3"]]]]]),
                ]
            }, is: nil, healthy: true),
    ]

    private static let elsewhere = ServiceAnswer(
        kind: .connectionRefused, message: "dial tcp 10.42.0.9:3000: connect: connection refused")
    private static let moved = Scene.template { container, _ in container["args"] = ["--port", "3001"] }

    private static let silent: [Case] = [
        Case(
            "Ready pods of a new revision that listen elsewhere",
            .rollout(moved, [.ready(age: 90), .ready(age: 90)], age: 100, old: []) {
                $0.answer = elsewhere
                $0.progressing = "NewReplicaSetAvailable"
            },
            is: .notListening, rollback: 1),
        Case(
            "Ready pods whose process may still start",
            .rollout(moved, [.ready(age: 40), .ready(age: 40)], old: []) {
                $0.answer = elsewhere
                $0.progressing = "NewReplicaSetAvailable"
            }, is: .slowStart),
        Case(
            "Ready pods that stopped listening long after their revision came",
            .rollout(moved, [.ready(age: 7000), .ready(age: 7000)], age: 7200, old: []) {
                $0.answer = elsewhere
                $0.progressing = "NewReplicaSetAvailable"
            },
            is: .notListening),
        Case(
            "Ready pods that have listened elsewhere all along", Scene { $0.answer = elsewhere }, is: .notListening),
        Case(
            "Ready pods of a new revision that answer with an error",
            .rollout(moved, [.ready(age: 40), .ready(age: 40)], old: []) {
                $0.answer = ServiceAnswer(kind: .serverError, message: "HTTP 500")
                $0.progressing = "NewReplicaSetAvailable"
            }, is: .badAnswer, rollback: 1),
        Case("a refusal that came from somewhere before the pods", Scene { $0.answer = refused }, is: nil),
        Case(
            "a Service with nothing behind it",
            Scene {
                $0.answer = refused
                $0.hasDeployment = false
                $0.revisions = []
                $0.events = [Scene.scaling("Scaled down replica set web-hash1 to 0", ago: 30)]
            }, is: .workloadMissing, finding: "no-workload"),
    ]

    @Test("a refusal is told from its place", arguments: silent)
    func silence(_ item: Case) throws { try item.check() }

    @Test("where it leads is said", arguments: cases)
    func away(_ item: Case) throws { try item.check() }
}
