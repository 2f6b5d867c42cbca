import JSON
import Kubernetes

/// What in a pod template a fault hangs on: tells whether another revision shares it.
enum Fault: Hashable {
    case image(container: String)
    /// Image, command, arguments or environment: what makes a process what it is.
    case process(container: String)
    case memory(container: String)
    case probe(container: String, TemplateChange.Field)
    case initContainers
    case volumes
    case configMap(String)
    case secret(String)
    case serviceAccount
    case placement
    case requests
    case security
    case resources
    /// What the node makes a pod's sandbox by: its network, its runtime, its kernel settings.
    case sandbox
    /// Anything that changes how pods behave.
    case anything

    /// Both templates are the same where the fault is.
    func isShared(by other: PodTemplate, with current: PodTemplate) -> Bool {
        switch self {
        case .configMap(let name): return Self.references(other).contains("configmap/\(name)")
        case .secret(let name): return Self.references(other).contains("secret/\(name)")
        case .volumes: return Self.volumes(other.raw) == Self.volumes(current.raw)
        case .security: return Self.securityContexts(other.raw) == Self.securityContexts(current.raw)
        case .sandbox: return Self.sandbox(other) == Self.sandbox(current)
        case .placement:
            return ["nodeSelector", "affinity", "tolerations", "nodeName", "topologySpreadConstraints"]
                .allSatisfy { other.raw["spec"]?[$0] == current.raw["spec"]?[$0] }
        default:
            if let container, !other.spec.allContainers.contains(where: { $0.name == container }) { return false }
            if let container, current.spec.initContainers?.contains(where: { $0.name == container }) == true {
                return other.raw["spec"]?["initContainers"] == current.raw["spec"]?["initContainers"]
            }
            let changes = TemplateChange.between(other, current)
            return !changes.contains { matches($0) }
        }
    }

    private var container: String? {
        switch self {
        case .image(let name), .process(let name), .memory(let name), .probe(let name, _): name
        default: nil
        }
    }

    private func matches(_ change: TemplateChange) -> Bool {
        switch self {
        case .image(let container): change.field == .image && change.container == container
        case .process(let container):
            change.isMeaningful && (change.container == nil || change.container == container)
                && ![.readinessProbe, .nodeSelector, .nodeName, .labels].contains(change.field)
        case .memory(let container):
            change.container == container
                && [.memoryLimit, .image, .command, .arguments, .environment].contains(change.field)
        case .probe(let container, let field):
            change.container == container
                && ([field, .image, .ports, .command, .arguments, .environment, .limits].contains(change.field))
        case .initContainers: change.field == .initContainers
        case .serviceAccount: change.field == .serviceAccount
        // Of what has no request of its own the limit is the request.
        case .requests: [.requests, .limits, .memoryLimit, .containers].contains(change.field)
        case .resources: [.requests, .limits, .memoryLimit, .containers].contains(change.field)
        case .anything: change.isMeaningful
        case .configMap, .secret, .security, .placement, .volumes, .sandbox: false
        }
    }

    /// `configmap/NAME` and `secret/NAME` of everything that must exist for the pod to start.
    static func references(_ template: PodTemplate) -> Set<String> {
        var names: Set<String> = []
        for container in template.spec.allContainers {
            for source in container.envFrom ?? [] {
                if let map = source.configMapRef, let name = map.name { names.insert("configmap/\(name)") }
                if let secret = source.secretRef, let name = secret.name { names.insert("secret/\(name)") }
            }
            for variable in container.env ?? [] {
                if let name = variable.valueFrom?.configMapKeyRef?.name { names.insert("configmap/\(name)") }
                if let name = variable.valueFrom?.secretKeyRef?.name { names.insert("secret/\(name)") }
            }
        }
        for volume in template.spec.volumes ?? [] {
            if let name = volume.configMap?.name { names.insert("configmap/\(name)") }
            if let name = volume.secret?.secretName { names.insert("secret/\(name)") }
        }
        for secret in template.spec.imagePullSecrets ?? [] {
            if let name = secret.name { names.insert("secret/\(name)") }
        }
        return names
    }

    /// The volumes, and where each container mounts them.
    private static func volumes(_ raw: JSONValue) -> [JSONValue] {
        [raw["spec"]?["volumes"] ?? .null] + containers(raw).map { $0["volumeMounts"] ?? .null }
    }

    private static func sandbox(_ template: PodTemplate) -> [JSONValue] {
        let fields = [
            "securityContext", "runtimeClassName", "overhead", "hostNetwork", "hostPID", "hostIPC", "hostUsers",
            "hostname", "dnsConfig",
        ]
        let ports = containers(template.raw).flatMap { $0["ports"]?.arrayValue ?? [] }.compactMap { $0["hostPort"] }
        let marks = (template.metadata?.annotations ?? [:]).filter { TemplateChange.isOfNetwork($0.key) }
        return fields.map { template.raw["spec"]?[$0] ?? .null } + ports
            + [.object(marks.mapValues { JSONValue.string($0) })]
    }

    private static func containers(_ raw: JSONValue) -> [JSONValue] {
        (raw["spec"]?["initContainers"]?.arrayValue ?? []) + (raw["spec"]?["containers"]?.arrayValue ?? [])
    }

    private static func securityContexts(_ raw: JSONValue) -> [JSONValue] {
        return [raw["spec"]?["securityContext"] ?? .null]
            + containers(raw).map { .array([$0["securityContext"] ?? .null, $0["image"] ?? .null]) }
    }
}
