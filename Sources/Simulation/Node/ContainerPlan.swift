import JSON
import Kubernetes

/// What the kubelet reads of one container of a pod's spec.
struct ContainerPlan: Hashable, Sendable {
    /// A ConfigMap or Secret without which the container is not created.
    struct Need: Hashable, Sendable {
        var resource: Resource
        var name: String
        var key: String?

        /// The kubelet's own words, for a whole object that is absent.
        var absence: String { "\(resource.kind.lowercased()) \"\(name)\" not found" }
    }

    var name: String
    var image: String
    var pullPolicy: String
    var isInit: Bool
    var isSidecar: Bool
    var memoryLimit: Double?
    var runsAsNonRoot: Bool
    var needs: [Need]
    var readiness: ProbePlan?
    var liveness: ProbePlan?
    var startup: ProbePlan?
    var raw: JSONValue

    init(_ container: JSONValue, pod spec: JSONValue, isInit: Bool) {
        raw = container
        name = container["name"]?.stringValue ?? ""
        image = container["image"]?.stringValue ?? ""
        self.isInit = isInit
        isSidecar = isInit && container["restartPolicy"]?.stringValue == "Always"
        let isLatest = ImageCatalogue.resolved(image).hasSuffix(":latest")
        pullPolicy = container["imagePullPolicy"]?.stringValue ?? (isLatest ? "Always" : "IfNotPresent")
        memoryLimit = container.at("resources", "limits", "memory")?.stringValue.flatMap { Quantity($0)?.value }
        let context = container["securityContext"]
        let podContext = spec["securityContext"]
        let user = (context?["runAsUser"] ?? podContext?["runAsUser"])?.intValue
        let isNonRoot = (context?["runAsNonRoot"] ?? podContext?["runAsNonRoot"])?.boolValue ?? false
        runsAsNonRoot = isNonRoot && (user ?? 0) == 0
        needs = Self.needs(of: container)
        readiness = container["readinessProbe"].map { ProbePlan($0, of: container, kind: .readiness) }
        liveness = container["livenessProbe"].map { ProbePlan($0, of: container, kind: .liveness) }
        startup = container["startupProbe"].map { ProbePlan($0, of: container, kind: .startup) }
    }

    private static func needs(of container: JSONValue) -> [Need] {
        var needs: [Need] = []
        func add(_ reference: JSONValue?, _ resource: Resource, key: Bool) {
            guard let reference, let name = reference["name"]?.stringValue,
                reference["optional"]?.boolValue != true
            else { return }
            needs.append(Need(resource: resource, name: name, key: key ? reference["key"]?.stringValue : nil))
        }
        for source in container["envFrom"]?.arrayValue ?? [] {
            add(source["configMapRef"], .configMaps, key: false)
            add(source["secretRef"], .secrets, key: false)
        }
        for variable in container["env"]?.arrayValue ?? [] {
            add(variable.at("valueFrom", "configMapKeyRef"), .configMaps, key: true)
            add(variable.at("valueFrom", "secretKeyRef"), .secrets, key: true)
        }
        return needs
    }

    /// ConfigMaps and Secrets that a pod mounts, with the volume's name.
    static func mounts(of spec: JSONValue) -> [(volume: String, need: Need)] {
        (spec["volumes"]?.arrayValue ?? []).compactMap { volume in
            let name = volume["name"]?.stringValue ?? ""
            if let map = volume["configMap"], map["optional"]?.boolValue != true, let own = map["name"]?.stringValue {
                return (name, Need(resource: .configMaps, name: own, key: nil))
            }
            if let secret = volume["secret"], secret["optional"]?.boolValue != true,
                let own = secret["secretName"]?.stringValue
            {
                return (name, Need(resource: .secrets, name: own, key: nil))
            }
            return nil
        }
    }
}

extension Resource {
    static let secrets = Resource(plural: "secrets", kind: "Secret")
}
