/// Writes one line an event, as text or as JSON.
///
/// The seam where swift-log comes in when packages resolve. A message is data: control characters in it are escaped,
/// so that nothing a pod or a user says can forge a line or drive a terminal.
public struct Logger: Sendable {
    public enum Level: String, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error

        public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    /// What stands in the second pair of brackets: `SERVE`, `HEAL`, `HEAL-WORKER`.
    public let component: String
    private let output: LogOutput
    private let ids: [(name: String, value: String)]
    private let copies: [@Sendable (String) -> Void]

    public init(component: String, to output: LogOutput) {
        self.init(component, output, ids: [], copies: [])
    }

    private init(
        _ component: String, _ output: LogOutput, ids: [(name: String, value: String)],
        copies: [@Sendable (String) -> Void]
    ) {
        self.component = component
        self.output = output
        self.ids = ids
        self.copies = copies
    }

    /// Whether what is said at this level is written anywhere.
    public func writes(_ level: Level) -> Bool { output.level.lets(level) }

    public func debug(_ message: @autoclosure () -> String) { log(.debug, message()) }
    public func info(_ message: @autoclosure () -> String) { log(.info, message()) }
    public func warning(_ message: @autoclosure () -> String) { log(.warning, message()) }
    public func error(_ message: @autoclosure () -> String) { log(.error, message()) }

    /// The same log under another name.
    public func named(_ component: String) -> Logger { Logger(component, output, ids: ids, copies: copies) }

    /// The same log, each line with an id: of the incident or the request that it is about.
    public func with(_ name: String, _ value: String) -> Logger {
        Logger(component, output, ids: ids + [(name, value)], copies: copies)
    }

    /// The same log, each line also given, always as text, to another place.
    public func teed(to other: @escaping @Sendable (String) -> Void) -> Logger {
        Logger(component, output, ids: ids, copies: copies + [other])
    }

    private func log(_ level: Level, _ message: @autoclosure () -> String) {
        guard output.level.lets(level) else { return }
        let line = LogLine(
            time: output.now(), level: level, component: component, message: output.redact(message()), ids: ids)
        output.sink(output.format == .json ? line.json : line.text)
        for copy in copies { copy(line.text) }
    }
}

extension String {
    /// Control characters (C0, DEL, C1) as `\u{XX}`; everything else as it is.
    public var escapedForTerminal: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.properties.generalCategory == .control {
                text += scalar == "\n" ? "\\n" : scalar == "\t" ? "\\t" : "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}
