public import FoundationEssentials
public import HTTPClient
public import Kubernetes
internal import Synchronization

/// A real API server, over any HTTP transport.
///
/// Adds to each request who Cortex is, holds the limits of `ClientOptions`, retries what may be repeated, and renews a
/// credential that was refused once. Errors keep the server's `Status`.
public final class KubernetesClient: ClusterAPI {
    public let configuration: ClusterConfiguration
    private let transport: any HTTPTransport
    private let options: ClientOptions
    private let timing: Timing
    private let builder: RequestBuilder
    private let credentials: CredentialSource
    private let state: Mutex<State>

    private struct State {
        var bucket: TokenBucket
        var random: SplitMix64
        var statistics = ClientStatistics()
    }

    /// - Parameter runCommand: runs credential plugins; nil for a child process.
    public init(
        configuration: ClusterConfiguration, transport: any HTTPTransport, options: ClientOptions = ClientOptions(),
        timing: Timing = .live, runCommand: CommandRunner? = nil
    ) {
        self.configuration = configuration
        self.transport = transport
        self.options = options
        self.timing = timing
        builder = RequestBuilder(configuration: configuration, options: options)
        credentials = CredentialSource(
            configuration.credentials, environment: configuration.environment, timing: timing,
            run: runCommand ?? PluginProcess.run)
        state = Mutex(
            State(
                bucket: TokenBucket(
                    rate: max(0.1, options.queriesPerSecond), burst: max(1, options.burst), now: timing.now()),
                random: SplitMix64(seed: timing.seed())))
    }

    /// What was sent and repeated so far.
    public var statistics: ClientStatistics { state.withLock { $0.statistics } }

    public func send(_ request: APIRequest) async throws(APIError) -> Data {
        let isList = request.verb == .list
        let deadline = timing.now() + (isList ? options.listDeadline : options.deadline)
        let timeout = isList ? options.listTimeout : options.timeout
        var backoff = options.backoff
        var credential = try await credentials.current()
        var isRenewed = false
        var wasAmbiguous = false
        var tries = 0
        while true {
            try await takeTurn(until: deadline)
            tries += 1
            let http = builder.request(request, with: credential, timeout: min(timeout, deadline - timing.now()))
            let failure: RetryPolicy.Failure
            do {
                let response = try await transport.send(http)
                if (200..<300).contains(response.status) { return response.body }
                failure = RetryPolicy.Failure(response)
            } catch {
                failure = RetryPolicy.Failure(error, for: request)
            }
            if failure.error.status?.code == 401, !isRenewed,
                let fresh = try await credentials.replacement(for: credential)
            {
                (credential, isRenewed) = (fresh, true)
                continue
            }
            let pause = try pause(
                after: failure, of: request, tries: tries, left: deadline - timing.now(), wasAmbiguous: wasAmbiguous,
                &backoff)
            wasAmbiguous = wasAmbiguous || RetryPolicy.isAmbiguous(failure.error)
            try await sleep(pause, wasAmbiguous: wasAmbiguous && request.verb.isWrite)
        }
    }

    public func lines(_ request: APIRequest) -> AsyncThrowingStream<Data, any Error> {
        let stream = LineStream(limit: options.maximumLineBytes) { [self] in try await open(request) }
        return AsyncThrowingStream { try await stream.next() }
    }

    /// The same request, addressed through the API server's service proxy, with Cortex's own credential.
    ///
    /// - Parameters:
    ///   - path: below the service, percent-encoded, with its query if it has one: `/mcp?x=1`.
    ///   - request: whatever it is addressed to; an `https` address makes the API server speak TLS to the service.
    /// - Throws: `APIError.unreachable` when there is no credential to send it with.
    public func proxied(
        service: String, namespace: String, port: Int, path: String, _ request: HTTPRequest
    ) async throws(APIError) -> HTTPRequest {
        let scheme = request.url.hasPrefix("https://") ? "https:" : ""
        var proxied = request
        proxied.url =
            configuration.server + "/api/v1/namespaces/" + PercentEncoding.segment(namespace) + "/services/" + scheme
            + PercentEncoding.segment(service) + ":\(port)/proxy" + (path.hasPrefix("/") ? path : "/" + path)
        return builder.authorized(proxied, with: try await credentials.current())
    }

    private func open(_ request: APIRequest) async throws(APIError) -> AsyncThrowingStream<Data, any Error> {
        var credential = try await credentials.current()
        var isRenewed = false
        while true {
            try await takeTurn(until: timing.now() + options.deadline)
            var http = builder.request(request, with: credential, timeout: nil)
            http.maximumBodyBytes = options.maximumUnreadBytes
            // A followed log may well be silent for hours; a watch is never, thanks to bookmarks.
            http.idleTimeout = request.verb == .watch ? options.watchIdleTimeout : nil
            let response: HTTPStreamingResponse
            do {
                response = try await transport.stream(http)
            } catch {
                throw APIError(error, for: request)
            }
            if (200..<300).contains(response.status) { return response.body }
            if response.status == 401, !isRenewed, let fresh = try await credentials.replacement(for: credential) {
                (credential, isRenewed) = (fresh, true)
                continue
            }
            let body = await LineStream.start(of: response.body, maximumBytes: 1 << 16)
            throw .status(APIStatus(httpStatus: response.status, body: body))
        }
    }

    /// Waits for the client's own rate limit.
    private func takeTurn(until deadline: Duration) async throws(APIError) {
        let now = timing.now()
        let wait = state.withLock { state in
            let wait = state.bucket.reserve(now: now, limit: max(.zero, deadline - now))
            state.statistics.requests += wait == nil ? 0 : 1
            state.statistics.delayed += wait == .zero ? 0 : 1
            return wait
        }
        guard let wait else {
            throw .unreachable("not sent: more requests are waiting than \(options.queriesPerSecond) a second allow")
        }
        if wait > .zero { try await sleep(wait, wasAmbiguous: false) }
    }

    private func pause(
        after failure: RetryPolicy.Failure, of request: APIRequest, tries: Int, left: Duration, wasAmbiguous: Bool,
        _ backoff: inout Backoff
    ) throws(APIError) -> Duration {
        var pauses = backoff
        let decision = state.withLock { state in
            let decision = options.retry.decide(
                failure, of: request, tries: tries, left: left, wasAmbiguous: wasAmbiguous, backoff: &pauses,
                random: &state.random)
            if case .retry = decision { state.statistics.retries += 1 }
            return decision
        }
        backoff = pauses
        switch decision {
        case .retry(let pause): return pause
        case .giveUp(let error): throw error
        }
    }

    private func sleep(_ pause: Duration, wasAmbiguous: Bool) async throws(APIError) {
        do {
            try await timing.sleep(pause)
        } catch {
            throw wasAmbiguous ? .unknown("cancelled after a try that got no answer") : .cancelled
        }
    }
}

/// Counters of one client.
public struct ClientStatistics: Sendable, Hashable {
    /// Tries, watches included.
    public var requests = 0
    public var retries = 0
    /// Tries that waited for the client's own rate limit.
    public var delayed = 0
}
