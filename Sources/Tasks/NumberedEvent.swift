import JSON

/// An event of one task as it goes over the wire: rendered once, shared by everybody who watches.
public struct NumberedEvent: Sendable {
    /// From 1, without gaps.
    public let number: Int
    /// `id: 3\ndata: {…}\n\n`, as server-sent events are framed.
    public let frame: [UInt8]

    init(_ event: TaskEvent, number: Int) {
        self.number = number
        var json = JSONWriter(after: Self.start(number), reserving: 256)
        event.write(into: &json)
        json.endFrame("\n\n")
        frame = json.bytes
    }

    /// - Parameter json: without a line break.
    public init(json: [UInt8], number: Int) {
        self.number = number
        var frame: [UInt8] = []
        let start = Self.start(number)
        frame.reserveCapacity(start.utf8.count + json.count + 2)
        frame.append(contentsOf: start.utf8)
        frame.append(contentsOf: json)
        frame.append(contentsOf: [10, 10])
        self.frame = frame
    }

    private static func start(_ number: Int) -> String { "id: \(number)\ndata: " }
}

/// The events after a number.
public struct EventBatch: Sendable {
    public var events: ArraySlice<NumberedEvent>
    /// Events after that number that are no longer kept.
    public var missed: Int
    /// Whether no further event will come.
    public var isLast: Bool

    public init(events: ArraySlice<NumberedEvent>, missed: Int, isLast: Bool) {
        self.events = events
        self.missed = missed
        self.isLast = isLast
    }
}
