public import Diagnosis
import Healing

/// Of the causes that were named with some confidence, how many were the right ones.
public struct Calibration: Hashable, Sendable {
    /// That a cause was named.
    public struct Statement: Hashable, Sendable {
        public var cause: CauseID
        /// From 0 to 1.
        public var confidence: Double
        public var isRight: Bool

        public init(_ cause: CauseID, confidence: Double, isRight: Bool) {
            self.cause = cause
            self.confidence = confidence
            self.isRight = isRight
        }
    }

    public struct Row: Hashable, Sendable {
        public var confidence: Double
        public var said = 0
        public var right = 0

        public var share: Double { said == 0 ? 0 : Double(right) / Double(said) }

        fileprivate mutating func add(_ statement: Statement) {
            said += 1
            right += statement.isRight ? 1 : 0
        }
    }

    private struct Key: Hashable {
        var cause: CauseID
        var hundredths: Int
    }

    private var counts: [Key: Row] = [:]

    public init() {}

    public var statements: Int { counts.values.reduce(0) { $0 + $1.said } }

    public mutating func add(_ statement: Statement) {
        let hundredths = Int((statement.confidence * 100).rounded())
        let key = Key(cause: statement.cause, hundredths: hundredths)
        counts[key, default: Row(confidence: Double(hundredths) / 100)].add(statement)
    }

    /// By what was said, the most confident first.
    public var rows: [Row] {
        let groups = Dictionary(grouping: counts) { $0.key.hundredths }
        return groups.sorted { $0.key > $1.key }.map { _, group in
            group.reduce(into: Row(confidence: group[0].value.confidence)) { sum, entry in
                sum.said += entry.value.said
                sum.right += entry.value.right
            }
        }
    }

    /// The causes that were wrong more often than what was said of them allows, with the worst first. Few of them tell
    /// nothing.
    public var overstated: [(cause: CauseID, row: Row)] {
        counts.filter { $0.value.said >= 5 && $0.value.share < $0.value.confidence - 0.02 }
            .sorted { ($0.value.share, $0.key.cause.rawValue) < ($1.value.share, $1.key.cause.rawValue) }
            .map { ($0.key.cause, $0.value) }
    }
}

extension Simulator.Incident {
    /// What the incident ended with; nil where no cause was named, or where there was none to name.
    public var statement: Calibration.Statement? {
        guard let isNamed, let cause = result.outcome?.cause, let confidence = result.confidences[cause] else {
            return nil
        }
        return Calibration.Statement(cause, confidence: confidence, isRight: isNamed)
    }

    /// What a person would have been told who looked at any time while it lasted: every cause that was ever the first
    /// one. Early looks see less. What recovered by itself counts too, where it has a name. Empty where there was none
    /// to name.
    public var glimpses: [Calibration.Statement] {
        guard isNamed != nil || result.outcome?.kind == .recovered && !names.isEmpty else { return [] }
        return result.confidences.sorted { $0.key.rawValue < $1.key.rawValue }.map { cause, confidence in
            Calibration.Statement(cause, confidence: confidence, isRight: namesSoFar.contains(cause))
        }
    }
}
