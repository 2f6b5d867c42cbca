/// Which part of a container's log is read.
public struct LogOptions: Sendable, Hashable {
    /// nil where the pod has one container.
    public var container: String?
    /// The last lines. Default 100.
    public var tailLines: Int?
    /// Of the container's run before its last restart.
    public var previous: Bool
    public var sinceSeconds: Int?
    /// Default 64 KiB.
    public var limitBytes: Int?
    /// Each line begins with its RFC 3339 time.
    public var timestamps: Bool

    public init(
        container: String? = nil, tailLines: Int? = 100, previous: Bool = false, sinceSeconds: Int? = nil,
        limitBytes: Int? = 64 << 10, timestamps: Bool = false
    ) {
        self.container = container
        self.tailLines = tailLines
        self.previous = previous
        self.sinceSeconds = sinceSeconds
        self.limitBytes = limitBytes
        self.timestamps = timestamps
    }

    /// As the API's query takes it.
    public var query: [APIRequest.QueryItem] {
        var query: [APIRequest.QueryItem] = []
        if let container { query.append(.init("container", container)) }
        if let tailLines { query.append(.init("tailLines", String(tailLines))) }
        if previous { query.append(.init("previous", "true")) }
        if let sinceSeconds { query.append(.init("sinceSeconds", String(sinceSeconds))) }
        if let limitBytes { query.append(.init("limitBytes", String(limitBytes))) }
        if timestamps { query.append(.init("timestamps", "true")) }
        return query
    }
}
