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

    @Test("a Service that names neither pods nor a port is one that nothing proves; no Service at all is another thing")
    func portless() {
        var snapshot = Scene().snapshot
        snapshot.services[0].spec.ports = nil
        snapshot.services[0].spec.selector = nil
        let target = ProbeTarget(service: "web", in: snapshot)
        #expect(target.isUnprovable && target.port == nil)
        #expect(!ProbeTarget(service: "other", in: snapshot).isUnprovable)
    }

    @Test("of a Service that speaks UDP, or that only gives its pods names, the pods tell how it is")
    func datagrams() {
        var snapshot = Scene().snapshot
        snapshot.services[0].spec.ports = snapshot.services[0].spec.ports?.map { port in
            var port = port
            port.protocol = "UDP"
            return port
        }
        let target = ProbeTarget(service: "web", in: snapshot)
        #expect(!target.isUnprovable && target.port == nil)
        snapshot.services[0].spec.ports = nil
        #expect(!ProbeTarget(service: "web", in: snapshot).isUnprovable)
    }
}
