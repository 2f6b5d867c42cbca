/// One container as its node knows it.
struct ContainerRuntime: Hashable, Sendable {
    enum State: Hashable, Sendable {
        case waiting(reason: String, message: String?)
        case running(since: Double)
        case ended(Ended)
    }
    struct Ended: Hashable, Sendable {
        var code: Int
        var reason: String
        var message: String?
        var startedAt: Double
        var finishedAt: Double
        var id: String
    }
    /// What is to happen next, and when.
    enum Step: Hashable, Sendable {
        /// Its turn has not come.
        case none
        case begin(at: Double)
        case pulled(at: Double)
        case start(at: Double)
        case done
    }
    struct LogLine: Hashable, Sendable {
        var at: Double
        var text: String
    }

    let plan: ContainerPlan
    var state: State
    var step: Step = .none
    var process: RunningProcess?
    var last: Ended?
    var starts = 0
    var id = ""
    var backoff: RestartBackoff
    var pullBackoff = PullBackoff()
    var isReady = false
    var isStarted = false
    var readiness: ProbeState?
    var liveness: ProbeState?
    var startup: ProbeState?
    var log: [LogLine] = []
    var previousLog: [LogLine] = []
    /// When it is to be gone after a signal, and why it was sent: a probe's name.
    var stopsAt: Double?

    /// - Parameter longestBackoff: seconds; between an end and the next start there are never more.
    init(_ plan: ContainerPlan, waitsFor reason: String, longestBackoff: Double) {
        self.plan = plan
        backoff = RestartBackoff(most: longestBackoff)
        state = .waiting(reason: reason, message: nil)
    }

    var isRunning: Bool { process != nil }

    /// Counted when it starts again, and not yet when it has ended.
    /// Source: `startContainer` in pkg/kubelet/kuberuntime/kuberuntime_container.go of Kubernetes.
    var restarts: Int { max(0, starts - 1) }

    /// Lines beyond this many are dropped from the front.
    static let maximumLines = 500

    mutating func write(_ lines: [String], at now: Double) {
        log += lines.map { LogLine(at: now, text: $0) }
        if log.count > Self.maximumLines { log.removeFirst(log.count - Self.maximumLines) }
    }

    /// When something is to be done for it; nil for never.
    var nextAt: Double? {
        var times: [Double] = []
        switch step {
        case .begin(let at), .pulled(let at), .start(let at): times.append(at)
        case .none, .done: break
        }
        if let process {
            if let stopsAt { times.append(stopsAt) }
            if let end = process.end { times.append(end.at) }
            if let startup {
                times.append(startup.nextAt)
            } else {
                if let readiness { times.append(readiness.nextAt) }
                if let liveness { times.append(liveness.nextAt) }
            }
        }
        return times.min()
    }

    /// Whether a pod with this container counts as ready.
    mutating func countStarted() {
        isStarted = startup == nil
        if readiness == nil { isReady = isStarted }
    }
}
