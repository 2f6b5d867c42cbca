internal import CLinux
internal import Glibc
internal import Synchronization

/// Runs another program.
public struct ChildProcess {
    /// Runs the program to its end, its deadline or the cancellation of the task, whichever comes first.
    ///
    /// The child gets a process group of its own, no open file but its three streams, no blocked signal and the
    /// default action for each. A process that it leaves behind does not hold up the end.
    ///
    /// - Parameter onLine: gets each line of standard output as it comes, without its line break, what is not UTF-8
    ///   replaced, cut after `maximumLineBytes`; called on a thread of its own, in order. Lines come beyond
    ///   `maximumOutputBytes` too. While it runs, nothing is read and no deadline is looked at.
    /// - Throws: when the program could not be started. Everything after that is in the result.
    public static func run(
        _ request: ChildRequest, onLine: (@Sendable (String) -> Void)? = nil
    ) async throws(ChildFailure) -> ChildResult {
        let cancellation = try Cancellation()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Answer, Never>) in
                let body = ThreadBody {
                    continuation.resume(returning: supervise(request, cancellation, onLine))
                }
                if let failure = body.start() { continuation.resume(returning: .failure(failure)) }
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try result.get()
    }

    typealias Answer = Result<ChildResult, ChildFailure>

    private static func supervise(
        _ request: ChildRequest, _ cancellation: Cancellation, _ onLine: ((String) -> Void)?
    ) -> Answer {
        // Signals are for other threads, and a child that closes its input must not end this process (SIGPIPE).
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        do throws(ChildFailure) {
            var supervisor = Supervisor(
                child: try SpawnedChild(request), request: request, cancellation: cancellation, onLine: onLine)
            return .success(supervisor.run())
        } catch {
            return .failure(error)
        }
    }
}

/// Carries the work into a thread of its own.
private final class ThreadBody: Sendable {
    private let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }

    /// Nil when the thread runs.
    func start() -> ChildFailure? {
        let context = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context.toOpaque())
        guard code != 0 else {
            pthread_detach(thread)
            return nil
        }
        context.release()
        return ChildFailure(message: "no thread to run a program: \(errorText(code))")
    }
}

func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
