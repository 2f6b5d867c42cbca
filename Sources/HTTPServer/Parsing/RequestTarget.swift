/// A request target taken apart: the decoded path, and the query's names and values.
struct RequestTarget {
    var path: String
    var query: [(name: String, value: String)] = []

    /// Origin form, absolute form (its authority is ignored: one server, whatever its name), and `*` for OPTIONS.
    /// Nil when it is none of these or cannot be decoded.
    init?(_ target: UnsafeRawBufferPointer, method: String) {
        if target.count == 1, target[0] == UInt8(ascii: "*"), method == "OPTIONS" {
            path = "*"
            return
        }
        guard var rest = Self.afterAuthority(target[...]) else { return nil }
        // A fragment never leaves a client; what sends one is broken.
        guard !rest.contains(UInt8(ascii: "#")) else { return nil }
        let mark = rest.firstIndex(of: UInt8(ascii: "?"))
        if let mark {
            guard let query = Self.pairs(rest[(mark + 1)...]) else { return nil }
            self.query = query
            rest = rest[..<mark]
        }
        guard let path = rest.isEmpty ? "/" : Self.decoded(rest, plusIsSpace: false) else { return nil }
        self.path = path
    }

    /// What stands after `http://authority`, or everything when there is no such start.
    private static func afterAuthority(_ target: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer>? {
        if target.first == UInt8(ascii: "/") { return target }
        for scheme: StaticString in ["http://", "https://"] {
            let length = scheme.utf8CodeUnitCount
            guard target.count > length else { continue }
            let matches = target.prefix(length).enumerated().allSatisfy { $1 | 0x20 == scheme.utf8Start[$0] | 0x20 }
            guard matches else { continue }
            let rest = target.dropFirst(length)
            let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            return end == rest.startIndex ? nil : rest[end...]
        }
        return nil
    }

    private static func pairs(_ text: Slice<UnsafeRawBufferPointer>) -> [(name: String, value: String)]? {
        var pairs: [(name: String, value: String)] = []
        for part in text.split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = decoded(part[..<equals], plusIsSpace: true),
                let value = decoded(part[equals...].dropFirst(), plusIsSpace: true)
            else { return nil }
            pairs.append((name: name, value: value))
        }
        return pairs
    }

    /// Percent-decoding. Nil for a broken escape, a NUL, or what is not UTF-8.
    private static func decoded(_ text: Slice<UnsafeRawBufferPointer>, plusIsSpace: Bool) -> String? {
        if !text.contains(where: { $0 == UInt8(ascii: "%") || (plusIsSpace && $0 == UInt8(ascii: "+")) }) {
            return String(decoding: text, as: UTF8.self)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < text.endIndex, let high = hexadecimal(text[index + 1]),
                    let low = hexadecimal(text[index + 2]), high | low != 0
                else { return nil }
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                index += 1
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
