import Glibc
import Subprocess
import Synchronization
import Testing

@Suite("A child process")
struct ChildProcessTests {
    private func shell(_ script: String, timeout: Duration = .seconds(30)) -> ChildRequest {
        ChildRequest(program: "/bin/sh", arguments: ["-c", script], timeout: timeout)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("its exit code, output and errors come back", arguments: [0, 1, 4, 255] as [Int32])
    func exitCode(code: Int32) async throws {
        let result = try await ChildProcess.run(shell("echo out; echo err >&2; exit \(code)"))
        #expect(
            result
                == ChildResult(
                    exitCode: code, signal: nil, standardOutput: Array("out\n".utf8), standardError: Array("err\n".utf8)
                ))
    }

    @Test("the signal that ended it comes back", arguments: [SIGKILL, SIGTERM, SIGSEGV])
    func signal(number: Int32) async throws {
        let result = try await ChildProcess.run(shell("kill -\(number) $$"))
        #expect(result.signal == number)
        #expect(result.exitCode == nil)
        #expect(!result.timedOut)
    }

    @Test("arguments arrive as they are, no shell sees them")
    func arguments() async throws {
        let arguments = [
            "a b", "\"quoted\"", "it's", "$HOME", "`id`", "new\nline", "", "*", "ünïcödé", "-n", "; exit 3",
        ]
        let result = try await ChildProcess.run(
            ChildRequest(program: "printf", arguments: ["[%s]"] + arguments, timeout: .seconds(30)))
        #expect(text(result.standardOutput) == arguments.map { "[\($0)]" }.joined())
    }

    @Test("it sees the environment it is given and nothing else")
    func environment() async throws {
        var request = ChildRequest(program: "/usr/bin/env", timeout: .seconds(30))
        request.environment = ["ONE": "1 = 2", "TWO": ""]
        let result = try await ChildProcess.run(request)
        #expect(Set(text(result.standardOutput).split(separator: "\n")) == ["ONE=1 = 2", "TWO="])
        request.environment = nil
        #expect(text(try await ChildProcess.run(request).standardOutput).contains("PATH="))
    }

    @Test("it reads its standard input to the end", arguments: [0, 5, 1_000_000])
    func standardInput(count: Int) async throws {
        var request = ChildRequest(program: "wc", arguments: ["-c"], timeout: .seconds(30))
        request.standardInput = [UInt8](repeating: 65, count: count)
        let result = try await ChildProcess.run(request)
        #expect(text(result.standardOutput) == "\(count)\n")
    }

    @Test("one that does not read its input is no trouble")
    func ignoredInput() async throws {
        var request = shell("exec <&-; sleep 0.1; exit 7")
        request.standardInput = [UInt8](repeating: 65, count: 1_000_000)
        #expect(try await ChildProcess.run(request).exitCode == 7)
    }

    @Test("what is longer than the bound is read and dropped, on both outputs")
    func bound() async throws {
        var request = shell("yes | head -c 5000000; yes n | head -c 3000000 >&2; exit 2")
        request.maximumOutputBytes = 1000
        let result = try await ChildProcess.run(request)
        #expect(result.exitCode == 2)
        #expect(result.isTruncated)
        #expect(result.standardOutput.count == 1000)
        #expect(result.standardError.count == 1000)
    }

    @Test("output that just fits is not called truncated")
    func exactBound() async throws {
        var request = shell("printf 12345")
        request.maximumOutputBytes = 5
        let result = try await ChildProcess.run(request)
        #expect(text(result.standardOutput) == "12345")
        #expect(!result.isTruncated)
    }

    @Test(
        "lines come one by one, whatever is in them",
        arguments: [
            ("a\\nb\\n", ["a", "b"]), ("a\\n\\nlast", ["a", "", "last"]), ("", []), ("crlf\\r\\nx", ["crlf", "x"]),
            ("bad \\377 byte\\n", ["bad \u{FFFD} byte"]),
        ] as [(String, [String])])
    func lines(format: String, expected: [String]) async throws {
        let seen = Mutex<[String]>([])
        _ = try await ChildProcess.run(shell("printf '\(format)'")) { line in seen.withLock { $0.append(line) } }
        #expect(seen.withLock { $0 } == expected)
    }

