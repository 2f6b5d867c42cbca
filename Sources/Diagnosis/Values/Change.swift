public import FoundationEssentials
import JSON
public import Kubernetes

/// Something that was changed shortly before, or while, a workload failed: what, when and by whom.
public struct Change: Codable, Hashable, Sendable {
    public var object: ObjectReference
    /// `spec.selector, spec.ports`, or the difference of two templates in words.
    public var what: String
    public var time: Date?
    /// The client's name from `managedFields`: `kubectl-edit`, `helm`; nil when it is not known.
    public var by: String?

    /// Changes older than this have had their effect, in seconds.
    private static let window: Double = 3600

    /// `Service/web: spec.selector (kubectl-patch, 12 s ago)`.
    public func words(at now: Date) -> String {
        let ago = time.map { "\(Int(max(0, now.timeIntervalSince($0)))) s ago" }
        let detail = [by, ago].compactMap { $0 }.joined(separator: ", ")
        return "\(object): \(what)" + (detail.isEmpty ? "" : " (\(detail))")
    }

    /// The newest first: the template's difference to the revision before, and what people and tools wrote to the
    /// objects around the workload. Controllers' own writes are no changes.
    static func recent(around subject: Subject) -> [Change] {
        var changes: [Change] = []
        if let history = subject.history, let current = history.current, let previous = history.previous {
            let words = current.changes(from: previous).filter(\.isMeaningful).prefix(5).map(\.description)
            let write = subject.workload?.metadata.lastTemplateWrite
            if !words.isEmpty, subject.age(current.createdAt) ?? 0 < window {
                changes.append(
                    Change(
                        object: subject.owner,
                        what: "revision \(previous.number) → \(current.number): \(words.joined(separator: "; "))",
                        time: write?.time ?? current.createdAt, by: write?.manager))
            }
        }
        if let workload = subject.workload { changes += writes(workload.object, workload.metadata, subject) }
        if let service = subject.service { changes += writes(service.reference, service.metadata, subject) }
        for policy in subject.snapshot.networkPolicies { changes += writes(policy.reference, policy.metadata, subject) }
        for quota in subject.snapshot.quotas { changes += writes(quota.reference, quota.metadata, subject) }
        for range in subject.snapshot.limitRanges { changes += writes(range.reference, range.metadata, subject) }
        changes += configuration(of: subject)
        for node in subject.snapshot.nodes where node.spec?.unschedulable == true || node.spec?.taints?.isEmpty == false
        {
            changes += writes(node.reference, node.metadata, subject)
        }
        return Array(changes.sorted { ($0.time ?? .distantPast) > ($1.time ?? .distantPast) }.prefix(10))
    }

    /// What was written to the ConfigMaps that the pods read, the newest first.
    static func configuration(of subject: Subject) -> [Change] {
        guard let template = subject.workload?.template else { return [] }
        let names = Fault.references(template)
        return subject.snapshot.configMaps.filter { names.contains("configmap/\($0.name)") }
            .flatMap { writes($0.reference, $0.metadata, subject) }
            .sorted { $0.time ?? .distantPast > $1.time ?? .distantPast }
    }

    private static func writes(_ object: ObjectReference, _ metadata: ObjectMeta, _ subject: Subject) -> [Change] {
        (metadata.managedFields ?? []).compactMap { entry in
            if entry.time != nil, entry.time == metadata.creationTimestamp, let manager = entry.manager,
                !isController(manager), subject.age(entry.time) ?? 0 < window
            {
                return Change(object: object, what: "made", time: entry.time, by: Redaction.line(manager, limit: 60))
            }
            guard let time = entry.time, let manager = entry.manager, !isController(manager),
                entry.subresource == nil || entry.subresource == "scale", subject.age(time) ?? 0 < window
            else { return nil }
            let fields = ["spec", "data", "binaryData"].flatMap { part in
                (entry.fieldsV1?["f:\(part)"]?.objectValue ?? [:]).keys.filter { $0 != "." }.map { key in
                    part + "." + (key.hasPrefix("f:") ? String(key.dropFirst(2)) : key)
                }
            }.filter { $0 != "spec.template" || subject.history == nil }.sorted()
            guard !fields.isEmpty else { return nil }
            return Change(
                object: object, what: Redaction.line(fields.prefix(4).joined(separator: ", ")), time: time,
                by: Redaction.line(manager, limit: 60))
        }
    }

    private static func isController(_ manager: String) -> Bool {
        ["kube-controller-manager", "kubelet", "k3s", "kube-scheduler"].contains(manager)
    }
}
