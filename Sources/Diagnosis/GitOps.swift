public import Kubernetes

/// The tools that bring a cluster back to what is declared in Git, told by the marks they leave on objects.
public enum GitOps {
    /// The tool that would revert a write, in words; nil when there is none.
    /// Sources: https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/,
    /// https://fluxcd.io/flux/components/kustomize/kustomizations/
    public static func owner(of metadata: ObjectMeta) -> String? {
        let marks = (metadata.labels ?? [:]).merging(metadata.annotations ?? [:]) { label, _ in label }
        let tracked: [(key: String, tool: String)] = [
            ("argocd.argoproj.io/instance", "Argo CD"), ("argocd.argoproj.io/tracking-id", "Argo CD"),
            ("kustomize.toolkit.fluxcd.io/name", "Flux"), ("helm.toolkit.fluxcd.io/name", "Flux"),
            ("fleet.cattle.io/bundle-id", "Fleet"), ("objectset.rio.cattle.io/owner-gvk", "the K3s deploy controller"),
        ]
        if let mark = tracked.first(where: { marks[$0.key] != nil }) {
            return "\(mark.tool) (\(mark.key): \(Redaction.line(marks[mark.key] ?? "", limit: 80)))"
        }
        let managers = [
            "argocd-controller": "Argo CD", "argocd-application-controller": "Argo CD",
            "kustomize-controller": "Flux", "helm-controller": "Flux", "fleetagent": "Fleet",
        ]
        let manager = metadata.managedFields?.compactMap(\.manager).first { managers[$0] != nil }
        return manager.map { "\(managers[$0] ?? $0) (field manager \($0))" }
    }
}
