internal import CLinux
internal import Glibc
internal import Synchronization

/// Wakes the supervising thread when the task is cancelled.
final class Cancellation: Sendable {
    let descriptor: Int32

    init() throws(ChildFailure) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard descriptor >= 0 else {
            throw ChildFailure(message: "no file descriptor to run a program: \(errorText(errno))")
        }
    }

    deinit { close(descriptor) }

    func cancel() { eventfd_write(descriptor, 1) }
}
