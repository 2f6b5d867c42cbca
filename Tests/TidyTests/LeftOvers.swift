/// Marks that somebody meant to come back to, and paths that exist on one machine only. Written in halves here, so
/// that this file may itself be read.
enum LeftOvers {
    static let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    static let paths = ["/ho" + "me/", "/ro" + "ot/", "/Use" + "rs/"]

    static func remarks(path: String, text: String) -> [Remark] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { index, line in
            let line = String(line)
            let left = marks.filter { Search.has($0, in: line) }.map { "\($0): finish it, or write an issue" }
            let bound = paths.filter { line.contains($0) }.map { "\($0)… is a path of one machine" }
            return (left + bound).map { Remark(path: path, line: index + 1, message: $0) }
        }
    }
}
