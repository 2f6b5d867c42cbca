import JSON
import Kubernetes

/// The revisions of a StatefulSet or DaemonSet, each a ControllerRevision with the template it had.
enum ControllerRevisions {
    /// The revision of the present template, made when it is not there; its name tells it from others.
    static func current(of owner: JSONValue, _ resource: Resource, _ world: inout World) -> String {
        let template = owner.at("spec", "template") ?? [:]
        let data: JSONValue = ["spec": ["template": template]]
        let all = world.owned(.controllerRevisions, by: owner)
        let newest = all.compactMap { $0["revision"]?.intValue }.max() ?? 0
        if let known = all.first(where: { $0["data"] == data }) {
            if known["revision"]?.intValue != newest {
                world.edit(.controllerRevisions, known, as: "kube-controller-manager") {
                    $0["revision"] = .integer(newest + 1)
                }
            }
            return known.name
        }
        let hash = TemplateHash.text(of: template)
        let name = "\(owner.name)-\(hash)"
        let limit = owner.at("spec", "revisionHistoryLimit")?.intValue ?? 10
        let old = all.sorted { ($0["revision"]?.intValue ?? 0) < ($1["revision"]?.intValue ?? 0) }
        for revision in old.prefix(max(0, old.count - limit)) { world.remove(.controllerRevisions, revision) }
        _ = world.add(
            .controllerRevisions,
            [
                "apiVersion": "apps/v1", "kind": "ControllerRevision", "revision": .integer(newest + 1), "data": data,
                "metadata": [
                    "name": .string(name), "namespace": .string(owner.namespace ?? ""),
                    "labels": template.at("metadata", "labels") ?? [:],
                    "ownerReferences": [PodMaker.reference(to: owner, resource)],
                ],
            ], as: "kube-controller-manager")
        return name
    }

    static let label = "controller-revision-hash"
}
