internal import CLinux
import HTTPServer
import JSON
import Kubernetes
import Simulation
import Synchronization

/// The world, its clock, and everybody who watches it. All of it behind one lock: a world is one value.
final class LiveCluster: Sendable {
    private struct Stream {
        enum Source {
            case watch(WatchCursor)
            case log(LogCursor)
        }
        var source: Source
        let writer: any ResponseWriting
        let begunAt: ContinuousClock.Instant
        var bookmarkAt: ContinuousClock.Instant
    }

    private struct State {
        var world: World
        var streams: [Int: Stream] = [:]
        var nextStream = 0
        var dice = SplitMix64(seed: 1)
        /// The store's revision at which free memory was last given back.
        var trimmedAt = 0
    }

    /// How often watches get a bookmark, in real time.
    private static let bookmarkInterval = Duration.seconds(10)
    /// How long a watch lasts when the client names no time: the API server's least.
    private static let watchTime = Duration.seconds(1800)
    /// After so many writes the pages that became free are given back: most of an object's versions live for a moment.
    private static let writesBetweenTrims = 20_000

    private let state: Mutex<State>
    private let speed: Double
    private let anonymous: APIUser
    private let begin: ContinuousClock.Instant
    private let beginSeconds: Double

    init(world: World, speed: Double, anonymous: APIUser) {
        self.speed = speed
        self.anonymous = anonymous
        beginSeconds = world.seconds
        begin = .now
        state = Mutex(State(world: world))
    }

    /// Lets time pass until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let pause = state.withLock { state -> Double in
                advance(&state.world)
                flush(&state)
                trim(&state)
                guard let next = state.world.nextWake else { return 0.05 }
                return min(0.05, max(0.005, (next - state.world.seconds) / speed))
            }
            do {
                try await Task.sleep(for: .seconds(pause))
            } catch {
                return
            }
        }
    }

    private func trim(_ state: inout State) {
        guard state.world.store.revision - state.trimmedAt >= Self.writesBetweenTrims else { return }
        state.trimmedAt = state.world.store.revision
        cortex_malloc_trim()
    }

    func withWorld<Value: Sendable>(_ body: (inout World) -> Value) -> Value {
        state.withLock { state in
            advance(&state.world)
            let value = body(&state.world)
            state.world.settle()
            flush(&state)
            return value
        }
    }

    /// Who asks; nil for a token that is no good.
    func user(ofToken token: String?, as impersonated: APIUser?) -> APIUser? {
        guard let user = token.map({ token in state.withLock { $0.world.user(ofToken: token) } }) ?? anonymous else {
            return nil
        }
        guard let impersonated, user.isAdministrator else { return user }
        return impersonated
    }

    /// Answers a call; what the call changed has been seen by the controllers and the watches.
    func apply(_ call: APICall, as user: APIUser) -> APIOutcome {
        state.withLock { state in
            advance(&state.world)
            let outcome = state.world.apply(call, as: user)
            if call.method != "GET" {
                state.world.settle()
                flush(&state)
            }
            return outcome
        }
    }

    /// Which of several endpoints is asked is left to chance, as it is with a Service.
    func proxied(_ target: ProxyTarget, isWork: Bool) -> ProxyAnswer {
        state.withLock { state in
            advance(&state.world)
            let turn = Int(state.dice.next() >> 32)
            return state.world.proxied(target, isWork: isWork, turn: turn)
        }
    }

    /// The time of the simulation, as an audit log has it.
    var microTime: String { state.withLock { $0.world.microTime } }

    /// Real seconds for so many of the simulation.
    func duration(_ seconds: Double) -> Duration { .seconds(seconds / speed) }

    private func advance(_ world: inout World) {
        let passed = begin.duration(to: .now)
        let real = Double(passed.components.seconds) + Double(passed.components.attoseconds) * 1e-18
        world.step(until: max(world.seconds, beginSeconds + real * speed))
    }

    // MARK: Streams

    /// A body that follows a watch.
    func body(of cursor: WatchCursor) -> ResponseStream { body(.watch(cursor)) }

    /// A body that follows a container's log.
    func body(of cursor: LogCursor) -> ResponseStream { body(.log(cursor)) }

    private func body(_ source: Stream.Source) -> ResponseStream {
        let number = state.withLock { state in
            state.nextStream += 1
            return state.nextStream
        }
        return ResponseStream(
            opened: { [weak self] writer in
                self?.state.withLock { state in
                    state.streams[number] = Stream(
                        source: source, writer: writer, begunAt: .now, bookmarkAt: .now + Self.bookmarkInterval)
                    self?.flush(&state)
                }
            },
            closed: { [weak self] in self?.state.withLock { $0.streams[number] = nil } })
    }

    func endStreams() {
        state.withLock { state in
            for stream in state.streams.values { stream.writer.finish() }
            state.streams = [:]
        }
    }

    /// Sends what is new, to every stream in the order in which they were opened.
    private func flush(_ state: inout State) {
        for number in state.streams.keys.sorted() {
            guard var stream = state.streams.removeValue(forKey: number) else { continue }
            let goesOn =
                switch stream.source {
                case .watch(var cursor): flush(&stream, &cursor, &state.world)
                case .log(var cursor): flush(&stream, &cursor, state.world)
                }
            if goesOn { state.streams[number] = stream } else { stream.writer.finish() }
        }
    }

    private func flush(_ stream: inout Stream, _ cursor: inout WatchCursor, _ world: inout World) -> Bool {
        var (events, isOver) = world.next(&cursor)
        let now = ContinuousClock.now
        if events.isEmpty, now >= stream.bookmarkAt {
            stream.bookmarkAt = now + Self.bookmarkInterval
            if let bookmark = world.bookmark(&cursor) { events = [bookmark] }
        }
        stream.source = .watch(cursor)
        if !events.isEmpty {
            var bytes: [UInt8] = []
            for event in events {
                bytes += event.rendered
                bytes.append(10)
            }
            guard stream.writer.write(bytes) else { return false }
        }
        let time = cursor.timeout.map { Duration.seconds($0) } ?? Self.watchTime
        return !isOver && now < stream.begunAt + time
    }

    private func flush(_ stream: inout Stream, _ cursor: inout LogCursor, _ world: World) -> Bool {
        let (lines, isOver) = world.read(&cursor)
        stream.source = .log(cursor)
        if !lines.isEmpty {
            guard stream.writer.write(Array(lines.map { $0 + "\n" }.joined().utf8)) else { return false }
        }
        return !isOver
    }
}
