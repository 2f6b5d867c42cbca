import Diagnosis
import JSON
import Kubernetes
import Testing

@Suite("What a workload needs of others")
struct DependencyCases {
    private static let calling = Scene.template { container, _ in
        container["env"] = [["name": "DB_URL", "value": "postgres://user:pw@db:5432/shop"]]
    }
    private static let service: JSONValue = [
        "kind": "Service", "metadata": ["name": "db", "namespace": "shop", "creationTimestamp": Scene.time(9000)],
        "spec": ["clusterIP": "10.43.0.9", "selector": ["app": "db"], "ports": [["port": 5432]]],
    ]
    private static func database(replicas: Int64) -> [JSONValue] {
        var deployment = Scene.otherDeployment("db", labels: ["app": "db"], ready: Int(replicas))
        deployment["spec"]?["replicas"] = .integer(replicas)
        return [deployment, service]
    }
    private static func log(_ lines: String...) -> ContainerLog {
        ContainerLog(pod: "web-hash1-00", container: "web", isPrevious: true, lines: lines)
    }
    private static func waiting(_ pods: [PodShape], replicas: Int64 = 0, _ lines: String...) -> Scene {
        Scene { scene in
            scene.revisions = [.init(template: calling, pods: pods)]
            scene.others = database(replicas: replicas)
            scene.logs = lines.map {
                ContainerLog(pod: "web-hash1-00", container: "web", isPrevious: true, lines: [$0])
            }
        }
    }

    /// A program that gets no answer from the DNS, under these policies.
    private static func nameless(_ policies: [JSONValue]) -> Scene {
        var scene = waiting(
            [.crashing(restarts: 5, age: 3600)], replicas: 1, "Temporary failure in name resolution")
        scene.others += policies
        return scene
    }
    private static func egress(_ rule: JSONValue) -> JSONValue {
        SurroundingCases.named(
            "NetworkPolicy", "deny",
            ["spec": ["podSelector": [:], "policyTypes": ["Egress"], "egress": .array([rule])]])
    }

    /// The database's pod became Ready so many seconds ago; the process ended 5 s ago, refused.
    private static func returned(ago: Double) -> Scene {
        var scene = waiting(
            [.crashing(restarts: 5, age: 3600)], replicas: 1, "dial tcp 10.43.0.9:5432: connect: connection refused")
        var pod = PodShape.ready(age: ago + 5)
        pod.readinessChanged = ago
        let template: JSONValue = ["metadata": ["labels": ["app": "db"]], "spec": ["containers": []]]
        scene.others.append(pod.object("db-hash-0", owner: "db-hash", template: template))
        scene.others.append(
            SurroundingCases.named("Endpoints", "db", ["subsets": [["addresses": [["ip": "10.42.0.9"]]]]]))
        return scene
    }

