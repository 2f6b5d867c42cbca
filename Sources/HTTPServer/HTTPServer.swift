internal import Glibc
internal import Synchronization

/// HTTP/1.1 and 1.0 over plain TCP, on one thread of its own. TLS is the ingress's.
///
/// The handler is called on that thread and must return at once; what takes time goes into `ServerReply.later`.
public final class HTTPServer: Sendable {
    private struct State {
        var mailbox: Mailbox?
        var hasEnded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let limits: HTTPLimits
    private let handler: any HTTPHandler
    private let stopping: @Sendable () -> Void
    private let counts = StatisticsCounter()
    private let state: SharedState
    private let acceptFault: (@Sendable () -> Bool)?

    /// What the server and its thread both know, so that the thread does not keep the server alive.
    private final class SharedState: Sendable {
        let value = Mutex(State())
    }

    /// - Parameter stopping: called once when a shutdown begins, on the server's thread, after the last connection was
    ///   accepted. The place to write a last event to open streams and to finish them. Must return at once.
    public convenience init(
        limits: HTTPLimits = .init(), handler: any HTTPHandler, stopping: @escaping @Sendable () -> Void = {}
    ) {
        self.init(limits: limits, handler: handler, stopping: stopping, acceptFault: nil)
    }

    /// - Parameter acceptFault: says whether accepting fails for want of descriptors; for tests.
    init(
        limits: HTTPLimits, handler: any HTTPHandler, stopping: @escaping @Sendable () -> Void,
        acceptFault: (@Sendable () -> Bool)?
    ) {
        self.limits = limits
        self.handler = handler
        self.stopping = stopping
        self.acceptFault = acceptFault
        state = SharedState()
    }

    deinit { _ = state.value.withLock { $0.mailbox }?.post(.stop(grace: .zero)) }

    /// Counted since `start`.
    public var statistics: HTTPStatistics { counts.current }

    /// Listens and begins to answer. Once a server.
    /// - Parameters:
    ///   - address: an IPv4 or IPv6 address, or a name; `::` takes both families.
    ///   - port: 0 lets the system choose.
    /// - Returns: the port it listens on.
    /// - Throws: `ListenFailure`, which says what to do.
    public func start(address: String, port: Int) throws(ListenFailure) -> Int {
        guard state.value.withLock({ $0.mailbox == nil && !$0.hasEnded }) else {
            throw ListenFailure(
                reason: .alreadyStarted, message: "Cannot start the server: it has been started before; make another.")
        }
        var listener = try Listener(address: address, port: port)
        listener.fault = acceptFault
        let loop: EventLoop
        do {
            loop = try EventLoop(
                limits: limits, handler: handler, counts: counts, listener: listener, stopping: stopping)
        } catch {
            listener.close()
            throw error
        }
        state.value.withLock { $0.mailbox = loop.mailbox }
        try Self.run(loop, thenTell: state)
        return listener.port
    }

    /// Ends: no new connections, idle ones closed, requests under way answered with `Connection: close`, streams left
    /// open until they are finished. What is still open after `grace` is closed. Returns when the thread has ended.
    public func shutdown(grace: Duration) async {
        await withCheckedContinuation { continuation in
            let mailbox = state.value.withLock { state -> Mailbox? in
                guard let mailbox = state.mailbox, !state.hasEnded else { return nil }
                state.waiting.append(continuation)
                return mailbox
            }
            guard let mailbox else { return continuation.resume() }
            // Not delivered: the loop is ending and resumes everybody who waits.
            _ = mailbox.post(.stop(grace: grace))
        }
    }

    /// Lets this process have as many descriptors as the system allows it; many shells start with 1,024, and every
    /// connection is one. Called once at the start of a program that serves many.
    /// - Returns: how many it may have.
    @discardableResult public static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(kind, &limit) == 0 else { return descriptorLimit }
        limit.rlim_cur = limit.rlim_max
        setrlimit(kind, &limit)
        return descriptorLimit
    }

    /// How many descriptors this process may have.
    static var descriptorLimit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        return Int(clamping: limit.rlim_cur)
    }

    private static func run(_ loop: EventLoop, thenTell state: SharedState) throws(ListenFailure) {
        let work = Unmanaged.passRetained(
            ThreadWork {
                loop.run()
                let waiting = state.value.withLock { state in
                    state.hasEnded = true
                    defer { state.waiting = [] }
                    return state.waiting
                }
                for continuation in waiting { continuation.resume() }
            })
        var thread = pthread_t()
        let error = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<ThreadWork>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        guard error == 0 else {
            work.release()
            throw ListenFailure.system("pthread_create", error)
        }
        pthread_detach(thread)
    }

    /// What a thread runs, in a form that passes through C.
    private final class ThreadWork: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
