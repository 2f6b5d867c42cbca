import JSON
import Logging
import Synchronization
import Testing

@Suite("The log")
struct LoggerTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private let lines = Lines()
    private let level = LogLevel(.info)

    private func logger(_ format: LogOutput.Format) -> Logger {
        let lines = lines
        return Logger(
            component: "HEAL-WORKER",
            to: LogOutput(
                format: format, level: level, now: { "2026-01-01T00:00:00Z" },
                redact: { $0.replacing("hunter2", with: "[redacted]") }, sink: { lines.add($0) }))
    }

    @Test("text reads as the deployment guide shows it, with the ids behind the message")
    func text() {
        logger(.text).info("Starting self-healing for service: web")
        logger(.text).with("incident", "1f").with("request", "task-2").warning("slow")
        #expect(
            lines.all == [
                "[2026-01-01T00:00:00Z] [HEAL-WORKER] Starting self-healing for service: web",
                "[2026-01-01T00:00:00Z] [HEAL-WORKER] WARNING: slow incident=1f request=task-2",
            ])
    }

    @Test("JSON is one object a line, whatever the message holds")
    func json() throws {
        logger(.json).with("incident", "1f").error("a \"quote\"\nand a line")
        let line = try #require(lines.all.first)
        #expect(!line.contains("\n"))
        let value = try JSONValue(parsing: Array(line.utf8))
        #expect(
            value
                == [
                    "time": "2026-01-01T00:00:00Z", "level": "error", "component": "HEAL-WORKER",
                    "message": "a \"quote\"\nand a line", "incident": "1f",
                ])
    }

    @Test("no secret reaches any place that a line goes to", arguments: LogOutput.Format.allCases)
    func secrets(format: LogOutput.Format) {
        let copies = Lines()
        logger(format).teed(to: { copies.add($0) }).info("password hunter2")
        for line in lines.all + copies.all {
            #expect(!line.contains("hunter2"))
            #expect(line.contains("password [redacted]"))
        }
        #expect(copies.all.count == 1)
    }

    @Test("a copy is text, whatever the format of the log")
    func copies() {
        let copies = Lines()
        logger(.json).teed(to: { copies.add($0) }).info("done")
        #expect(copies.all == ["[2026-01-01T00:00:00Z] [HEAL-WORKER] done"])
    }

    @Test("a line cannot be forged and no terminal driven by what is logged")
    func controls() {
        logger(.text).with("request", "x\n[fake]").info("one\ntwo\u{1B}[2J")
        #expect(lines.all.count == 1)
        #expect(!(lines.all[0].contains("\n") || lines.all[0].contains("\u{1B}")))
    }

    @Test("the level may be changed while the program runs")
    func levels() {
        let log = logger(.text)
        log.debug("hidden")
        level.set(.debug)
        log.debug("shown")
        level.set(.error)
        log.warning("hidden")
        #expect(lines.all == ["[2026-01-01T00:00:00Z] [HEAL-WORKER] shown"])
    }
}
