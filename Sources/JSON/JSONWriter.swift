/// Writes JSON bytes in the order it is told: for answers and events on the hot path, where `JSONEncoder` costs more
/// than the rest of the request. The caller pairs `begin` and `end`; commas and escapes are the writer's.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Begins behind what frames the JSON, which ends with a space.
    public init(after frame: String, reserving capacity: Int) {
        bytes.reserveCapacity(capacity)
        bytes.append(contentsOf: frame.utf8)
    }

    /// Ends what the first bytes began.
    public mutating func endFrame(_ end: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: end.utf8Start, count: end.utf8CodeUnitCount))
    }

    public mutating func beginObject() {
        separate()
        bytes.append(UInt8(ascii: "{"))
    }

    public mutating func endObject() { bytes.append(UInt8(ascii: "}")) }

    public mutating func beginArray() {
        separate()
        bytes.append(UInt8(ascii: "["))
    }

    public mutating func endArray() { bytes.append(UInt8(ascii: "]")) }

    /// The name of the member whose value is written next.
    public mutating func key(_ name: String) {
        write(name)
        bytes.append(UInt8(ascii: ":"))
    }

    public mutating func field(_ name: String, _ value: String) {
        key(name)
        write(value)
    }

    public mutating func field(_ name: String, _ value: Int) {
        key(name)
        write(value)
    }

    public mutating func field(_ name: String, _ value: Bool) {
        key(name)
        write(value)
    }

    /// Object members are sorted by name, so that equal values give equal bytes.
    public mutating func field(_ name: String, _ value: JSONValue) {
        key(name)
        write(value)
    }

    public mutating func write(_ value: Int) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    public mutating func write(_ value: Bool) {
        separate()
        bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
    }

    /// Not a number and the infinities have no JSON: they become null.
    public mutating func write(_ value: Double) {
        separate()
        bytes.append(contentsOf: value.isFinite ? value.description.utf8 : "null".utf8)
    }

    public mutating func write(_ value: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { text in
            var done = 0
            for index in text.indices {
                let byte = text[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[done..<index]))
                escape(byte)
                done = index + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[done...]))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    public mutating func write(_ value: JSONValue) {
        switch value {
        case .null:
            separate()
            bytes.append(contentsOf: "null".utf8)
        case .bool(let value): write(value)
        case .integer(let value): write(Int(value))
        case .number(let value): write(value)
        case .string(let value): write(value)
        case .array(let elements):
            beginArray()
            for element in elements { write(element) }
            endArray()
        case .object(let members):
            beginObject()
            if members.count < 2 {
                for (name, member) in members { field(name, member) }
            } else {
                for (name, member) in members.sorted(by: { $0.key < $1.key }) { field(name, member) }
            }
            endObject()
        }
    }

    /// Ends a value that stands on a line of its own.
    public mutating func endLine() { bytes.append(UInt8(ascii: "\n")) }

    /// Bytes that are one JSON value already.
    public mutating func write(rendered value: [UInt8]) {
        separate()
        bytes.append(contentsOf: value)
    }

    private mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"), UInt8(ascii: " "): break
        default: bytes.append(UInt8(ascii: ","))
        }
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? 48 + digit : 87 + digit) }
        }
    }
}

extension JSONValue {
    /// The value as JSON, members sorted by name.
    public var rendered: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }
}
