import JSON

/// Why Cortex has no answer: a sentence for the user, and what else the result says.
struct TaskFailure: Error {
    var message: String
    var recommendation: String?
    /// Further members of the result: what is possible, what is missing.
    var details: [String: JSONValue] = [:]
}
