import Diagnosis
import JSON
import Testing

@Suite("Pods whose sandbox or containers cannot be made")
struct UnmadeCases {
    private static let newImage = Scene.template { container, _ in container["image"] = "shop/web:2" }
    private static let otherRuntime = Scene.template { _, spec in spec["runtimeClassName"] = "gvisor" }
    private static let kernel = Scene.template { _, spec in
        spec["securityContext"] = ["sysctls": [["name": "net.core.nope", "value": "1"]]]
    }
    private static var attached: JSONValue {
        var template = Scene.template()
        template["metadata"]?["annotations"] = ["k8s.v1.cni.cncf.io/networks": "nope"]
        return template
    }
    private static let tiny = Scene.template { container, _ in container["resources"] = ["limits": ["memory": "1Mi"]] }

    private static func failure(_ message: String, ago: Double = 5, of pod: String = "web-hash2-10") -> JSONValue {
        Scene.event(
            "Pod", pod, "FailedCreatePodSandBox",
            "Failed to create pod sandbox: rpc error: code = Unknown desc = \(message)", ago: ago)
    }
    private static func unmade(
        _ message: String, age: Double = 60, template: JSONValue = newImage, _ change: (inout Scene) -> Void = { _ in }
    ) -> Scene {
        .rollout(template, [.waiting("ContainerCreating", age: age)], age: age + 30) {
            $0.events = [failure(message)]
            change(&$0)
        }
    }
    private static let noAddress =
        "failed to setup network for sandbox \"4f0c\": failed to allocate for range 0: no IP addresses available"
    private static let uninitialized =
        "failed to setup network for sandbox \"4f0c\": plugin type=\"calico\" failed (add): error getting "
        + "ClusterInformation: connection is unauthorized"
    private static let noSysctl =
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
        + "open /proc/sys/net/core/nope: no such file or directory"
    private static let noNetwork =
        "failed to setup network for sandbox \"4f0c\": plugin type=\"multus\" failed (add): cannot find a "
        + "network-attachment-definition (nope) in namespace (shop)"
    private static let noMemory =
        "failed to create containerd task: OCI runtime create failed: container init was OOM-killed (memory limit too "
        + "low?)"
    private static let noRuntime = "no runtime for \"gvisor\" is configured"

    private static let sandboxes: [Case] = [
        Case("no address is left", unmade(noAddress), is: .sandboxFailed, finding: "sandbox-failed"),
        Case("a network that comes up only now", unmade(noAddress, age: 10), is: .rolloutRunning),
        Case(
            "a network that came up since: its image is being pulled",
            unmade(uninitialized) {
                $0.events = [
                    failure(uninitialized, ago: 50),
                    Scene.event("Pod", "web-hash2-10", "Pulling", "Pulling image", ago: 38, type: "Normal"),
                ]
            }, is: .rolloutRunning),
        Case(
            "a failure that is long past",
            unmade(uninitialized, age: 500) { $0.events = [failure(uninitialized, ago: 480)] }, is: .rolloutRunning),
        Case(
            "a sandbox that was lost and cannot be made again",
            unmade(noAddress) {
                $0.events.append(
                    Scene.event("Pod", "web-hash2-10", "Pulling", "Pulling image", ago: 38, type: "Normal"))
            }, is: .sandboxFailed),
        Case(
            "a runtime that the node does not have", unmade(noRuntime, template: otherRuntime), is: .sandboxFailed,
            rollback: 1),
        Case(
            "a runtime that both revisions ask for",
            unmade(
                noRuntime,
                template: Scene.template { container, spec in
                    container["image"] = "shop/web:2"
                    spec["runtimeClassName"] = "gvisor"
                }
            ) { $0.revisions[0].template = otherRuntime }, is: .sandboxFailed),
        Case(
            "a setting that the kernel lacks", unmade(noSysctl, template: kernel), is: .sandboxFailed, rollback: 1),
        Case("a network that is not there", unmade(noNetwork, template: attached), is: .sandboxFailed, rollback: 1),
        Case(
            "a memory limit in which no sandbox can be made", unmade(noMemory, template: tiny), is: .sandboxFailed,
            rollback: 1),
        Case(
            "no address is left while a revision changes its network", unmade(noAddress, template: attached),
            is: .sandboxFailed),
        Case(
            "a rollout that is late is gone back from, whatever keeps it",
            unmade(noAddress, age: 700) { $0.progressing = "ProgressDeadlineExceeded" }, is: .sandboxFailed,
            rollback: 1),
    ]

