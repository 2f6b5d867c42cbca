import Diagnosis
import FoundationEssentials
import Kubernetes

/// Who else decides about an object, so that Cortex gives advice instead of acting against them.
enum Ownership {
    /// The GitOps tool that would revert a write, in words; nil when there is none.
    /// Sources: https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/,
    /// https://fluxcd.io/flux/components/kustomize/kustomizations/
    static func gitOps(of metadata: ObjectMeta) -> String? {
        let marks = (metadata.labels ?? [:]).merging(metadata.annotations ?? [:]) { label, _ in label }
        let tracked: [(key: String, tool: String)] = [
            ("argocd.argoproj.io/instance", "Argo CD"), ("argocd.argoproj.io/tracking-id", "Argo CD"),
            ("kustomize.toolkit.fluxcd.io/name", "Flux"), ("helm.toolkit.fluxcd.io/name", "Flux"),
            ("fleet.cattle.io/bundle-id", "Fleet"), ("objectset.rio.cattle.io/owner-gvk", "the K3s deploy controller"),
        ]
        if let mark = tracked.first(where: { marks[$0.key] != nil }) {
            return "\(mark.tool) (\(mark.key): \(marks[mark.key] ?? ""))"
        }
        let managers = [
            "argocd-controller": "Argo CD", "argocd-application-controller": "Argo CD",
            "kustomize-controller": "Flux", "helm-controller": "Flux", "fleetagent": "Fleet",
        ]
        let manager = metadata.managedFields?.compactMap(\.manager).first { managers[$0] != nil }
        return manager.map { "\(managers[$0] ?? $0) (field manager \($0))" }
    }

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
