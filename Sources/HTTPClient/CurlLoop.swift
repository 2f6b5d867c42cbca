internal import CCurl
internal import FoundationEssentials
internal import Glibc

/// The thread that runs curl: takes commands, moves bytes, ends what is late.
final class CurlLoop {
    private typealias Instant = ContinuousClock.Instant

    private let mailbox: CurlMailbox
    private let limits: TransportLimits
    private let multi: UnsafeMutableRawPointer
    private let connections: Connections
    private let handles = HandlePool()
    private let heads = ArrivedHeads()
    /// Of the last requests: taking a URL apart costs more than finding it here.
    private var targets: [String: TransferTarget] = [:]
    /// Handed to curl, by id.
    private var active: [UInt64: CurlTransfer] = [:]
    private var activePerHost: [String: Int] = [:]
    /// In the order they came.
    private var waiting: [CurlTransfer] = []
    /// No transfer is late before this. Activity only moves it away, so it need not be exact.
    private var nextSweep: Instant?

    private init(mailbox: CurlMailbox, limits: TransportLimits, multi: UnsafeMutableRawPointer) {
        self.mailbox = mailbox
        self.limits = limits
        self.multi = multi
        connections = Connections { mailbox.count { $0.connections += 1 } }
    }

    /// Starts the thread; it ends when the mailbox is told to stop.
    static func start(mailbox: CurlMailbox, limits: TransportLimits) {
        let body = Unmanaged.passRetained(ThreadBody { run(mailbox: mailbox, limits: limits) })
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, body.toOpaque())
        guard code != 0 else {
            pthread_detach(thread)
            return
        }
        body.release()
        refuse(mailbox.close(because: "no thread for HTTP: \(String(cString: strerror(code)))"), by: mailbox)
    }

    private static func run(mailbox: CurlMailbox, limits: TransportLimits) {
        // Signals are for other threads, and a connection that breaks must not end the process (SIGPIPE).
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        guard isInitialized, mailbox.wakeDescriptor >= 0, let multi = curl_multi_init() else {
            refuse(mailbox.close(because: "curl could not be started"), by: mailbox)
            return
        }
        _ = cortex_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        _ = cortex_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 64)
        let loop = CurlLoop(mailbox: mailbox, limits: limits, multi: multi)
        loop.run()
        // The last connections still report to the loop's table.
        withExtendedLifetime(loop) { _ = curl_multi_cleanup(multi) }
    }

    private static let isInitialized = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private static func refuse(_ commands: [CurlMailbox.Command], by mailbox: CurlMailbox) {
        for case .start(_, _, let receiver) in commands { receiver.fail(mailbox.stoppedFailure) }
    }

    private func run() {
        while true {
            let (commands, isStopping) = mailbox.take()
            for command in commands { handle(command) }
            if isStopping { break }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            collectFinished()
            sweep()
            startWaiting()
            heads.tell()
            if active.isEmpty { handles.shrink() }
            if mailbox.mayRest() { rest() }
        }
        heads.tell()
        Self.refuse(mailbox.close(), by: mailbox)
        let stopped = mailbox.stoppedFailure
        for transfer in waiting { end(transfer, stopped) }
        for transfer in Array(active.values) { end(transfer, transfer.fail(.cancelled, stopped.message)) }
    }

    private func rest() {
        var wake = curl_waitfd(fd: mailbox.wakeDescriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0)
        curl_multi_poll(multi, &wake, 1, pollTimeout, nil)
        mailbox.woke(byCommand: wake.revents != 0)
    }

    private var pollTimeout: Int32 {
        guard let nextSweep else { return 3_600_000 }
        let left = Instant.now.duration(to: nextSweep)
        return left <= .zero ? 0 : Int32(min(left.wholeMilliseconds, 3_600_000))
    }

    // MARK: - Commands

    private func handle(_ command: CurlMailbox.Command) {
        switch command {
        case .start(let id, let request, let receiver): accept(id, request, receiver)
        case .cancel(let id):
            guard let transfer = active[id] ?? waiting.first(where: { $0.id == id }) else { return }
            end(transfer, transfer.fail(.cancelled, "the request to \(transfer.target.peer) was cancelled"))
        case .resume(let id):
            guard let transfer = active[id], transfer.isPaused else { return }
            transfer.isPaused = false
            transfer.lastActivity = .now
            schedule(transfer)
            curl_easy_pause(transfer.easy, CURLPAUSE_CONT)
        }
    }

    private func accept(_ id: UInt64, _ request: HTTPRequest, _ receiver: TransferReceiver) {
        do throws(HTTPFailure) {
            let target = try target(of: request)
            guard hasRoom(for: target) || waiting.count < limits.waiting else {
                mailbox.count { $0.refused += 1 }
                throw HTTPFailure(
                    kind: .overloaded,
                    message: "\(limits.waiting) requests wait already; the one to \(target.peer) was not sent",
                    mayHaveBeenSent: false)
            }
            let transfer = try CurlTransfer(
                id: id, request: request, target: target, receiver: receiver, limits: limits, handles: handles,
                heads: heads)
            try transfer.configure()
            connections.watch(transfer.easy)
            if hasRoom(for: target) {
                start(transfer)
            } else {
                waiting.append(transfer)
                schedule(transfer)
            }
        } catch {
            mailbox.count { $0.failed += 1 }
            receiver.fail(error)
        }
    }

    private func target(of request: HTTPRequest) throws(HTTPFailure) -> TransferTarget {
        if let name = request.tls.serverName { return try TransferTarget(url: request.url, serverName: name) }
        if let known = targets[request.url] { return known }
        if targets.count >= 64 { targets = [:] }
        let target = try TransferTarget(url: request.url, serverName: nil)
        targets[request.url] = target
        return target
    }

    private func hasRoom(for target: TransferTarget) -> Bool {
        active.count < limits.transfers && activePerHost[target.key, default: 0] < limits.transfersPerHost
    }

    /// Starts those whose turn it is now, oldest first.
    private func startWaiting() {
        guard !waiting.isEmpty, active.count < limits.transfers else { return }
        var blocked: [CurlTransfer] = []
        for transfer in waiting {
            if hasRoom(for: transfer.target) { start(transfer) } else { blocked.append(transfer) }
        }
        waiting = blocked
    }

    private func start(_ transfer: CurlTransfer) {
        active[transfer.id] = transfer
        activePerHost[transfer.target.key, default: 0] += 1
        let now = Instant.now
        transfer.started = now
        transfer.lastActivity = now
        schedule(transfer)
        curl_multi_add_handle(multi, transfer.easy)
    }

    // MARK: - Ends

    private func collectFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            let code = cortex_message_result(message)
            var context: UnsafePointer<CChar>?
            _ = cortex_get_text(message.pointee.easy_handle, CURLINFO_PRIVATE, &context)
            guard let transfer = CurlTransfer.from(UnsafeMutableRawPointer(mutating: context)) else { continue }
            end(transfer, transfer.failure(for: code))
        }
    }

    /// Takes a transfer out of curl, whatever its state, and tells whoever waits for it.
    private func end(_ transfer: CurlTransfer, _ failure: HTTPFailure?) {
        if active.removeValue(forKey: transfer.id) != nil {
            curl_multi_remove_handle(multi, transfer.easy)
            let ofHost = activePerHost[transfer.target.key, default: 1] - 1
            activePerHost[transfer.target.key] = ofHost == 0 ? nil : ofHost
        } else {
            waiting.removeAll { $0 === transfer }
        }
        mailbox.count { failure == nil ? ($0.completed += 1) : ($0.failed += 1) }
        transfer.finish(failure)
    }

    // MARK: - Deadlines

    private func schedule(_ transfer: CurlTransfer) {
        guard let due = transfer.nextDeadline(after: .now) else { return }
        nextSweep = min(nextSweep ?? due, due)
    }

    private func sweep() {
        let now = Instant.now
        guard let due = nextSweep, due <= now else { return }
        nextSweep = nil
        for transfer in Array(active.values) + waiting {
            transfer.noteUpload(at: now)
            if let failure = transfer.failureIfLate(at: now) {
                if failure.kind == .timeout { distrustConnection(of: transfer) }
                end(transfer, failure)
            } else {
                schedule(transfer)
            }
        }
    }

    /// Over HTTP/2 nobody notices that the other side is gone. A connection on which a request ran out of time, and
    /// which has carried nothing for any other request since that one fell silent, is not used again.
    private func distrustConnection(of late: CurlTransfer) {
        guard let ends = late.connection else { return }
        let isAlive = active.values.contains {
            $0 !== late && $0.connection == ends && $0.lastActivity > late.lastActivity
        }
        guard !isAlive else { return }
        _ = cortex_set_long(late.easy, CURLOPT_FORBID_REUSE, 1)
        // Those that share it learn at once that it is dead, instead of each waiting for its own deadline.
        connections.sever(ends)
    }
}

/// Carries a closure into a C thread.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
