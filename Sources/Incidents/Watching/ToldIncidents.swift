import Diagnosis
import Kubernetes

/// What a person was told of each workload, by its incident: several may be the victims of one.
struct ToldIncidents: Sendable {
    private var ids: [WorkloadReference: String] = [:]
    /// Causes of the whole cluster for which somebody is just opening the incident.
    private var opening: Set<CauseID> = []

    subscript(reference: WorkloadReference) -> String? { ids[reference] }

    mutating func tell(_ reference: WorkloadReference, of id: String) { ids[reference] = id }

    /// - Returns: the incident, where nobody else was told of the same: it is over then.
    mutating func forget(_ reference: WorkloadReference) -> String? {
        guard let id = ids.removeValue(forKey: reference), !ids.values.contains(id) else { return nil }
        return id
    }

    /// Takes it on to open the one incident of a cause that the whole cluster has; false where another does already.
    mutating func begin(_ cause: CauseID) -> Bool { opening.insert(cause).inserted }

    mutating func end(_ cause: CauseID) { opening.remove(cause) }
}
