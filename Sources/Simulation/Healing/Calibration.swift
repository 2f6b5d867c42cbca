import Diagnosis
import Healing

/// Of the causes that were named with some confidence, how many were the right ones.
public struct Calibration: Hashable, Sendable {
    /// One cause, as an incident ended with it.
    public struct Statement: Hashable, Sendable {
        /// From 0 to 1.
        public var confidence: Double
        public var isRight: Bool

        public init(confidence: Double, isRight: Bool) {
            self.confidence = confidence
            self.isRight = isRight
        }
    }

    public struct Row: Hashable, Sendable {
        public var confidence: Double
        public var said: Int
        public var right: Int

        public var share: Double { said == 0 ? 0 : Double(right) / Double(said) }
    }

    private var counts: [Int: Row] = [:]

    public init() {}

    public var statements: Int { counts.values.reduce(0) { $0 + $1.said } }

    public mutating func add(_ statement: Statement) {
        let hundredths = Int((statement.confidence * 100).rounded())
        var row = counts[hundredths] ?? Row(confidence: Double(hundredths) / 100, said: 0, right: 0)
        row.said += 1
        row.right += statement.isRight ? 1 : 0
        counts[hundredths] = row
    }

    /// The most confident first.
    public var rows: [Row] { counts.sorted { $0.key > $1.key }.map(\.value) }
}

extension Simulator.Incident {
    /// What the incident ended with; nil where no cause was named, or where there was none to name.
    public var statement: Calibration.Statement? {
        guard let isNamed, let cause = result.outcome?.cause, let confidence = result.confidences[cause] else {
            return nil
        }
        return Calibration.Statement(confidence: confidence, isRight: isNamed)
    }
}
