/// What became of a request to a Service or a pod.
public enum Reach: Hashable, Sendable {
    case nameNotFound(String)
    /// Nobody listens, or the Service has no endpoints.
    case refused(String)
    /// Not even a connection: a policy drops it, or nothing is at that address.
    case unreachable(String)
    /// Connected, and nothing comes back: the process hangs.
    case timeout(String)
    /// A program answered with this HTTP status; `process` is the one of its processes that did.
    case answered(status: Int, program: Program, process: String)

    public var isGood: Bool { if case .answered(let status, _, _) = self { 200..<400 ~= status } else { false } }
}
