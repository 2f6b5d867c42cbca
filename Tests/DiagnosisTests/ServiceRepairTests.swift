import Diagnosis
import JSON
import Kubernetes
import Testing

@Suite("What would make a Service find its pods")
struct ServiceRepairTests {
    private func repair(_ change: (inout Scene) -> Void) throws -> ServiceRepair? {
        let verdict = try Scene(change).verdict()
        #expect([.serviceSelector, .serviceTargetPort].contains(verdict.cause?.id), "\(verdict)")
        return verdict.cause?.serviceRepair
    }

    @Test("a selector takes the pods' own value")
    func selector() throws { #expect(try repair { $0.selector = ["app": "wbe"] } == .selector(["app": "web"])) }

    @Test("a key that the pods do not have goes, the others stay")
    func extraKey() throws {
        #expect(try repair { $0.selector = ["app": "web", "tier": "x"] } == .selector(["app": "web"]))
        #expect(try repair { $0.selector = ["ap": "web"] } == .selector(["app": "web"]))
    }

    @Test("a selector that would also find another workload's pods is not proposed")
    func ambiguous() throws {
        let other = Scene.otherDeployment("web-canary", labels: ["app": "web", "track": "canary"], ready: 0)
        #expect(
            try repair {
                $0.selector = ["app": "wbe"]
                $0.others = [other]
            } == nil)
    }

    @Test("a Service of another name is repaired when its selector is a slip and nothing else could be meant")
    func otherName() throws {
        func verdict(_ selector: JSONValue) throws -> Verdict {
            try Scene { scene in
                scene.hasService = false
                scene.target.name = "api"
                scene.others = [
                    [
                        "kind": "Service", "metadata": ["name": "api", "namespace": "shop"],
                        "spec": ["selector": selector, "ports": [["port": 80]]],
                    ]
                ]
            }.verdict()
        }
        #expect(try verdict(["app": "wbe"]).cause?.serviceRepair == .selector(["app": "web"]))
        let unlike = try verdict(["app": "payments"])
        #expect(unlike.cause?.id == .workloadMissing)
        #expect(unlike.cause?.serviceRepair == nil)
        #expect(!unlike.healthy)
        #expect(unlike.findings.contains { $0.id == "no-workload" })
    }

    @Test("a target port takes the container port of the Service port's name")
    func named() throws {
        #expect(
            try repair { $0.servicePorts = [["name": "http", "port": 80, "targetPort": 9999]] }
                == .targetPort(index: 0, port: .string("http")))
    }

    @Test("a target port takes the only container port there is")
    func only() throws {
        #expect(
            try repair { $0.servicePorts = [["port": 80, "targetPort": 9999]] }
                == .targetPort(index: 0, port: .string("http")))
    }

    @Test("of several container ports the probed one is taken, and none where nothing is probed")
    func several() throws {
        func scene(_ scene: inout Scene, probe: JSONValue?) {
            let template = Scene.template { container, _ in
                container["ports"] = [["containerPort": 3000], ["containerPort": 9100]]
                container["readinessProbe"] = probe
            }
            scene.revisions = [.init(template: template, pods: [.ready(), .ready()])]
            scene.servicePorts = [["port": 80, "targetPort": 9999]]
        }
        #expect(
            try repair { scene(&$0, probe: ["tcpSocket": ["port": 3000]]) } == .targetPort(index: 0, port: .int(3000)))
        #expect(try repair { scene(&$0, probe: nil) } == nil)
    }
}
