/// Decides whether a request is sent again. Pure: what happened and when come in, the pause comes out.
public struct RetryPolicy: Sendable, Hashable {
    public enum Decision: Sendable, Hashable {
        case retry(after: Duration)
        case giveUp(APIError)
    }

    /// Tries in all. Default 4.
    public var maximumTries: Int
    /// A longer `Retry-After` is cut to this. Default 30 s.
    public var maximumPause: Duration

    public init(maximumTries: Int = 4, maximumPause: Duration = .seconds(30)) {
        self.maximumTries = maximumTries
        self.maximumPause = maximumPause
    }

    /// One failed try of a request.
    public struct Failure: Sendable, Hashable {
        public var error: APIError
        /// From the header, if there was one.
        public var retryAfter: Duration?
        /// A certificate that is not trusted, for example. It is tried once more, because a server that is just
        /// starting breaks off handshakes too.
        public var isLikelyPermanent: Bool

        public init(_ error: APIError, retryAfter: Duration? = nil, isLikelyPermanent: Bool = false) {
            self.error = error
            self.retryAfter = retryAfter
            self.isLikelyPermanent = isLikelyPermanent
        }
    }

    /// - Parameters:
    ///   - tries: how many have been made, this one included.
    ///   - left: the time until the request's deadline.
    ///   - wasAmbiguous: whether an earlier try may have been carried out.
    public func decide(
        _ failure: Failure, of request: APIRequest, tries: Int, left: Duration, wasAmbiguous: Bool,
        backoff: inout Backoff, random: inout SplitMix64
    ) -> Decision {
        let final = Self.final(failure.error, of: request, wasAmbiguous: wasAmbiguous)
        let limit = failure.isLikelyPermanent ? min(2, maximumTries) : maximumTries
        guard tries < limit, Self.mayRepeat(request, after: failure.error) else { return .giveUp(final) }
        let asked = failure.retryAfter ?? failure.error.status?.details?.retryAfterSeconds.map { .seconds($0) }
        let pause = max(backoff.next(using: &random), min(asked ?? .zero, maximumPause))
        return pause < left ? .retry(after: pause) : .giveUp(final)
    }

    /// Whether the server may have carried out a write that ended so.
    public static func isAmbiguous(_ error: APIError) -> Bool {
        switch error {
        case .unknown: true
        // 504 is the server's own time-out; the write may still go through. So it may where the store behind the server
        // timed out, which is told with 500 (https://etcd.io/docs/v3.5/op-guide/failures/).
        case .status(let status):
            status.code == 504
                || (status.code == 500 && status.message?.contains("etcdserver: request timed out") == true)
        case .unreachable, .invalidResponse, .cancelled: false
        }
    }

    static func mayRepeat(_ request: APIRequest, after error: APIError) -> Bool {
        switch error {
        case .unreachable: true
        case .unknown: !request.verb.isWrite || request.hasPrecondition
        case .status(let status):
            switch status.code {
            // The server did nothing; but 429 to an eviction is the answer of a PodDisruptionBudget.
            case 429: request.subresource != "eviction"
            case 503, 504: !request.verb.isWrite || request.hasPrecondition
            // A look takes a dozen reads: one that the server stumbled over must not spoil all of them. What comes
            // through the proxy, or is a log, is somebody else's answer.
            case 500, 502: !request.verb.isWrite && !["proxy", "log"].contains(request.subresource)
            default: false
            }
        case .invalidResponse, .cancelled: false
        }
    }

    /// A write whose try may have gone through is unknown, whatever a later try was told: it may conflict with itself.
    static func final(_ error: APIError, of request: APIRequest, wasAmbiguous: Bool) -> APIError {
        guard request.verb.isWrite else { return error }
        if isAmbiguous(error) {
            return .unknown(error.status?.message ?? error.unknownReason ?? "the server timed out")
        }
        guard wasAmbiguous else { return error }
        return .unknown("an earlier try got no answer, and the next one: \(error)")
    }
}

extension APIError {
    var unknownReason: String? { if case .unknown(let why) = self { why } else { nil } }
}
