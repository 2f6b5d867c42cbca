import Glibc
import Subprocess
import Synchronization
import Testing

@Suite("How a child process ends")
struct ChildEndTests {
    private func shell(_ script: String, timeout: Duration = .seconds(60)) -> ChildRequest {
        ChildRequest(program: "/bin/sh", arguments: ["-c", script], timeout: timeout)
    }

    /// The process is gone, or only its entry is left.
    private func isGone(_ pid: pid_t) async -> Bool {
        let end = ContinuousClock.now.advanced(by: .seconds(20))
        while kill(pid, 0) == 0 {
            guard ContinuousClock.now < end else { return false }
            try? await Task.sleep(for: .milliseconds(10))  // a cancelled wait only looks again sooner
        }
        return true
    }

    private func pids(_ result: ChildResult) -> [pid_t] {
        String(decoding: result.standardOutput, as: UTF8.self).split(separator: "\n").compactMap { pid_t($0) }
    }

    @Test("at its deadline it is told to end, and may say its last word")
    func polite() async throws {
        let script = "trap 'echo last; exit 9' TERM; echo first; while :; do sleep 0.02; done"
        let result = try await ChildProcess.run(shell(script, timeout: .milliseconds(500)))
        #expect(result.timedOut)
        #expect(result.exitCode == 9)
        #expect(String(decoding: result.standardOutput, as: UTF8.self) == "first\nlast\n")
    }

    @Test("one that ignores the signal is killed")
    func stubborn() async throws {
        let result = try await ChildProcess.run(
            shell("trap '' TERM; while :; do sleep 0.02; done", timeout: .milliseconds(300)))
        #expect(result.timedOut)
        #expect(result.signal == SIGKILL)
    }

    @Test("the deadline ends its whole group, also those that ignore the signal")
    func wholeGroup() async throws {
        let script = "(trap '' TERM; while :; do sleep 0.05; done) & echo $!; sleep 1000"
        let result = try await ChildProcess.run(shell(script, timeout: .milliseconds(500)))
        #expect(result.timedOut)
        let left = try #require(pids(result).first)
        #expect(await isGone(left))
    }

    @Test("a process left behind that holds the pipes does not hold up the end, and is left alone")
    func grandchild() async throws {
        let result = try await ChildProcess.run(shell("sleep 1000 & echo $!; exit 3"))
        #expect(result.exitCode == 3)
        #expect(!result.timedOut)
        let left = try #require(pids(result).first)
        #expect(kill(left, 0) == 0)
        kill(left, SIGKILL)
    }

    @Test("a process left behind that writes without end does not hold up the end")
    func noisyGrandchild() async throws {
        let result = try await ChildProcess.run(shell("yes & echo $! >&2; exit 3"))
        #expect(result.exitCode == 3)
        #expect(result.isTruncated || !result.standardOutput.isEmpty)
        // `yes` ends by itself: nobody reads its pipe.
        let left = try #require(pid_t(String(decoding: result.standardError, as: UTF8.self).filter(\.isNumber)))
        #expect(await isGone(left))
    }

    @Test("cancelling the task ends the child")
    func cancellation() async throws {
        let seen = Mutex<pid_t?>(nil)
        let task = Task {
            try await ChildProcess.run(shell("echo $$; exec sleep 1000")) { line in seen.withLock { $0 = pid_t(line) } }
        }
        let end = ContinuousClock.now.advanced(by: .seconds(20))
        while seen.withLock({ $0 }) == nil, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(5))  // between two looks at a condition with a deadline
        }
        let pid = try #require(seen.withLock { $0 })
        task.cancel()
        let result = try await task.value
        #expect(result.wasCancelled)
        #expect(!result.timedOut)
        #expect(result.signal == SIGTERM)
        #expect(await isGone(pid))
    }

    @Test("a task that is cancelled already does not let it run on")
    func cancelledBefore() async throws {
        let request = shell("exec sleep 1000")
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await ChildProcess.run(request)
        }
        #expect(try await task.value.wasCancelled)
    }

    @Test("many at once all come back")
    func many() async throws {
        try await withThrowingTaskGroup(of: Int32?.self) { group in
            for code in 0..<40 { group.addTask { try await ChildProcess.run(shell("exit \(code)")).exitCode } }
            var codes: [Int32] = []
            for try await code in group { codes.append(try #require(code)) }
            #expect(codes.sorted() == Array(0..<40))
        }
    }
}
