public import Diagnosis
public import FoundationEssentials
public import Healing
public import Kubernetes

/// One incident as it is kept, shown and told: what was seen, why, what was done, when.
public struct IncidentRecord: Codable, Hashable, Sendable, Identifiable {
    public enum State: String, Codable, Hashable, Sendable, CaseIterable {
        /// Under way.
        case open
        /// A person has to do what the plan says: the policy is `approve`.
        case waiting
        case healed
        /// It answers again and Cortex changed nothing.
        case recovered
        /// A person is needed; `recommendation` says for what.
        case escalated
        /// Cortex acted and could not prove that it helped.
        case failed
        /// Cortex ended before the incident did.
        case unknown

        public var isOver: Bool { self != .open && self != .waiting }
    }

    /// What would be done, or is, as far as nothing is in the way of it.
    public struct Plan: Codable, Hashable, Sendable {
        public var action: Action
        /// `Deployment/web`.
        public var object: String
        public var detail: String
        /// The exact command by which a person does the same.
        public var advice: String?
    }

    public struct Step: Codable, Hashable, Sendable {
        public enum Kind: String, Codable, Hashable, Sendable {
            case detected, diagnosed, progress, acting, acted, verified, closed, cleared
        }
        public var at: Date
        public var kind: Kind
        public var message: String

        public init(at: Date, kind: Kind, message: String) {
            self.at = at
            self.kind = kind
            self.message = message
        }
    }

    /// When what happened; nil for what has not.
    public struct Times: Codable, Hashable, Sendable {
        /// The watch showed the first symptom of it; for a request: when it failed.
        public var visible: Date
        /// It lasted, and a look found a fault.
        public var detected: Date
        /// The cause was known.
        public var diagnosed: Date?
        /// The first change was sent.
        public var acted: Date?
        /// The service was proven to answer.
        public var verified: Date?
        public var closed: Date?
        /// What was escalated was over.
        public var cleared: Date?
    }

    public var id: String
    public var state: State
    public var trigger: HealingTrigger
    public var namespace: String
    public var service: String
    public var workload: WorkloadReference?
    /// Others that fail for the same cause, which is told once; nil where there are none.
    public var victims: [WorkloadReference]?
    /// What the watch showed first; nil when a request opened it.
    public var symptom: String?
    /// What went wrong, as it was first told.
    public var issue: String
    public var policy: HealMode?
    /// The cause by its name in the fault catalogue; nil while it is not known.
    public var cause: String?
    /// Where the cause is found, as `Kind/name`, or `Kind/name in NAMESPACE` of what the whole cluster shares; nil
    /// where it is at no object, or not known.
    public var causeObject: String?
    /// What is wrong, in one sentence.
    public var diagnosis: String?
    public var findings: [Finding]
    public var plan: Plan?
    public var steps: [Step]
    /// Progress beyond the limit that was not kept.
    public var droppedSteps: Int
    public var before: WorkloadState?
    public var after: WorkloadState?
    /// How it ended: what was done, or why nothing was.
    public var message: String?
    public var recommendation: String?
    public var times: Times

    /// Steps of one incident that are kept; beyond it progress is counted and not kept.
    static let maximumSteps = 100

    public init(
        id: String, trigger: HealingTrigger, namespace: String, service: String, workload: WorkloadReference? = nil,
        symptom: String? = nil, issue: String, visible: Date, detected: Date
    ) {
        self.id = id
        state = .open
        self.trigger = trigger
        self.namespace = namespace
        self.service = service
        self.workload = workload
        self.symptom = symptom
        self.issue = issue
        findings = []
        steps = [Step(at: detected, kind: .detected, message: issue)]
        droppedSteps = 0
        times = Times(visible: visible, detected: detected)
    }

    mutating func add(_ step: Step) {
        if steps.count >= Self.maximumSteps, step.kind == .progress {
            droppedSteps += 1
        } else {
            steps.append(step)
        }
    }
}
