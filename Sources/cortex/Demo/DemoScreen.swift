/// One picture of the live view: what stands on each line of a terminal of a certain size.
struct DemoScreen {
    var header: [String] = []
    var rows: [DemoCluster.Row] = []
    /// What Cortex does now, by service; nothing for one without an open incident.
    var doings: [String: String] = [:]
    /// What happened, the newest last.
    var lines: [String] = []
    var width = 80
    var height = 24

    /// The whole picture in one write: each line is written over what stood there and the rest is cleared, so that
    /// nothing flickers.
    var text: String {
        "\u{1b}[H" + picture.map { $0 + "\u{1b}[K" }.joined(separator: "\r\n") + "\u{1b}[J"
    }

    /// At most as many lines as fit, none wider than the terminal: one that wrapped would move all others.
    private var picture: [String] {
        var picture = header.flatMap(folded) + [""]
        picture += rows.map(line)
        picture.append("")
        let room = max(0, height - picture.count - 1)
        picture += lines.suffix(room).map(cut)
        return Array(picture.prefix(max(0, height - 1)))
    }

    private func line(_ row: DemoCluster.Row) -> String {
        let name = row.name + String(repeating: " ", count: max(1, 24 - row.name.count))
        let doing = doings[row.name].map { "   " + $0 } ?? ""
        let words = "\(name)\(row.ready)/\(row.wanted)  \(row.isAnswering ? "answers" : "no answer")\(doing)"
        let mark = row.isAnswering ? "\u{1b}[32m●\u{1b}[0m" : "\u{1b}[31m○\u{1b}[0m"
        return "  \(mark) " + String(words.prefix(max(0, width - 5)))
    }

    private func cut(_ line: String) -> String { String(line.prefix(max(0, width - 1))) }

    /// A line of the header can be copied: what is too long for the terminal goes on below.
    private func folded(_ line: String) -> [String] {
        guard line.count >= width, width > 20 else { return [cut(line)] }
        var folded: [String] = []
        var rest = Substring(line)
        while rest.count >= width {
            let part = rest.prefix(width - 1)
            let end = part.dropFirst(13).lastIndex(of: " ") ?? part.endIndex
            folded.append(String(rest[..<end]))
            rest = "            " + rest[end...].drop { $0 == " " }
        }
        return folded + [String(rest)]
    }
}
