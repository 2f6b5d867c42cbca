import Diagnosis
import FoundationEssentials
import Kubernetes

/// Who else decides about an object, so that Cortex gives advice instead of acting against them.
enum Ownership {
    /// The annotation with which people keep Cortex away from an object, as it stands there; nil when there is none.
    static func mark(on metadata: ObjectMeta) -> String? {
        let annotations = metadata.annotations ?? [:]
        let marks = annotations.filter { PauseMark.isOurs($0.key, $0.value) }
        return marks.min { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    }

    /// When a person last wrote the pod template, and with what.
    static func lastTemplateWrite(_ metadata: ObjectMeta) -> ManagedFieldsEntry? {
        guard let latest = metadata.lastTemplateWrite, !ownManagers.contains(latest.manager ?? "") else { return nil }
        return latest
    }

    /// Whether Cortex itself wrote the pod template last.
    static func isLastTemplateWriteOwn(_ metadata: ObjectMeta) -> Bool {
        metadata.lastTemplateWrite?.manager == "cortex"
    }

    /// Cortex and the cluster's own controllers have no opinion about a template.
    private static let ownManagers = ["cortex", "kube-controller-manager"]
}
