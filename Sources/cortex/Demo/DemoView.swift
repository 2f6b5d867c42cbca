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
        /// What Cortex does now, by service.
        var doings: [String: String] = [:]
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
            guard let news = Self.news(event.frame) else { continue }
            state.withLock { $0.doings[news.service] = news.doing }
            say("\(news.service): \(news.message)")
        }
        if isTerminal { draw(rows) }
    }

    private static func news(_ frame: [UInt8]) -> (service: String, message: String, doing: String?)? {
        // `id: 3`, then `data: {…}`.
        guard let open = frame.firstIndex(of: UInt8(ascii: "{")) else { return nil }
        let json = frame[open...]
        // An event of the program's own feed is JSON; what is not is no news for a person.
        guard let event = try? JSONCoding.decode(JSONValue.self, from: Data(json)),
            let service = event["service"]?.stringValue, let message = event["message"]?.stringValue
        else { return nil }
        let isOpen = ["incident_opened", "incident_step"].contains(event["type"]?.stringValue)
        let cause = event["cause"]?.stringValue.map { "\($0): " } ?? ""
        return (service, message, isOpen ? printable(cause + message) : nil)
    }

    private func draw(_ rows: [DemoCluster.Row]) {
        var size = winsize()
        let hasSize = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
        var screen = DemoScreen(header: header, rows: rows)
        if hasSize { (screen.width, screen.height) = (Int(size.ws_col), Int(size.ws_row)) }
        (screen.lines, screen.doings) = state.withLock { ($0.lines, $0.doings) }
        Terminal.out(screen.text)
    }

    /// What comes from pods and tools may hold anything: it moves no cursor.
    private static func printable(_ line: String) -> String {
        String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }))
    }
}
