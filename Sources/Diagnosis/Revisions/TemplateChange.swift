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

    private var isOfResources: Bool { [.memoryLimit, .limits, .requests].contains(field) }

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
        changes += podChanges(old, new) + markChanges(old, new)
        changes += others(old, new, but: changes)
        return changes
    }

    init(_ field: Field, _ container: String?, _ description: String) {
        self.field = field
        self.container = container
        self.description = Redaction.line(description)
    }

    static func between(_ old: Container, _ new: Container) -> [TemplateChange] {
        var changes: [TemplateChange] = []
        let name = new.name
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
        if old.resources != new.resources, !changes.contains(where: \.isOfResources) {
            changes.append(.init(.limits, new.name, "resources changed"))
        }
        func probe(_ field: Field, _ words: String, _ old: Probe?, _ new: Probe?) {
            note(field, words, old?.words, new?.words)
            // It asks the same, and has more or less patience.
            if let old, let new, old != new, old.words == new.words {
                changes.append(.init(field, name, "\(words)'s timing changed"))
            }
        }
        probe(.readinessProbe, "readiness probe", old.readinessProbe, new.readinessProbe)
        probe(.livenessProbe, "liveness probe", old.livenessProbe, new.livenessProbe)
        probe(.startupProbe, "startup probe", old.startupProbe, new.startupProbe)
        if old.ports != new.ports { changes.append(.init(.ports, new.name, words(old.ports, new.ports))) }
        if old.env != new.env || old.envFrom != new.envFrom {
            changes.append(.init(.environment, new.name, words(environment: old.env, new.env)))
        }
        return changes
    }

    private static func podChanges(_ before: PodTemplate, _ after: PodTemplate) -> [TemplateChange] {
        let (old, new) = (before.spec, after.spec)
        var changes: [TemplateChange] = []
        func differs(_ field: String) -> Bool { before.raw["spec"]?[field] != after.raw["spec"]?[field] }
        if differs("initContainers") {
            changes.append(
                .init(.initContainers, nil, words(initContainers: old.initContainers, new.initContainers)))
        }
        if differs("volumes") {
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
        let keys = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
        if keys.contains(where: isOfNetwork) {
            changes.append(.init(.other, nil, "annotations of the network changed"))
        } else if !keys.isEmpty {
            changes.append(.init(.annotations, nil, "annotations changed"))
        }
        var (own, others) = (new.metadata?.labels ?? [:], old.metadata?.labels ?? [:])
        own["pod-template-hash"] = nil
        others["pod-template-hash"] = nil
        if own != others { changes.append(.init(.labels, nil, words(labels: others, own))) }
        return changes
    }

    /// An annotation that a network plugin reads, such as `k8s.v1.cni.cncf.io/networks`: more than a note.
    static func isOfNetwork(_ key: String) -> Bool {
        ["cni", "network", "multus", "ipam", "bandwidth"].contains { key.lowercased().contains($0) }
    }

    private static let restartKey = "kubectl.kubernetes.io/restartedAt"
}
