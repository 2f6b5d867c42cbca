internal import CLinux
internal import Glibc

/// epoll, level-triggered.
///
/// Level, because a connection may then be left with unread bytes at any point (the turn of another, an answer under
/// way) without book-keeping of what is still there, and nothing can get stuck for want of an edge. The price, one
/// `epoll_ctl` more when a socket blocks or a client talks out of turn, is paid only then.
struct Poller {
    struct Readiness {
        var id: ConnectionID
        var events: UInt32
        var canRead: Bool { events & Poller.readable != 0 }
        var canWrite: Bool { events & Poller.writable != 0 }
        /// The client will send no more.
        var hasHalfClosed: Bool { events & Poller.halfClosed != 0 }
        var hasFailed: Bool { events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 }
    }

    static let readable = EPOLLIN.rawValue
    static let writable = EPOLLOUT.rawValue
    static let halfClosed = EPOLLRDHUP.rawValue
    private static let capacity = 256

    private let descriptor: Int32
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)

    /// - Throws: `ListenFailure` when there are no descriptors left.
    init() throws(ListenFailure) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw ListenFailure.system("epoll_create1", errno) }
    }

    /// Returns false when the kernel has no room for one more.
    @discardableResult func add(_ socket: Int32, _ id: ConnectionID, interest: UInt32) -> Bool {
        control(EPOLL_CTL_ADD, socket, id, interest) == 0
    }

    func change(_ socket: Int32, _ id: ConnectionID, interest: UInt32) {
        _ = control(EPOLL_CTL_MOD, socket, id, interest)
    }

    func remove(_ socket: Int32) {
        _ = control(EPOLL_CTL_DEL, socket, .listener, 0)
    }

    private func control(_ operation: Int32, _ socket: Int32, _ id: ConnectionID, _ interest: UInt32) -> Int32 {
        var event = epoll_event()
        event.events = interest
        event.data.u64 = id.raw
        return epoll_ctl(descriptor, operation, socket, &event)
    }

    /// - Parameter milliseconds: how long to rest at most; -1 without end.
    /// - Returns: how many entries `readiness(at:)` holds.
    func wait(milliseconds: Int32) -> Int {
        Int(max(0, epoll_wait(descriptor, events, Int32(Self.capacity), milliseconds)))
    }

    func readiness(at index: Int) -> Readiness {
        Readiness(id: ConnectionID(raw: events[index].data.u64), events: events[index].events)
    }

    func close() {
        CLinux.close(descriptor)
        events.deallocate()
    }
}
