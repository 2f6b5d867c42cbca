internal import CLinux
internal import Glibc

/// The time limits in milliseconds, as the loop counts.
struct LoopTimes {
    let header: Int64
    let body: Int64
    let idle: Int64
    let stall: Int64
    let linger: Int64
    let sweep: Int64

    init(_ limits: HTTPLimits) {
        header = Self.milliseconds(limits.headerTime)
        body = Self.milliseconds(limits.bodyTime)
        idle = Self.milliseconds(limits.idleTime)
        stall = Self.milliseconds(limits.writeStallTime)
        linger = Self.milliseconds(limits.lingerTime)
        sweep = max(1, Self.milliseconds(limits.sweepInterval))
    }

    static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        // A day is as good as for ever here, and cannot overflow.
        return min(max(0, seconds), 86_400) * 1_000 + attoseconds / 1_000_000_000_000_000
    }

    /// Milliseconds of a clock that nobody sets.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Seconds since 1970, for the `Date` header.
    static var second: Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec
    }
}
