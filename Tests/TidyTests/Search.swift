/// Looks for a call in a line of code: as a whole word, so that `blueprint(` is no `print(`.
enum Search {
    static func has(_ needle: String, in line: String) -> Bool {
        let line = Array(line.utf8)
        let needle = Array(needle.utf8)
        guard needle.count <= line.count else { return false }
        return (0...(line.count - needle.count)).contains { start in
            line[start..<(start + needle.count)].elementsEqual(needle) && isWhole(line, start, start + needle.count)
        }
    }

    private static func isWhole(_ line: [UInt8], _ start: Int, _ end: Int) -> Bool {
        let continuesBefore = start > 0 && isWord(line[start]) && (isWord(line[start - 1]) || line[start - 1] == 46)
        let continuesAfter = end < line.count && isWord(line[end - 1]) && isWord(line[end])
        return !continuesBefore && !continuesAfter
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 || byte >= 128
    }
}
