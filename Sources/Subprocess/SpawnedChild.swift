internal import CLinux
internal import Glibc

/// A child that runs: its process id and this side's ends of its pipes. Whoever holds it closes and reaps it.
struct SpawnedChild {
    let pid: pid_t
    /// Readable once the child has ended.
    let pidfd: Int32
    let input: Int32
    let output: Int32
    let error: Int32

    init(_ request: ChildRequest) throws(ChildFailure) {
        try Self.check(request)
        let input = try Pipe()
        let output: Pipe
        let error: Pipe
        do throws(ChildFailure) { output = try Pipe() } catch {
            input.close()
            throw error
        }
        do throws(ChildFailure) { error = try Pipe() } catch let failure {
            input.close()
            output.close()
            throw failure
        }
        var pid: pid_t = 0
        let code = Self.spawn(request, &pid, [input.reading, output.writing, error.writing])
        for end in [input.reading, output.writing, error.writing] { Glibc.close(end) }
        self.input = input.writing
        self.output = output.reading
        self.error = error.reading
        self.pid = pid
        guard code == 0 else {
            for end in [input.writing, output.reading, error.reading] { Glibc.close(end) }
            throw ChildFailure(message: Self.explain(code, request.program))
        }
        pidfd = cortex_pidfd_open(pid, 0)
        guard pidfd >= 0 else {
            let reason = errno
            for end in [input.writing, output.reading, error.reading] { Glibc.close(end) }
            kill(-pid, SIGKILL)
            waitpid(pid, nil, 0)
            throw ChildFailure(message: "\(request.program) cannot be watched (pidfd_open): \(errorText(reason))")
        }
        for end in [self.input, self.output, self.error] {
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
        }
    }

    /// The kernel would end a string at its first NUL, and so run something else than what was asked.
    private static func check(_ request: ChildRequest) throws(ChildFailure) {
        let environment = request.environment ?? [:]
        let strings = [request.program] + request.arguments + environment.keys + environment.values
        guard !strings.contains(where: { $0.utf8.contains(0) }) else {
            throw ChildFailure(message: "\(request.program) was not started: an argument or variable holds a NUL byte")
        }
        guard !environment.keys.contains(where: { $0.isEmpty || $0.utf8.contains(UInt8(ascii: "=")) }) else {
            throw ChildFailure(message: "\(request.program) was not started: a variable's name is empty or holds \"=\"")
        }
        guard !request.program.isEmpty else { throw ChildFailure(message: "no program was named") }
    }

    private static func explain(_ code: Int32, _ program: String) -> String {
        switch code {
        case ENOENT: "\(program) was not started: there is no such program, or its #! line names none"
        case EACCES: "\(program) was not started: it is not executable (chmod +x)"
        case ENOEXEC: "\(program) was not started: it is neither a program nor does it begin with #!"
        default: "\(program) was not started: \(errorText(code))"
        }
    }

    /// - Parameter streams: the child's ends for its descriptors 0, 1 and 2.
    private static func spawn(_ request: ChildRequest, _ pid: inout pid_t, _ streams: [Int32]) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        var code = posix_spawn_file_actions_init(&actions)
        guard code == 0 else { return code }
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, stream) in streams.enumerated() where code == 0 {
            code = posix_spawn_file_actions_adddup2(&actions, stream, Int32(descriptor))
        }
        // Not every library marks its descriptors close-on-exec.
        if code == 0 { code = cortex_spawn_close_from(&actions, 3) }
        guard code == 0 else { return code }

        var attributes = posix_spawnattr_t()
        code = posix_spawnattr_init(&attributes)
        guard code == 0 else { return code }
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))

        return withCStrings([request.program] + request.arguments) { arguments in
            guard let environment = request.environment else {
                return posix_spawnp(&pid, request.program, &actions, &attributes, arguments, environ)
            }
            return withCStrings(environment.map { "\($0.key)=\($0.value)" }) {
                posix_spawnp(&pid, request.program, &actions, &attributes, arguments, $0)
            }
        }
    }
}

/// Close-on-exec, and none of its ends among the three standard descriptors, which the child's set-up overwrites.
private struct Pipe {
    let reading: Int32
    let writing: Int32

    init() throws(ChildFailure) {
        var ends: [Int32] = [-1, -1]
        guard cortex_pipe2(&ends, O_CLOEXEC) == 0 else {
            throw ChildFailure(message: "no pipe to run a program: \(errorText(errno))")
        }
        reading = Self.aboveStandard(ends[0])
        writing = Self.aboveStandard(ends[1])
        guard reading >= 0, writing >= 0 else {
            close()
            throw ChildFailure(message: "no pipe to run a program: too many open files")
        }
    }

    func close() {
        for end in [reading, writing] where end >= 0 { Glibc.close(end) }
    }

    private static func aboveStandard(_ descriptor: Int32) -> Int32 {
        guard descriptor < 3 else { return descriptor }
        defer { Glibc.close(descriptor) }
        return fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    }
}

/// The strings as C wants a list of them: each ended by NUL, the list by a null pointer.
private func withCStrings<Answer>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Answer
) -> Answer {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}
