import Kubernetes

/// What the rules have noted so far: findings in the order seen, and the causes suspected.
struct Report {
    /// How far upstream a cause is: of several, the first explains the others.
    enum Level: Int, Comparable {
        /// What would tell could not be read.
        case unread
        /// Somebody wants it so, or changed how many there are.
        case intention
        /// There is nothing that could have pods.
        case count
        /// Pods are Ready and the Service does not lead to them.
        case way
        case paused
        /// The pods may not be created.
        case admission
        /// The pods find no place.
        case placement
        /// A claim that the pods need is not bound.
        case volume
        case machine
        /// A container cannot be made.
        case start
        /// What a container needs of others is not there: it, too, ends, hangs or is not ready for that.
        case dependency
        case initialization
        /// A container runs and ends.
        case process
        /// A container runs and is not ready.
        /// A repair of what hangs is not allowed.
        case budget
        case readiness
        case rollout
        /// It is recovering by itself.
        case recovery
        /// It cannot be scaled as its load asks.
        case scaling
        /// The cluster's view is in order and the service does not answer.
        case answer
        /// All serve, and a person's work on the machines cannot go on.
        case maintenance

        /// What a level is about; of two faults of one area the first explains the other.
        enum Area { case rights, count, way, creation, place, pod, scaling, maintenance, symptom }

        var area: Area {
            switch self {
            case .unread: .rights
            case .intention, .count, .paused: .count
            case .way: .way
            case .admission: .creation
            case .placement, .volume, .machine: .place
            case .start, .dependency, .initialization, .process, .budget, .readiness: .pod
            case .scaling: .scaling
            case .maintenance: .maintenance
            case .rollout, .recovery, .answer: .symptom
            }
        }

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    private(set) var findings: [Finding] = []
    /// How many findings there were when the rule at work began.
    private var ruleStart = 0
    private var suspects: [(level: Level, cause: Cause)] = []

    mutating func find(_ id: String, _ object: ObjectReference, _ message: String, _ evidence: [Evidence] = []) {
        guard !findings.contains(where: { $0.id == id && $0.object.description == object.description }) else { return }
        findings.append(Finding(id: id, object: object, message: message, evidence: evidence))
    }

    /// Another rule begins: what it finds is the evidence for what it suspects.
    mutating func begin() { ruleStart = findings.count }

    mutating func suspect(_ level: Level, _ cause: Cause) {
        var cause = cause
        cause.evidence = Array(findings[ruleStart...].flatMap(\.evidence).prefix(8))
        suspects.append((level, cause))
    }

    func has(_ id: String) -> Bool { findings.contains { $0.id == id } }
    func suspects(_ level: Level) -> Bool { suspects.contains { $0.level == level } }

    /// The suspect furthest upstream; of equals the first that was noted.
    var rootCause: Cause? { suspects.min { $0.level < $1.level }?.cause }

    /// The root cause, then those that it does not explain: a pod's own faults explain each other, and what recovers
    /// or does not answer is explained by any of them.
    var causes: [Cause] {
        guard let root = suspects.min(by: { $0.level < $1.level }) else { return [] }
        var (kept, areas) = ([root.cause], [root.level.area])
        for level in suspects.map(\.level).sorted() {
            guard let next = suspects.first(where: { $0.level == level }), !areas.contains(level.area),
                level.area != .symptom, !kept.contains(where: { $0.id == next.cause.id })
            else { continue }
            kept.append(next.cause)
            areas.append(level.area)
        }
        return kept
    }
}
