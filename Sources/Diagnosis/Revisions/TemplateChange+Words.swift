import JSON
import Kubernetes

/// The words for changes that hold more than one value before and one after.
extension TemplateChange {
    /// `container port 3000 → 8080`.
    static func words(_ old: [Container.Port]?, _ new: [Container.Port]?) -> String {
        func numbers(_ ports: [Container.Port]?) -> String {
            let all = (ports ?? []).map { String($0.containerPort) }
            return all.isEmpty ? "none" : all.joined(separator: ", ")
        }
        let (before, after) = (numbers(old), numbers(new))
        return before == after ? "names of container ports changed" : "container port \(before) → \(after)"
    }

    /// `environment MODE changed`, `environment TOKEN (from Secret api) changed`; values are not told.
    static func words(environment old: [Container.EnvVar]?, _ new: [Container.EnvVar]?) -> String {
        let before = Set(old ?? [])
        let names = (new ?? []).filter { !before.contains($0) }.map { variable in
            let source =
                variable.valueFrom?.secretKeyRef?.name.map { " (from Secret \($0))" }
                ?? variable.valueFrom?.configMapKeyRef?.name.map { " (from ConfigMap \($0))" } ?? ""
            return variable.name + source
        }
        let kept = Set((new ?? []).map(\.name))
        let gone = (old ?? []).map(\.name).filter { !kept.contains($0) }
        if names.isEmpty, gone.isEmpty { return "environment changed" }
        return [
            names.isEmpty ? nil : "environment \(names.joined(separator: ", ")) changed",
            gone.isEmpty ? nil : "environment \(gone.joined(separator: ", ")) removed",
        ].compactMap { $0 }.joined(separator: ", ")
    }

    /// `init container wait: image a → b`, `init container migrate added`.
    static func words(initContainers old: [Container]?, _ new: [Container]?) -> String {
        let changed = (new ?? []).compactMap { container -> String? in
            guard let before = (old ?? []).first(where: { $0.name == container.name }) else {
                return "init container \(container.name) added"
            }
            guard before != container else { return nil }
            let what = between(before, container).first?.description ?? "changed"
            return "init container \(container.name): \(what)"
        }
        let gone = (old ?? []).filter { before in !(new ?? []).contains { $0.name == before.name } }
            .map { "init container \($0.name) removed" }
        let all = changed + gone
        return all.isEmpty ? "init containers changed" : all.prefix(3).joined(separator: ", ")
    }

    /// `volume data: claim a → claim b`, `volume settings (ConfigMap web) added`.
    static func words(volumes old: [PodSpec.Volume]?, _ new: [PodSpec.Volume]?) -> String {
        func source(_ volume: PodSpec.Volume) -> String? {
            volume.configMap?.name.map { "ConfigMap \($0)" } ?? volume.secret?.secretName.map { "Secret \($0)" }
                ?? volume.persistentVolumeClaim.map { "claim \($0.claimName)" }
        }
        func named(_ volume: PodSpec.Volume) -> String {
            "volume \(volume.name)" + (source(volume).map { " (\($0))" } ?? "")
        }
        let changed = (new ?? []).compactMap { volume -> String? in
            guard let before = (old ?? []).first(where: { $0.name == volume.name }) else {
                return "\(named(volume)) added"
            }
            guard before != volume else { return nil }
            return "volume \(volume.name): \(source(before) ?? "another kind") → \(source(volume) ?? "another kind")"
        }
        let gone = (old ?? []).filter { before in !(new ?? []).contains { $0.name == before.name } }
            .map { "\(named($0)) removed" }
        let all = changed + gone
        return all.isEmpty ? "volumes changed" : all.prefix(3).joined(separator: ", ")
    }

    /// `label version 1 → 2`.
    static func words(labels old: [String: String], _ new: [String: String]) -> String {
        let keys = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
        return keys.prefix(3).map { key in
            switch (old[key], new[key]) {
            case (nil, let after?): "label \(key) \(after) added"
            case (let before?, nil): "label \(key) \(before) removed"
            default: "label \(key) \(old[key] ?? "") → \(new[key] ?? "")"
            }
        }.joined(separator: ", ")
    }

    /// The pod's fields that have words of their own.
    private static let knownOfPod: Set = [
        "containers", "initContainers", "volumes", "nodeSelector", "nodeName", "serviceAccountName", "serviceAccount",
    ]
    /// A container's fields that faults are told apart by, and what they are called.
    private static let knownOfContainer: [(key: String, fields: [Field], words: String)] = [
        ("image", [.image], "image"), ("command", [.command], "command"), ("args", [.arguments], "arguments"),
        ("resources", [.limits, .memoryLimit, .requests], "resources"), ("ports", [.ports], "container ports"),
        ("readinessProbe", [.readinessProbe], "readiness probe"), ("livenessProbe", [.livenessProbe], "liveness probe"),
        ("startupProbe", [.startupProbe], "startup probe"), ("env", [.environment], "environment"),
        ("envFrom", [.environment], "environment"),
    ]

    /// Names whatever else differs, by its field: a fault may hang on any of them, and what is said of two values may
    /// be the same where they are not.
    static func others(_ old: PodTemplate, _ new: PodTemplate, but noted: [Self]) -> [Self] {
        func differing(_ old: JSONValue?, _ new: JSONValue?) -> Set<String> {
            let (before, after) = (old?.objectValue ?? [:], new?.objectValue ?? [:])
            return Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
        }
        func names(_ fields: Set<String>) -> String { fields.sorted().prefix(3).joined(separator: ", ") }
        let (before, after) = (old.raw["spec"], new.raw["spec"])
        var changes: [Self] = []
        let ofPod = differing(before, after).subtracting(knownOfPod)
        if !ofPod.isEmpty { changes.append(.init(.other, nil, "\(names(ofPod)) changed")) }
        for container in after?["containers"]?.arrayValue ?? [] {
            guard let name = container["name"]?.stringValue,
                let own = before?["containers"]?.arrayValue?.first(where: { $0["name"] == container["name"] })
            else { continue }
            var fields = differing(own, container)
            for known in knownOfContainer where fields.remove(known.key) != nil {
                let isNoted = (noted + changes).contains { $0.container == name && known.fields.contains($0.field) }
                if !isNoted, let field = known.fields.first {
                    changes.append(.init(field, name, "\(known.words) changed"))
                }
            }
            if !fields.isEmpty { changes.append(.init(.other, name, "\(names(fields)) of container \(name) changed")) }
        }
        return changes
    }
}