    @Test("a node that cannot make a pod's sandbox is told from a slow start", arguments: sandboxes)
    func sandbox(_ item: Case) throws { try item.check() }

    @Test("of a sandbox that is not made the node is named where it is the node's affair, else the workload")
    func sandboxObject() throws {
        let node = try #require(try Self.unmade(Self.noAddress).verdict().cause)
        #expect("\(node.object)" == "Node/node1")
        #expect(node.summary.contains("pods of Deployment/web need: failed to allocate for range 0"))
        for (message, template) in [
            (Self.noRuntime, Self.otherRuntime), (Self.noSysctl, Self.kernel), (Self.noNetwork, Self.attached),
        ] {
            let own = try #require(try Self.unmade(message, template: template).verdict().cause)
            #expect("\(own.object)" == "Deployment/web")
        }
        let running = Scene.Revision(age: 90, template: Self.newImage, pods: [.waiting("ContainerCreating")])
        let late = Scene {
            $0.revisions = [running]
            $0.progressing = "ProgressDeadlineExceeded"
            $0.events = [Self.failure(Self.noAddress, of: "web-hash1-00")]
        }
        #expect("\(try #require(try late.verdict().cause).object)" == "Node/node1", "there is nothing to go back to")
    }

    private static let newSetting = Scene.template { container, _ in container["env"] = [["name": "CPU", "value": "2"]]
    }
    private static func unmakeable(
        _ reason: String, _ message: String, age: Double, _ change: (inout Scene) -> Void = { _ in }
    ) -> Scene {
        .rollout(newSetting, [.waiting(reason, message, age: age)], change)
    }
    private static let unread = "services have not yet been read at least once, cannot construct envvars"

    private static let containers: [Case] = [
        Case(
            "only just", unmakeable("CreateContainerConfigError", "container nope not found", age: 10),
            is: .rolloutRunning),
        Case(
            "for a while", unmakeable("CreateContainerConfigError", "container nope not found", age: 60),
            is: .rolloutStuck, rollback: 1),
        Case(
            "only just, after a long pull of its image",
            unmakeable("CreateContainerConfigError", "container nope not found", age: 300) {
                $0.events = [
                    Scene.event("Pod", "web-hash2-10", "Failed", "Error: container nope not found", ago: 2, since: 12)
                ]
            }, is: .rolloutRunning),
        Case(
            "in a rollout that was complete before",
            unmakeable("CreateContainerConfigError", "container nope not found", age: 60) {
                $0.progressing = "NewReplicaSetAvailable"
            }, is: nil, finding: "container-not-created"),
        Case(
            "a cache that fills",
            unmakeable("CreateContainerConfigError", "failed to sync configmap cache: timed out", age: 60),
            is: .rolloutRunning),
        Case(
            "a kubelet that has only begun to read the Services",
            unmakeable("CreateContainerConfigError", unread, age: 60), is: .rolloutRunning),
        Case(
            "a runtime that has trouble", unmakeable("CreateContainerError", "context deadline exceeded", age: 60),
            is: .rolloutRunning),
    ]

    @Test(
        "a container that the kubelet cannot make is the template's fault when it was tried often enough",
        arguments: containers)
    func container(_ item: Case) throws { try item.check() }

    @Test("a container that ran for days and cannot be made for one moment after its node's start is not blamed")
    func rebooted() throws {
        let waiting = PodShape.container(
            "web", ready: false, restarts: 0, state: .waiting("CreateContainerConfigError", "pod not found"),
            last: PodShape.ended(255, "Unknown"))
        let cause = try Scene {
            $0.revisions = [
                .init(age: 90_000),
                .init(
                    number: 2, age: 80_000, template: Self.newSetting,
                    pods: [
                        .ready(age: 79_990), PodShape(age: 79_990, status: waiting),
                    ]),
            ]
            $0.progressing = "ReplicaSetUpdated"
        }.verdict().cause
        #expect(cause?.id != .rolloutStuck && cause?.rollbackRevision == nil, "\(String(describing: cause))")
    }
}
