import Diagnosis
import FoundationEssentials
public import Healing
import JSON

/// The last line of a worker: one line of JSON.
public struct WorkerReport: Hashable, Sendable {
    public var success: Bool
    public var diagnosis: String
    /// `fix_applied` when it succeeded, `fix_attempted` when it did not.
    public var fix: String?
    /// ISO 8601.
    public var timestamp: String
    public var recommendation: String?
    /// The cause by its name in the fault catalogue, and the action: fields that Cortex adds.
    public var cause: String?
    public var action: String?

    public init(
        success: Bool, diagnosis: String, fix: String?, timestamp: String, recommendation: String?,
        cause: String? = nil, action: String? = nil
    ) {
        self.success = success
        self.diagnosis = diagnosis
        self.fix = fix
        self.timestamp = timestamp
        self.recommendation = recommendation
        self.cause = cause
        self.action = action
    }

    public init(_ outcome: HealingOutcome, timestamp: String) {
        self.init(
            success: outcome.isSuccess, diagnosis: outcome.diagnosis, fix: outcome.message, timestamp: timestamp,
            recommendation: outcome.isSuccess ? nil : outcome.recommendation ?? "Look at it by hand.",
            cause: outcome.cause?.rawValue, action: outcome.action.rawValue)
    }

    /// - Returns: nil when the line is not a worker's report.
    public init?(line: String) {
        // A worker may print anything; what is not JSON is no report.
        guard let value = try? JSONCoding.decode(JSONValue.self, from: Data(line.utf8)),
            let success = value["success"]?.boolValue
        else { return nil }
        self.init(
            success: success, diagnosis: value["diagnosis"]?.stringValue ?? "",
            fix: (value["fix_applied"] ?? value["fix_attempted"])?.stringValue,
            timestamp: value["timestamp"]?.stringValue ?? "", recommendation: value["recommendation"]?.stringValue,
            cause: value["cause"]?.stringValue, action: value["action"]?.stringValue)
    }

    /// One line of JSON without its newline, keys sorted.
    public var line: String {
        var members: [String: JSONValue] = [
            "success": .bool(success), "diagnosis": .string(diagnosis), "timestamp": .string(timestamp),
        ]
        if let fix { members[success ? "fix_applied" : "fix_attempted"] = .string(fix) }
        if let recommendation { members["recommendation"] = .string(recommendation) }
        if let cause { members["cause"] = .string(cause) }
        if let action { members["action"] = .string(action) }
        do {
            return String(decoding: try JSONCoding.encode(JSONValue.object(members)), as: UTF8.self)
        } catch {
            preconditionFailure("texts and truth values always encode: \(error)")
        }
    }
}
