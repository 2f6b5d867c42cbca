import FoundationEssentials

/// Reads `text/event-stream` as it comes, in any pieces. Lines end with LF, CR or CRLF; comments and unknown fields are
/// dropped, and an event that is cut off by the stream's end is none.
struct ServerSentEvents {
    struct Event: Hashable, Sendable {
        var name: String
        var data: String
        var id: String?
    }

    /// A single event grew beyond the limit.
    struct Overflow: Error, Hashable {}

    /// The most bytes of one event, its unfinished line included.
    let maximumEventBytes: Int
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var name = ""
    private var id: String?
    private var endedWithCarriageReturn = false
    private var isAtStart = true

    init(maximumEventBytes: Int) { self.maximumEventBytes = maximumEventBytes }

    /// Whether an event was begun and not finished.
    var isInsideEvent: Bool { !line.isEmpty || hasData }

    mutating func feed(_ bytes: Data) throws(Overflow) -> [Event] {
        var events: [Event] = []
        for byte in [UInt8](bytes) {
            if byte == 10, endedWithCarriageReturn {
                endedWithCarriageReturn = false
                continue
            }
            endedWithCarriageReturn = byte == 13
            if byte == 10 || byte == 13 {
                if let event = endLine() { events.append(event) }
            } else {
                line.append(byte)
                guard line.count + data.count <= maximumEventBytes else { throw Overflow() }
            }
        }
        return events
    }

    private mutating func endLine() -> Event? {
        defer { line.removeAll(keepingCapacity: line.capacity <= 1 << 16) }
        if isAtStart, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        isAtStart = false
        if line.isEmpty { return dispatch() }
        let colon = line.firstIndex(of: 58) ?? line.endIndex
        var value = line[min(colon + 1, line.endIndex)...]
        if value.first == 32 { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            if hasData { data.append(10) }
            data.append(contentsOf: value)
            hasData = true
        case "event": name = String(decoding: value, as: UTF8.self)
        case "id" where !value.contains(0): id = String(decoding: value, as: UTF8.self)
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> Event? {
        defer {
            data.removeAll(keepingCapacity: data.capacity <= 1 << 16)
            hasData = false
            name = ""
        }
        guard hasData else { return nil }
        return Event(name: name.isEmpty ? "message" : name, data: String(decoding: data, as: UTF8.self), id: id)
    }
}
