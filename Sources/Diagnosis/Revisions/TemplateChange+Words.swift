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

    /// The members of containers that have no words of their own, by their names: `container web: securityContext
    /// changed`; empty when none of them differs.
    static func others(_ old: JSONValue, _ new: JSONValue) -> [TemplateChange] {
        let before = old["spec"]?["containers"]?.arrayValue ?? []
        return (new["spec"]?["containers"]?.arrayValue ?? []).compactMap { container in
            guard let name = container["name"]?.stringValue,
                let earlier = before.first(where: { $0["name"]?.stringValue == name })
            else { return nil }
            let (left, right) = (earlier.objectValue ?? [:], container.objectValue ?? [:])
            let keys = Set(left.keys).union(right.keys).subtracting(spoken).filter { left[$0] != right[$0] }.sorted()
            guard !keys.isEmpty else { return nil }
            return TemplateChange(
                .other, name, "\(keys.prefix(3).joined(separator: ", ")) of container \(name) changed")
        }
    }

    /// What has words of its own.
    private static let spoken: Set = [
        "name", "image", "command", "args", "resources", "readinessProbe", "livenessProbe", "startupProbe", "ports",
        "env", "envFrom",
    ]
}
