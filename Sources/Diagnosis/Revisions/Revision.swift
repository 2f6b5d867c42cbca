public import FoundationEssentials
public import Kubernetes

/// One revision of a Deployment: a ReplicaSet and what is known of how it did.
public struct Revision: Hashable, Sendable {
    /// What speaks for or against a revision having worked.
    public enum Health: Hashable, Sendable {
        /// It has Ready pods now.
        case ready(Int)
        /// It is known to have served until a newer one came, or somebody went back to it.
        case served
        /// It gave way to a newer one, and nothing seen speaks against it.
        case believed
        /// It is seen, or known, not to have worked; the text says how.
        case failed(String)
    }
    /// `deployment.kubernetes.io/revision`; 0 when the ReplicaSet has none.
    public var number: Int
    /// The ReplicaSet's name.
    public var name: String
    public var object: ObjectReference
    /// `pod-template-hash`.
    public var templateHash: String?
    public var template: PodTemplate
    public var createdAt: Date?
    /// Pods it is asked to have.
    public var replicas: Int
    public var health: Health

    public var isReadyNow: Bool { if case .ready = health { true } else { false } }
    /// Worth going back to.
    public var isBelievedHealthy: Bool { if case .failed = health { false } else { true } }

    /// What differs from another revision, in words a person reads.
    public func changes(from older: Revision) -> [TemplateChange] {
        TemplateChange.between(older.template, template)
    }
}
