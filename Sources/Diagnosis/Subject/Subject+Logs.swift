import Kubernetes

extension Subject {
    /// What the logs of its own living pods say, oldest first of each.
    var logClues: [LogClue] {
        let own = Set(livePods.map(\.name))
        return snapshot.logs.filter { own.contains($0.pod) }.flatMap(LogClue.all)
    }

    /// The Service of this namespace that a host names, by its name or its cluster address.
    func service(named host: String) -> Service? {
        let labels = host.split(separator: ".").map(String.init)
        if let first = labels.first, isOfOwnNamespace(labels),
            let service = snapshot.services.first(where: { $0.name == first })
        {
            return service
        }
        return snapshot.services.first { $0.spec.clusterIP == host }
            ?? snapshot.services.first { service in
                snapshot.endpoints.first { $0.name == service.name }?.subsets?.contains { subset in
                    ((subset.addresses ?? []) + (subset.notReadyAddresses ?? [])).contains { $0.ip == host }
                } ?? false
            }
    }

    /// `db`, `db.NAMESPACE`, `db.NAMESPACE.svc…`: a name that only a Service of this namespace can answer.
    func isOfOwnNamespace(_ labels: [String]) -> Bool {
        guard labels.count > 1 else { return !labels.isEmpty }
        return labels[1] == snapshot.target.namespace && (labels.count == 2 || labels[2] == "svc")
    }
}
