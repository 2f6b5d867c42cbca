/// A program that runs in a container: what it answers at a given time.
struct RunningProcess: Hashable, Sendable {
    enum Answer: Hashable, Sendable {
        case refused
        case silent
        case status(Int)
    }

    var program: Program
    /// When it began what the program's times count from: its start, or the end of its wait for a dependency.
    var begunAt: Double
    var memoryLimit: Double?
    /// It was made to hang from outside.
    var hungSince: Double?
    var silence: Program.Silence?
    /// The dependency it waits for before it begins.
    var waitsFor: Program.Dependency?
    /// The dependencies that do not answer now.
    var lacks: [Program.Dependency] = []
    /// Whether its ending applies to this start.
    var isToEnd: Bool

    enum End: Hashable, Sendable {
        case exit(Int)
        case outOfMemory
    }

    /// When and how it ends by itself.
    var end: (at: Double, how: End)? {
        guard waitsFor == nil else { return nil }
        let own = isToEnd ? program.ending.map { (begunAt + $0.after, End.exit($0.code)) } : nil
        let memory = memoryLimit.flatMap { program.memory.age(exceeding: $0) }.map {
            (begunAt + $0 + 0.1, End.outOfMemory)
        }
        guard let own else { return memory }
        guard let memory else { return own }
        return memory.0 < own.0 ? memory : own
    }

    private func isHung(at now: Double, for silence: Program.Silence) -> Bool {
        if let hungSince, now >= hungSince, (self.silence ?? .work) == .everything || silence == .work { return true }
        guard let age = program.hangsAt, now >= begunAt + age else { return false }
        return program.silence == .everything || silence == .work
    }

    func isListening(on port: Int, at now: Double) -> Bool {
        waitsFor == nil && now >= begunAt + program.readyAfter && program.ports?.contains(port) ?? true
    }

    /// How it answers a GET of a path that shows a sign of life.
    func answer(port: Int?, path: String, at now: Double) -> Answer {
        guard let port, isListening(on: port, at: now) else { return .refused }
        if isHung(at: now, for: .everything) { return .silent }
        guard program.paths?.contains(path) ?? true else { return .status(404) }
        return lacks.contains { $0.effect == .unready } ? .status(503) : .status(200)
    }

    /// How it answers a request for work.
    func work(port: Int, at now: Double) -> Answer {
        guard isListening(on: port, at: now) else { return .refused }
        if isHung(at: now, for: .work) { return .silent }
        return lacks.isEmpty ? .status(200) : .status(503)
    }

    /// The next time after `now` at which an answer may change by itself.
    func nextChange(after now: Double) -> Double? {
        var times = [begunAt + program.readyAfter]
        if let hangsAt = program.hangsAt { times.append(begunAt + hangsAt) }
        if let hungSince { times.append(hungSince) }
        return times.filter { $0 > now }.min()
    }
}
