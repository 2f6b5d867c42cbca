internal import CLinux
internal import Glibc

/// Feeds and reads one child until it has ended; runs on a thread of its own.
struct Supervisor {
    private typealias Instant = ContinuousClock.Instant

    /// Between the polite signal and the one that cannot be ignored.
    private static let politeness: Duration = .seconds(2)
    /// A process that the kernel cannot stop (a dead disk) must not hold this one up.
    private static let maximumKills = 5
    /// For what the child wrote last. A process it left behind may hold the pipes for ever.
    private static let drainTime: Duration = .milliseconds(250)

    private let child: SpawnedChild
    private let cancellation: Cancellation
    private let input: [UInt8]
    private var written = 0
    private var output: CapturedOutput
    private var error: CapturedOutput
    private var lines: LineSplitter?

    private var openInput: Int32
    private var openOutput: Int32
    private var openError: Int32

    private var deadline: Instant
    private var killAt: Instant?
    private var kills = 0
    private var hasEnded = false
    private var timedOut = false
    private var wasCancelled = false

    init(
        child: SpawnedChild, request: ChildRequest, cancellation: Cancellation,
        onLine: ((String) -> Void)?
    ) {
        openInput = child.input
        openOutput = child.output
        openError = child.error
        self.child = child
        self.cancellation = cancellation
        input = request.standardInput
        output = CapturedOutput(maximumBytes: request.maximumOutputBytes)
        error = CapturedOutput(maximumBytes: request.maximumOutputBytes)
        lines = onLine.map { LineSplitter(maximumBytes: request.maximumLineBytes, onLine: $0) }
        deadline = Instant.now.advanced(by: request.timeout)
    }

    mutating func run() -> ChildResult {
        if input.isEmpty { Self.close(&openInput) }
        while !(hasEnded && openOutput < 0 && openError < 0) {
            let now = Instant.now
            if now >= nextDeadline {
                if hasEnded || kills == Self.maximumKills { break }
                pass(now)
            }
            wait()
        }
        return finish()
    }

    private var nextDeadline: Instant { killAt ?? deadline }

    /// The time is over: the polite signal first, then the other. The whole group gets it.
    private mutating func pass(_ now: Instant) {
        if killAt == nil {
            timedOut = true
            tellToEnd(now)
        } else {
            kill(-child.pid, SIGKILL)
            kills += 1
            killAt = now.advanced(by: Self.politeness)
        }
    }

    private mutating func tellToEnd(_ now: Instant) {
        kill(-child.pid, SIGTERM)
        killAt = now.advanced(by: Self.politeness)
    }

    private mutating func wait() {
        var watched = [
            pollfd(fd: hasEnded ? -1 : child.pidfd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: killAt == nil ? cancellation.descriptor : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: openInput, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: openOutput, events: Int16(POLLIN), revents: 0),
            pollfd(fd: openError, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&watched, nfds_t(watched.count), milliseconds(until: nextDeadline)) > 0 else { return }
        if watched[3].revents != 0 { readOutput() }
        if watched[4].revents != 0 { readError() }
        if watched[2].revents != 0 { writeInput() }
        if watched[1].revents != 0, !hasEnded {
            wasCancelled = true
            tellToEnd(.now)
        }
        if watched[0].revents != 0 {
            hasEnded = true
            Self.close(&openInput)
            killAt = Instant.now.advanced(by: Self.drainTime)
        }
    }

    private func milliseconds(until instant: Instant) -> Int32 {
        let left = Instant.now.duration(to: instant).components
        guard left.seconds >= 0, left.attoseconds >= 0 else { return 0 }
        // Rounded up, or the loop would turn without waiting in the last millisecond.
        let milliseconds = min(left.seconds, 3600) * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1
        return Int32(milliseconds)
    }

    // MARK: - Pipes

    private mutating func readOutput() {
        Self.read(&openOutput) { bytes in
            output.append(bytes)
            lines?.append(bytes)
        }
    }

    private mutating func readError() {
        Self.read(&openError) { error.append($0) }
    }

    /// One read; the descriptor is closed and becomes -1 at the end of the stream.
    private static func read(_ descriptor: inout Int32, _ take: (UnsafeRawBufferPointer) -> Void) {
        let end = withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer -> Bool in
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            return count == 0 || count < 0 && errno != EAGAIN && errno != EINTR
        }
        if end { close(&descriptor) }
    }

    private mutating func writeInput() {
        let count = input[written...].withUnsafeBytes { Glibc.write(openInput, $0.baseAddress, $0.count) }
        if count >= 0 { written += count }
        let isBroken = count < 0 && errno != EAGAIN && errno != EINTR
        if isBroken || written == input.count { Self.close(&openInput) }
    }

    private static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    // MARK: - The end

    private mutating func finish() -> ChildResult {
        lines?.finish()
        for descriptor in [openInput, openOutput, openError, child.pidfd] where descriptor >= 0 {
            Glibc.close(descriptor)
        }
        // Until it is reaped, nobody else can have its number, so this reaches only its own group.
        if timedOut || wasCancelled { kill(-child.pid, SIGKILL) }
        var status: Int32 = 0
        var reaped: pid_t
        repeat { reaped = waitpid(child.pid, &status, hasEnded ? 0 : WNOHANG) } while reaped < 0 && errno == EINTR
        let signal = status & 0x7F
        return ChildResult(
            exitCode: reaped > 0 && signal == 0 ? (status >> 8) & 0xFF : nil,
            signal: reaped > 0 && signal != 0 ? signal : nil, timedOut: timedOut, wasCancelled: wasCancelled,
            standardOutput: output.bytes, standardError: error.bytes,
            isTruncated: output.isTruncated || error.isTruncated)
    }
}
