public import Diagnosis
import Kubernetes

/// What a person should know of a cause: what it means, what Cortex does about it, and what is to be done by hand.
public struct CauseGuide: Sendable {
    public let cause: CauseID
    /// How it looks, in one sentence.
    public let meaning: String
    /// What Cortex does, in one sentence that begins with what it does.
    public let treatment: String
    /// What a person does, with commands in which NAME and NAMESPACE stand for what it is about: the same text that an
    /// incident ends with when it is handed to a person.
    public let byHand: String

    public init(for cause: CauseID) {
        self.cause = cause
        guard let entry = Self.entries[cause] else {
            preconditionFailure("no words for \(cause.rawValue); its place is CauseGuide+Entries.swift")
        }
        meaning = entry.meaning
        treatment = entry.treatment
        let isService = [.serviceSelector, .serviceTargetPort, .serviceDeleted].contains(cause)
        let object = ObjectReference(kind: isService ? "Service" : "Deployment", namespace: "NAMESPACE", name: "NAME")
        byHand = Advice.text(
            for: Cause(id: cause, summary: meaning, object: object),
            WorkloadReference(kind: .deployment, namespace: "NAMESPACE", name: "NAME"))
    }

    /// For a terminal.
    public var text: String {
        "\(cause.rawValue)\n\n  \(meaning)\n\n  Cortex: \(treatment)\n\n  By hand: \(byHand)"
    }

    static func has(_ cause: CauseID) -> Bool { entries[cause] != nil }
}
