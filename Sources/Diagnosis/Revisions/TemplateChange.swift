import JSON
public import Kubernetes

/// One difference between two pod templates.
public struct TemplateChange: Hashable, Sendable, CustomStringConvertible {
    public enum Field: String, Hashable, Sendable {
        case image, command, arguments, memoryLimit, requests, limits, environment, ports
        case readinessProbe, livenessProbe, startupProbe, initContainers, volumes, nodeSelector, nodeName
        case serviceAccount, restartMark, labels, annotations, containers, other
    }
    public var field: Field
    /// The container it is in; nil for the pod as a whole.
    public var container: String?
    /// `image web:1 → web:nope`; values of environment variables are not in it.
    public var description: String

    /// It can change how the pods behave; a restart mark or a note cannot.
    public var isMeaningful: Bool { field != .restartMark && field != .annotations }

    /// What changed from the older template to the newer one.
    public static func between(_ old: PodTemplate, _ new: PodTemplate) -> [TemplateChange] {
        var changes: [TemplateChange] = []
        let oldContainers = Dictionary(
            old.spec.containers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for container in new.spec.containers {
            if let before = oldContainers[container.name] {
                changes += between(before, container)
            } else {
                changes.append(.init(.containers, nil, "container \(container.name) added"))
            }
        }
        for container in old.spec.containers where !new.spec.containers.contains(where: { $0.name == container.name }) {
            changes.append(.init(.containers, nil, "container \(container.name) removed"))
        }
        changes += others(old.raw, new.raw) + podChanges(old.spec, new.spec) + markChanges(old, new)
        if changes.isEmpty, stripped(old.raw) != stripped(new.raw) {
            changes.append(.init(.other, nil, otherChange(old.raw, new.raw)))
        }
        return changes
    }

    init(_ field: Field, _ container: String?, _ description: String) {
        self.field = field
        self.container = container
        self.description = Redaction.line(description)
    }

    static func between(_ old: Container, _ new: Container) -> [TemplateChange] {
        var changes: [TemplateChange] = []
        func note(_ field: Field, _ words: String, _ before: String?, _ after: String?) {
            guard before != after else { return }
            let text =
                switch (before, after) {
                case (nil, let after?): "\(words) \(after) added"
                case (let before?, nil): "\(words) \(before) removed"
                default: "\(words) \(before ?? "") → \(after ?? "")"
                }
            changes.append(.init(field, new.name, text))
        }
        func list(_ parts: [String]?) -> String? { parts.map { Redaction.line($0.joined(separator: " "), limit: 60) } }
        note(.image, "image", old.image, new.image)
        if old.command != new.command { note(.command, "command", list(old.command), list(new.command)) }
        if old.args != new.args { note(.arguments, "arguments", list(old.args), list(new.args)) }
        note(.memoryLimit, "memory limit", old.resources?.limits?["memory"], new.resources?.limits?["memory"])
        note(.limits, "CPU limit", old.resources?.limits?["cpu"], new.resources?.limits?["cpu"])
        note(.requests, "memory request", old.resources?.requests?["memory"], new.resources?.requests?["memory"])
        note(.requests, "CPU request", old.resources?.requests?["cpu"], new.resources?.requests?["cpu"])
        note(.readinessProbe, "readiness probe", old.readinessProbe?.words, new.readinessProbe?.words)
        note(.livenessProbe, "liveness probe", old.livenessProbe?.words, new.livenessProbe?.words)
        note(.startupProbe, "startup probe", old.startupProbe?.words, new.startupProbe?.words)
        if old.ports != new.ports { changes.append(.init(.ports, new.name, words(old.ports, new.ports))) }
        if old.env != new.env || old.envFrom != new.envFrom {
            changes.append(.init(.environment, new.name, words(environment: old.env, new.env)))
        }
        return changes
    }

    private static func podChanges(_ old: PodSpec, _ new: PodSpec) -> [TemplateChange] {
        var changes: [TemplateChange] = []
        if old.initContainers != new.initContainers {
            changes.append(
                .init(.initContainers, nil, words(initContainers: old.initContainers, new.initContainers)))
        }
        if old.volumes != new.volumes {
            changes.append(.init(.volumes, nil, words(volumes: old.volumes, new.volumes)))
        }
        if (old.nodeSelector ?? [:]) != (new.nodeSelector ?? [:]) {
            let words = LabelSelector(matchLabels: new.nodeSelector ?? [:]).queryValue
            changes.append(
                .init(.nodeSelector, nil, words.isEmpty ? "node selector removed" : "node selector \(words)"))
        }
        if old.nodeName != new.nodeName {
            changes.append(.init(.nodeName, nil, "node name \(new.nodeName ?? "removed")"))
        }
        if old.serviceAccountName != new.serviceAccountName {
            let words =
                "service account \(old.serviceAccountName ?? "default") → \(new.serviceAccountName ?? "default")"
            changes.append(.init(.serviceAccount, nil, words))
        }
        return changes
    }

    private static func markChanges(_ old: PodTemplate, _ new: PodTemplate) -> [TemplateChange] {
        var changes: [TemplateChange] = []
        var (before, after) = (old.metadata?.annotations ?? [:], new.metadata?.annotations ?? [:])
        if before[restartKey] != after[restartKey] {
            changes.append(.init(.restartMark, nil, "restarted at \(after[restartKey] ?? "an unknown time")"))
        }
        before[restartKey] = nil
        after[restartKey] = nil
        if before != after { changes.append(.init(.annotations, nil, "annotations changed")) }
        var (own, others) = (new.metadata?.labels ?? [:], old.metadata?.labels ?? [:])
        own["pod-template-hash"] = nil
        others["pod-template-hash"] = nil
        if own != others { changes.append(.init(.labels, nil, words(labels: others, own))) }
        return changes
    }

    private static let restartKey = "kubectl.kubernetes.io/restartedAt"

    /// The spec alone: labels and annotations are compared apart.
    private static func stripped(_ raw: JSONValue) -> JSONValue? { raw["spec"] }

    /// Names the first members of the spec that differ, for fields that have no words of their own.
    private static func otherChange(_ old: JSONValue, _ new: JSONValue) -> String {
        let (before, after) = (old["spec"]?.objectValue ?? [:], new["spec"]?.objectValue ?? [:])
        let keys = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
        return keys.prefix(3).joined(separator: ", ") + " changed"
    }
}
