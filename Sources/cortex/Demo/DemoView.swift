import FoundationEssentials
import Glibc
import JSON
import Synchronization
import Tasks
import Web

/// What `cortex demo` shows: a live view on a terminal, else a line for each thing that happens.
final class DemoView: Sendable {
    private struct State {
        var lines: [String] = []
        var seen = 0
    }

    private static let kept = 200
    private let state = Mutex(State())
    private let header: [String]
    let isTerminal = isatty(STDOUT_FILENO) == 1

    /// - Parameter header: where to look, and what to try.
    init(header: [String]) { self.header = header }

    /// Something that happened.
    func say(_ line: String) {
        let line = Self.printable(line)
        state.withLock { state in
            state.lines.append(line)
            if state.lines.count > Self.kept { state.lines.removeFirst() }
        }
        if !isTerminal { Terminal.out(line) }
    }

    func begin() {
        // The other screen, without a cursor: what stood there before comes back at the end.
        if isTerminal { Terminal.out("\u{1b}[?1049h\u{1b}[?25l") } else { header.forEach { Terminal.out($0) } }
    }

    func end() {
        if isTerminal { Terminal.out("\u{1b}[?25h\u{1b}[?1049l") }
    }

    /// Takes what is new in the feed, and draws everything anew in one write.
    func refresh(_ feed: EventFeed, _ rows: [DemoCluster.Row]) {
        let after = state.withLock { $0.seen }
        for event in feed.events(after: after).events {
            state.withLock { $0.seen = event.number }
            if let words = Self.words(event.frame) { say(words) }
        }
        if isTerminal { draw(rows) }
    }

    private static func words(_ frame: [UInt8]) -> String? {
        // `id: 3`, then `data: {…}`.
        guard let open = frame.firstIndex(of: UInt8(ascii: "{")) else { return nil }
        let json = frame[open...]
        // An event of the program's own feed is JSON; what is not is no news for a person.
        guard let event = try? JSONCoding.decode(JSONValue.self, from: Data(json)),
            let service = event["service"]?.stringValue, let message = event["message"]?.stringValue
        else { return nil }
        return "\(service): \(message)"
    }

    private func draw(_ rows: [DemoCluster.Row]) {
        var size = winsize()
        let hasSize = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
        let height = hasSize ? Int(size.ws_row) : 24
        let width = hasSize ? Int(size.ws_col) : 80
        var screen = header + [""]
        for row in rows {
            let mark = row.isAnswering ? "\u{1b}[32m●\u{1b}[0m" : "\u{1b}[31m○\u{1b}[0m"
            let name = row.name + String(repeating: " ", count: max(1, 24 - row.name.count))
            screen.append("  \(mark) \(name)\(row.ready)/\(row.wanted)  \(row.isAnswering ? "answers" : "no answer")")
        }
        screen.append("")
        let room = max(0, height - screen.count - 1)
        screen += state.withLock { $0.lines.suffix(room) }.map { String($0.prefix(max(10, width - 1))) }
        let text = screen.prefix(height - 1).map { $0 + "\u{1b}[K" }.joined(separator: "\r\n")
        Terminal.out("\u{1b}[H" + text + "\u{1b}[J")
    }

    /// What comes from pods and tools may hold anything: it moves no cursor.
    private static func printable(_ line: String) -> String {
        String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }))
    }
}
