import Diagnosis
import Healing
import Kubernetes
import Testing

@Suite("Where a service can be asked")
struct ProbeTargetTests {
    @Test("the probe's path counts where the probe asks the port that the Service sends requests to")
    func samePort() {
        let target = ProbeTarget(service: "web", in: Scene().snapshot)
        #expect(target.path == "/health")
        #expect(target.pods.map(\.port) == [3000, 3000])
    }

    @Test("a probe of another port says nothing about the Service's: a management port has its own paths")
    func otherPort() {
        var scene = Scene()
        scene.probePort = .string("management")
        #expect(ProbeTarget(service: "web", in: scene.snapshot).path == nil)
    }

    @Test("a Service without ports is one, and not nothing")
    func portless() {
        var snapshot = Scene().snapshot
        snapshot.services[0].spec.ports = nil
        let target = ProbeTarget(service: "web", in: snapshot)
        #expect(target.isService && target.port == nil)
        #expect(!ProbeTarget(service: "other", in: snapshot).isService)
    }
}
