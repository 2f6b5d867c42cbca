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
    case configMap(String)
    case secret(String)
    case serviceAccount
    case placement
    case requests
    case security
    case resources
    /// Anything that changes how pods behave.
    case anything

    /// Both templates are the same where the fault is.
    func isShared(by other: PodTemplate, with current: PodTemplate) -> Bool {
        switch self {
        case .configMap(let name): return Self.references(other).contains("configmap/\(name)")
        case .secret(let name): return Self.references(other).contains("secret/\(name)")
        case .security: return Self.securityContexts(other.raw) == Self.securityContexts(current.raw)
        case .placement:
            return ["nodeSelector", "affinity", "tolerations", "nodeName", "topologySpreadConstraints"]
                .allSatisfy { other.raw["spec"]?[$0] == current.raw["spec"]?[$0] }
        default:
            let changes = TemplateChange.between(other, current)
            return !changes.contains { matches($0) }
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
                && (change.field == field || change.field == .image || change.field == .ports
                    || change.field == .command || change.field == .arguments || change.field == .environment)
        case .initContainers: change.field == .initContainers
        case .serviceAccount: change.field == .serviceAccount
        case .requests: change.field == .requests || change.field == .containers
        case .resources: [.requests, .limits, .memoryLimit, .containers].contains(change.field)
        case .anything: change.isMeaningful
        case .configMap, .secret, .security, .placement: false
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

    private static func securityContexts(_ raw: JSONValue) -> [JSONValue] {
        let containers =
            (raw["spec"]?["initContainers"]?.arrayValue ?? []) + (raw["spec"]?["containers"]?.arrayValue ?? [])
        return [raw["spec"]?["securityContext"] ?? .null]
            + containers.map { .array([$0["securityContext"] ?? .null, $0["image"] ?? .null]) }
    }
}
