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
    mutating func take(_ line: String) -> Progress {
        bytes += line.utf8.count
        guard bytes <= maximumBytes else { return .tooLarge("more than \(maximumBytes) bytes of headers") }
        guard !isComplete else { return .incomplete }
        let text = line.trimmingLineBreak
        if text.isEmpty { return end() }
        if text.hasPrefix("HTTP/"), status == 0 {
            status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        } else if let first = text.first, first == " " || first == "\t", !fields.isEmpty {
            fields[fields.count - 1].value += " " + text.trimmingBlanks
        } else if let colon = text.firstIndex(of: ":") {
            guard fields.count < maximumFields else { return .tooLarge("more than \(maximumFields) header fields") }
            fields.append((String(text[..<colon]), text[text.index(after: colon)...].trimmingBlanks))
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
}

extension StringProtocol {
    fileprivate var trimmingLineBreak: SubSequence {
        var end = endIndex
        // A Swift character may be "\r\n" as one.
        while end > startIndex, self[index(before: end)].isNewline { end = index(before: end) }
        return self[..<end]
    }

    fileprivate var trimmingBlanks: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let start = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[start...last])
    }
}