    private static let cases: [Case] = [
        Case(
            "a workload that is not ready while what it calls is at zero",
            waiting([.lostReadiness(), .lostReadiness()]), is: .dependencyDown, finding: "dependency"),
        Case(
            "one that ends because what it calls refuses",
            waiting([.crashing(restarts: 5, age: 3600)], "dial tcp 10.43.0.9:5432: connect: connection refused"),
            is: .dependencyDown),
        Case(
            "one whose init container waits for it, and whose sandbox was made only at the second try",
            Scene {
                let template = Scene.template { _, spec in
                    spec["initContainers"] = [["name": "wait", "image": "i", "args": ["nc", "-z", "db:5432"]]]
                }
                let wait = PodShape.container("wait", ready: false, restarts: 0, state: .running(80))
                $0.revisions = [.init(template: template, pods: [.initializing(wait, age: 100)])]
                $0.others = database(replicas: 0)
                $0.events = [
                    Scene.event(
                        "Pod", "web-hash1-00", "FailedCreatePodSandBox", "Failed to create pod sandbox: no network",
                        ago: 95)
                ]
            }, is: .dependencyDown, finding: "dependency"),
        Case(
            "one that ends for another reason is its own fault",
            waiting([.crashing(restarts: 5, age: 3600)], "KeyError: 'URL'"), is: .crashOnlyRevision),
        Case(
            "one whose name is not there at all",
            Scene {
                $0.revisions = [.init(template: calling, pods: [.crashing(restarts: 5, age: 3600)])]
                $0.logs = [log("Error: getaddrinfo ENOTFOUND db")]
            }, is: .dependencyMissing, finding: "name-not-found"),
        Case(
            "a name that a new template brought goes back with it",
            .rollout(calling, [.crashing(restarts: 4)]) {
                $0.logs = [
                    ContainerLog(
                        pod: "web-hash2-10", container: "web", isPrevious: true,
                        lines: ["could not translate host name \"db\" to address: Name or service not known"])
                ]
            }, is: .dependencyMissing, rollback: 1),
        Case(
            "a name that exists and is not found is the DNS's fault",
            waiting(
                [.crashing(restarts: 5, age: 3600)], replicas: 1, "dial tcp: lookup db on 10.43.0.10:53: no such host"),
            is: .dnsDown),
        Case(
            "a DNS that does not answer",
            waiting([.crashing(restarts: 5, age: 3600)], replicas: 1, "Temporary failure in name resolution"),
            is: .dnsDown, finding: "no-name-service"),
        Case(
            "a policy that lets no question out to the DNS is no fault of the DNS",
            nameless([egress(["to": [["podSelector": [:]]]])]), is: .networkPolicy, finding: "policy-restricts"),
        Case(
            "a policy that lets only other ports out is none either",
            nameless([egress(["ports": [["port": 443]]])]), is: .networkPolicy),
        Case(
            "a policy that lets questions out to the DNS leaves it to the DNS",
            nameless([
                egress(["to": [["podSelector": [:]]]]),
                egress(["to": [["namespaceSelector": [:]]], "ports": [["port": 53, "protocol": "UDP"]]]),
            ]), is: .dnsDown),
        Case(
            "rights of its own that were taken away",
            Scene {
                $0.revisions = [.init(pods: [.crashing(restarts: 5, age: 3600)])]
                $0.logs = [
                    log(
                        "pods is forbidden: User \"system:serviceaccount:shop:web\" cannot list resource \"pods\" "
                            + "in API group \"\" in the namespace \"shop\"")
                ]
            }, is: .rbacRevoked, finding: "refused-by-api"),
        Case(
            "a word of a script that is a Service's name is no dependency",
            Scene {
                let template = Scene.template { container, _ in container["env"] = [["name": "MODE", "value": "db"]] }
                $0.revisions = [.init(template: template, pods: [.lostReadiness(), .ready()])]
                $0.others = database(replicas: 0)
            }, is: nil),
        Case(
            "one that merely starts is not blamed on what it may need", waiting([.starting(), .starting()]),
            is: .podDeleted),
        Case(
            "one that starts and says that it waits",
            waiting([.starting(), .starting()], "cannot reach http://db:5432/health"), is: .dependencyDown),
        Case(
            "one that ended before what it calls was back is started again by itself",
            returned(ago: 3), is: .crashTransient, finding: "dependency-back"),
        Case(
            "one that ended again after that has another reason", returned(ago: 60), is: .crashOnlyRevision),
        Case(
            "a workload that serves has no trouble with what it calls",
            waiting([.ready(), .ready()]), is: nil, healthy: true),
    ]

    @Test("a victim is told from the one at fault", arguments: cases)
    func dependency(_ item: Case) throws { try item.check() }

    @Test("the root is named with its own cause, and the victim as one")
    func root() throws {
        let verdict = try Self.waiting([.lostReadiness(), .lostReadiness()]).verdict()
        #expect(verdict.target.name == "web")
        #expect(verdict.cause?.object.description == "Deployment/db")
        #expect(verdict.cause?.dependency == Target(kind: "Service", namespace: "shop", name: "db"))
        #expect(verdict.cause?.victims.map(\.description) == ["Deployment/web"])
        #expect(verdict.cause?.summary.contains("scaled to zero") == true)
    }

    @Test("two that call each other do not lead in a circle")
    func circle() throws {
        var scene = Self.waiting([.lostReadiness(), .lostReadiness()])
        scene.others[0]["spec"]?["replicas"] = 1
        scene.others[0]["spec"]?["template"]?["spec"] = [
            "containers": [["name": "c", "image": "i", "env": [["name": "WEB_URL", "value": "http://web:3000"]]]]
        ]
        #expect(try scene.verdict().target.name == "web")
    }

    @Test("a policy that keeps names away is told with the rule that it lacks")
    func namesKept() throws {
        let cause = try Self.nameless([Self.egress(["to": [["podSelector": [:]]]])]).verdict().cause
        #expect(cause?.hint == .namesKept)
        #expect(cause?.object.name == "deny")
    }
}
