import Glibc

/// Looks for a call in a line of code: as a whole word, so that `blueprint(` is no `print(`.
enum Search {
    static func has(_ needle: String, in line: String) -> Bool {
        var line = line
        return line.withUTF8 { line in
            var needle = needle
            return needle.withUTF8 { needle in
                var start = 0
                while let at = position(of: needle, in: line, from: start) {
                    if isWhole(line, at, at + needle.count) { return true }
                    start = at + 1
                }
                return false
            }
        }
    }

    private static func position(
        of needle: UnsafeBufferPointer<UInt8>, in line: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> Int? {
        guard let base = line.baseAddress, let wanted = needle.baseAddress else { return nil }
        var start = start
        while start + needle.count <= line.count {
            let rest = line.count - needle.count - start + 1
            guard let found = memchr(base + start, Int32(wanted[0]), rest) else { return nil }
            start = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if memcmp(base + start, wanted, needle.count) == 0 { return start }
            start += 1
        }
        return nil
    }

    private static func isWhole(_ line: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        let continuesBefore = start > 0 && isWord(line[start]) && (isWord(line[start - 1]) || line[start - 1] == 46)
        let continuesAfter = end < line.count && isWord(line[end - 1]) && isWord(line[end])
        return !continuesBefore && !continuesAfter
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 || byte >= 128
    }
}
