/// Why a request did not become a task.
public enum TaskRefusal: Error, Hashable, Sendable {
    case emptyQuery
    case queryTooLong(bytes: Int, maximum: Int)
    case invalidID
    /// The id belongs to a task with another query.
    case idTaken(String)
    /// As many tasks as may run at once are running.
    case busy(running: Int)
    case stopping
}

extension TaskRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .emptyQuery: "No query provided"
        case .queryTooLong(let bytes, let maximum):
            "the query has \(bytes) bytes; at most \(maximum) are read: shorten it"
        case .invalidID:
            "“id” must be 1 to 128 letters, digits and . _ : - with a letter or digit first; leave it out to get one"
        case .idTaken(let id): "the id “\(id)” belongs to a task with another query: send another id, or none"
        case .busy(let running): "\(running) tasks are running, which is the limit: try again in a few seconds"
        case .stopping: "Cortex is stopping and takes no new tasks: try again in a few seconds"
        }
    }
}
