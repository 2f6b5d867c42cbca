import Kubernetes

/// What the rules have noted so far: findings in the order seen, and the causes suspected.
struct Report {
    /// How far upstream a cause is: of several, the first explains the others.
    enum Level: Int, Comparable {
        /// What would tell could not be read.
        case unread
        /// Somebody wants it so, or changed how many there are.
        case intention
        /// Pods are Ready and the Service does not lead to them.
        case way
        case paused
        /// The pods may not be created.
        case admission
        /// The pods find no place.
        case placement
        case machine
        /// A container cannot be made.
        case start
        case initialization
        /// A container runs and ends.
        case process
        /// A container runs and is not ready.
        case readiness
        case rollout
        /// It is recovering by itself.
        case recovery
        /// The cluster's view is in order and the service does not answer.
        case answer

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    private(set) var findings: [Finding] = []
    private var suspects: [(level: Level, cause: Cause)] = []

    mutating func find(_ id: String, _ object: ObjectReference, _ message: String, _ evidence: [Evidence] = []) {
        guard !findings.contains(where: { $0.id == id && $0.object.description == object.description }) else { return }
        findings.append(Finding(id: id, object: object, message: message, evidence: evidence))
    }

    mutating func suspect(_ level: Level, _ cause: Cause) { suspects.append((level, cause)) }

    func has(_ id: String) -> Bool { findings.contains { $0.id == id } }
    func suspects(_ level: Level) -> Bool { suspects.contains { $0.level == level } }

    /// The suspect furthest upstream; of equals the first that was noted.
    var rootCause: Cause? { suspects.min { $0.level < $1.level }?.cause }
}
