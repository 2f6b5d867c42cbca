import Diagnosis
import Kubernetes

/// What a person was told of each workload, by its incident: several may be the victims of one.
struct ToldIncidents: Sendable {
    private var ids: [WorkloadReference: String] = [:]
    /// A cause of the whole cluster, and the object at fault, as an incident's record names it.
    struct Shared: Hashable, Sendable {
        var cause: CauseID
        var object: String?
    }

    /// Those for which somebody is just opening the incident.
    private var opening: Set<Shared> = []

    subscript(reference: WorkloadReference) -> String? { ids[reference] }

    mutating func tell(_ reference: WorkloadReference, of id: String) { ids[reference] = id }

    /// - Returns: the incident, where nobody else was told of the same: it is over then.
    mutating func forget(_ reference: WorkloadReference) -> String? {
        guard let id = ids.removeValue(forKey: reference), !ids.values.contains(id) else { return nil }
        return id
    }

    /// Takes it on to open the one incident of a cause that the whole cluster has; false where another does already.
    mutating func begin(_ shared: Shared) -> Bool { opening.insert(shared).inserted }

    mutating func end(_ shared: Shared) { opening.remove(shared) }
}