    @Test("a line without end is cut")
    func longLine() async throws {
        for (bound, length) in [(nil, 65536), (10, 10), (1 << 20, 300_000)] as [(Int?, Int)] {
            let seen = Mutex<[Int]>([])
            var request = shell("head -c 300000 /dev/zero | tr '\\0' x; echo; echo end")
            if let bound { request.maximumLineBytes = bound }
            _ = try await ChildProcess.run(request) { line in seen.withLock { $0.append(line.utf8.count) } }
            #expect(seen.withLock { $0 } == [length, 3])
        }
    }

    @Test("a line arrives while the child still runs")
    func liveLines() async throws {
        // The child ends only when the first line has been seen here and the file is made.
        let path = temporaryPath()
        defer { unlink(path) }
        let script = "echo first; while [ ! -e \(path) ]; do sleep 0.02; done; echo second"
        let result = try await ChildProcess.run(shell(script)) { line in
            if line == "first" { close(open(path, O_CREAT | O_WRONLY, 0o600)) }
        }
        #expect(!result.timedOut)
        #expect(text(result.standardOutput) == "first\nsecond\n")
    }

    @Test("it starts with no signal blocked or ignored, whatever this process blocks")
    func signalMask() async throws {
        let result = try await ChildProcess.run(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status"))
        let masks = text(result.standardOutput).split(separator: "\n").compactMap {
            UInt64($0.split(separator: "\t")[1], radix: 16)
        }
        // 32 and 33 are glibc's own, which it ignores in every child that it spawns.
        #expect(masks.map { $0 & ~0x1_8000_0000 } == [0, 0])
    }

    @Test("it has no open file but its three streams")
    func descriptors() async throws {
        // A descriptor as a careless library would leave it: without close-on-exec.
        let stray = open("/dev/null", O_RDONLY)
        defer { close(stray) }
        let result = try await ChildProcess.run(
            ChildRequest(program: "ls", arguments: ["/proc/self/fd"], timeout: .seconds(30)))
        // 3 is the folder that ls reads.
        #expect(text(result.standardOutput) == "0\n1\n2\n3\n")
    }

    @Test(
        "what cannot be started says why",
        arguments: [
            ("/nonexistent/program", "no such program"), ("no-such-program-in-path", "no such program"),
            ("/tmp", "not executable"), ("", "no program was named"),
        ])
    func cannotStart(program: String, reason: String) async throws {
        await #expect { try await ChildProcess.run(ChildRequest(program: program, timeout: .seconds(30))) } throws: {
            ($0 as? ChildFailure)?.message.contains(reason) == true
        }
    }

    @Test(
        "a script without the right to run, or without its first line, says so",
        arguments: [(0o600, "not executable"), (0o700, "#!")] as [(mode_t, String)])
    func badScript(mode: mode_t, reason: String) async throws {
        let path = temporaryPath()
        defer { unlink(path) }
        let descriptor = open(path, O_CREAT | O_WRONLY, mode)
        _ = write(descriptor, "echo hello\n", 11)
        close(descriptor)
        await #expect { try await ChildProcess.run(ChildRequest(program: path, timeout: .seconds(30))) } throws: {
            ($0 as? ChildFailure)?.message.contains(reason) == true
        }
    }

    private func temporaryPath() -> String { "/tmp/child-\(getpid())-\(UInt64.random(in: 0...UInt64.max))" }

    @Test("an argument with a NUL is refused instead of being cut")
    func nul() async throws {
        let request = ChildRequest(program: "echo", arguments: ["a\0b"], timeout: .seconds(30))
        await #expect(throws: ChildFailure.self) { try await ChildProcess.run(request) }
    }
}
