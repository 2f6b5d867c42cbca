internal import FoundationEssentials
internal import JSON
internal import Kubernetes

/// Gives every request its credential and renews it: token files by age, plugins by expiry, both when refused; a plugin
/// that is of no use only after a pause.
actor CredentialSource {
    /// How old a token read from a file may be.
    static let tokenFileAge = Duration.seconds(60)
    /// A plugin's credential is renewed this long before it expires.
    static let expiryMargin = 10.0
    static let pluginTimeout = Duration.seconds(30)

    private struct Held {
        var credential: Credential
        var readAt: Duration
        var expires: Date?
    }

    private let credentials: ClusterCredentials
    private let environment: [String: String]
    private let timing: Timing
    private let run: CommandRunner
    private var held: Held?
    private var renewal: Task<Result<Held, APIError>, Never>?
    private var backoff = PluginBackoff()
    /// Why the plugin's last run gave no credential; nil when it gave one.
    private var pluginFailure: APIError?

    init(
        _ credentials: ClusterCredentials, environment: [String: String], timing: Timing, run: @escaping CommandRunner
    ) {
        self.credentials = credentials
        self.environment = environment
        self.timing = timing
        self.run = run
    }

    /// - Throws: `APIError.unreachable`: without a credential nothing is sent.
    func current() async throws(APIError) -> Credential {
        switch credentials {
        case .none: return Credential()
        case .token(let token): return .bearer(token)
        case .basic(let username, let password): return .basic(username, password)
        case .tokenFile, .exec: break
        }
        if let held, !isStale(held) { return held.credential }
        guard mayRenew else {
            if let pluginFailure { throw pluginFailure }
            // The plugin itself gave one that is over; the API server says what it thinks of it.
            if let held { return held.credential }
            throw .unreachable("there is no credential yet")
        }
        return try await renewed(isRefused: false)
    }

    /// After a 401: another credential than the refused one, or nil when there is none to be had.
    func replacement(for refused: Credential) async throws(APIError) -> Credential? {
        switch credentials {
        case .none, .token, .basic: return nil
        case .tokenFile, .exec: break
        }
        // Several requests may be refused at once; the first of them has already renewed it.
        if let held, held.credential != refused, !isStale(held) { return held.credential }
        // What the API server says of the refused one is the better answer than a plugin that runs again and again.
        guard mayRenew else { return nil }
        let fresh = try await renewed(isRefused: true)
        return fresh == refused ? nil : fresh
    }

    /// A renewal that is under way is joined; a new run of a plugin may have to wait.
    private var mayRenew: Bool {
        guard case .exec = credentials, renewal == nil else { return true }
        return backoff.mayRun(at: timing.now())
    }

    private func isStale(_ held: Held) -> Bool {
        if case .tokenFile = credentials { return timing.now() - held.readAt >= Self.tokenFileAge }
        guard let expires = held.expires else { return false }
        return timing.date().addingTimeInterval(Self.expiryMargin) >= expires
    }

    /// One renewal at a time; whoever comes meanwhile waits for it.
    private func renewed(isRefused: Bool) async throws(APIError) -> Credential {
        let task: Task<Result<Held, APIError>, Never>
        if let renewal {
            task = renewal
        } else {
            task = Task {
                let result = await self.read()
                self.note(result, isRefused: isRefused)
                return result
            }
            renewal = task
        }
        switch await task.value {
        case .success(let fresh): return fresh.credential
        case .failure(let error):
            // A file that is being replaced may be gone for an instant; what was read last is still the best guess.
            if case .tokenFile = credentials, let held { return held.credential }
            throw error
        }
    }

    /// - Parameter isRefused: a refusal asked for it. Only the next request shows whether the new credential is better,
    ///   so until then the run counts as one in vain: a second refusal soon after it waits.
    private func note(_ result: Result<Held, APIError>, isRefused: Bool) {
        renewal = nil
        switch result {
        case .success(let fresh):
            held = fresh
            pluginFailure = nil
            if isRefused || isStale(fresh) { backoff.ranInVain(at: timing.now()) } else { backoff.ranWell() }
        case .failure(let error):
            pluginFailure = error
            backoff.ranInVain(at: timing.now())
        }
    }

    private func read() async -> Result<Held, APIError> {
        switch credentials {
        case .tokenFile(let path): await readToken(path)
        case .exec(let plugin): await runPlugin(plugin)
        case .none, .token, .basic: .failure(.unreachable("there is no credential to renew"))
        }
    }

    private func readToken(_ path: String) async -> Result<Held, APIError> {
        let read = await offCooperativeThreads { () -> Result<[UInt8], LocalFileFailure> in
            do throws(LocalFileFailure) {
                return .success(try LocalFile.read(path))
            } catch {
                return .failure(error)
            }
        }
        switch read {
        case .failure(let failure):
            return .failure(.unreachable("the token file \(path) cannot be read: \(failure.reason)"))
        case .success(let bytes):
            guard let token = Credential.cleaned(String(decoding: bytes, as: UTF8.self)) else {
                return .failure(.unreachable("the token file \(path) holds no token"))
            }
            return .success(Held(credential: .bearer(token), readAt: timing.now()))
        }
    }

    private func runPlugin(_ plugin: ExecPlugin) async -> Result<Held, APIError> {
        do {
            let output = try await run(try command(for: plugin))
            let answer: ExecCredential
            do {
                answer = try ExecCredential(output: output, apiVersion: plugin.apiVersion)
            } catch {
                throw CommandFailure(error.message)
            }
            return .success(Held(credential: answer.credential, readAt: timing.now(), expires: answer.expires))
        } catch let failure as CommandFailure {
            return .failure(.unreachable("\(plugin.origin): the plugin “\(plugin.command)” \(failure.message)"))
        } catch {
            return .failure(.unreachable("\(plugin.origin): the plugin “\(plugin.command)” failed: \(error)"))
        }
    }

    private func command(for plugin: ExecPlugin) throws(CommandFailure) -> CredentialCommand {
        guard let program = program(of: plugin) else {
            let hint = plugin.installHint.map { ". " + $0 } ?? ""
            throw CommandFailure("is not installed (it was looked for in PATH)" + hint)
        }
        var variables = environment
        for variable in plugin.environment { variables[variable.name] = variable.value }
        do {
            let info = try JSONCoding.encode(plugin.execInfo)
            variables["KUBERNETES_EXEC_INFO"] = String(decoding: info, as: UTF8.self)
        } catch {
            throw CommandFailure("cannot be told about the cluster: \(error)")
        }
        return CredentialCommand(
            program: program, arguments: plugin.arguments, environment: variables, timeout: Self.pluginTimeout,
            maximumOutputBytes: 1 << 20)
    }

    /// An absolute path from PATH for a bare name; nil when there is none.
    private func program(of plugin: ExecPlugin) -> String? {
        if plugin.command.contains("/") {
            return LocalFile.isExecutable(plugin.command) ? plugin.command : nil
        }
        return (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(plugin.command)" }
            .first(where: LocalFile.isExecutable)
    }
}
