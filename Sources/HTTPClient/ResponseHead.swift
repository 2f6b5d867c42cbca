/// The status and header fields of an answer, built line by line as they arrive.
struct ResponseHead {
    enum Progress {
        case incomplete
        /// The empty line after the head of the final answer.
        case complete
        case tooLarge(String)
    }

    private(set) var status = 0
    private(set) var fields: [(name: String, value: String)] = []
    private(set) var isComplete = false
    private var bytes = 0
    private let maximumBytes: Int
    private let maximumFields: Int

    init(maximumBytes: Int, maximumFields: Int) {
        self.maximumBytes = maximumBytes
        self.maximumFields = maximumFields
    }

    /// One line, with or without its line break. Interim answers (1xx) are passed over, trailers are left out.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Progress {
        bytes += line.count
        guard bytes <= maximumBytes else { return .tooLarge("more than \(maximumBytes) bytes of headers") }
        guard !isComplete else { return .incomplete }
        let text = Self.trimmed(line[...]) { $0 == 10 || $0 == 13 }
        guard let first = text.first else { return end() }
        if status == 0, text.starts(with: "HTTP/".utf8) {
            status = Self.status(in: text)
        } else if Self.isBlank(first), !fields.isEmpty {
            fields[fields.count - 1].value += " " + Self.string(Self.value(text))
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            guard fields.count < maximumFields else { return .tooLarge("more than \(maximumFields) header fields") }
            fields.append((Self.string(text[..<colon]), Self.string(Self.value(text[(colon + 1)...]))))
        }
        return .incomplete
    }

    private mutating func end() -> Progress {
        guard status >= 200 || status == 101 else {
            status = 0
            fields = []
            return .incomplete
        }
        isComplete = true
        return .complete
    }

    private typealias Bytes = Slice<UnsafeRawBufferPointer>

    /// `HTTP/1.1 200 OK` → 200; 0 where no number is.
    private static func status(in line: Bytes) -> Int {
        let digits = line.drop { $0 != 0x20 }.drop { $0 == 0x20 }.prefix { $0 != 0x20 }
        return Int(string(digits)) ?? 0
    }

    private static func value(_ text: Bytes) -> Bytes { trimmed(text.drop(while: isBlank), isBlank) }

    private static func trimmed(_ text: Bytes, _ isDropped: (UInt8) -> Bool) -> Bytes {
        var end = text.endIndex
        while end > text.startIndex, isDropped(text[end - 1]) { end -= 1 }
        return text[..<end]
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func string(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension String {
    /// Names of header fields compared without case, as ASCII.
    func isSameFieldName(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        var (left, right) = (self, other)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                for index in left.indices where left[index] != right[index] {
                    let isLetter = (left[index] | 0x20) &- 0x61 < 26
                    guard isLetter, left[index] ^ right[index] == 0x20 else { return false }
                }
                return true
            }
        }
    }
}
