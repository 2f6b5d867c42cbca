import Kubernetes
import Testing

@Suite("retries")
struct RetryPolicyTests {
    static let get = APIRequest(.get, .pods, namespace: "n", name: "p")
    static let write = APIRequest(.patch(.merge), .deployments, namespace: "n", name: "d")
    static let guarded = APIRequest(.patch(.merge), .deployments, namespace: "n", name: "d", hasPrecondition: true)
    static let proxied = APIRequest(.get, .services, namespace: "n", name: "s", subresource: "proxy")
    static let log = APIRequest(.get, .pods, namespace: "n", name: "p", subresource: "log")
    static let eviction = APIRequest(.create, .pods, namespace: "n", name: "p", subresource: "eviction")

    static func status(_ code: Int, retryAfter: Int? = nil) -> APIError {
        let details = APIStatus.Details(retryAfterSeconds: retryAfter)
        return .status(APIStatus(code: code, message: "code \(code)", details: details))
    }

    static func decide(
        _ error: APIError, of request: APIRequest, tries: Int = 1, left: Duration = .seconds(60),
        wasAmbiguous: Bool = false, retryAfter: Duration? = nil, isLikelyPermanent: Bool = false
    ) -> RetryPolicy.Decision {
        var backoff = Backoff(initial: .milliseconds(200), maximum: .seconds(5))
        var random = SplitMix64(seed: 7)
        return RetryPolicy().decide(
            .init(error, retryAfter: retryAfter, isLikelyPermanent: isLikelyPermanent), of: request, tries: tries,
            left: left, wasAmbiguous: wasAmbiguous, backoff: &backoff, random: &random)
    }

    static func isRetry(_ decision: RetryPolicy.Decision) -> Bool {
        if case .retry = decision { true } else { false }
    }

    @Test(
        "what may be sent again",
        arguments: [
            (get, status(429), true), (get, status(503), true), (get, status(504), true), (get, status(500), true),
            (get, status(502), true), (proxied, status(500), false), (log, status(500), false),
            (write, status(500), false),
            (get, status(404), false), (get, .unknown("timeout"), true), (get, .unreachable("refused"), true),
            (get, .cancelled, false), (get, .invalidResponse("garbage"), false),
            (write, status(429), true), (write, status(503), false), (write, status(504), false),
            (write, .unknown("timeout"), false), (write, .unreachable("refused"), true),
            (guarded, status(503), true), (guarded, status(504), true), (guarded, .unknown("reset"), true),
            (guarded, status(409), false), (eviction, status(429), false), (eviction, .unreachable("refused"), true),
        ])
    func repeatable(_ request: APIRequest, _ error: APIError, _ expected: Bool) {
        #expect(Self.isRetry(Self.decide(error, of: request)) == expected)
    }

    @Test("at most four tries, and never past the deadline")
    func limits() {
        #expect(Self.isRetry(Self.decide(Self.status(503), of: Self.get, tries: 3)))
        #expect(Self.decide(Self.status(503), of: Self.get, tries: 4) == .giveUp(Self.status(503)))
        #expect(
            Self.decide(Self.status(503, retryAfter: 10), of: Self.get, left: .seconds(9))
                == .giveUp(Self.status(503, retryAfter: 10)))
    }

    @Test("Retry-After, as a header or in the Status, sets the least pause, and a huge one is cut")
    func retryAfter() {
        #expect(Self.decide(Self.status(429, retryAfter: 3), of: Self.get) == .retry(after: .seconds(3)))
        #expect(Self.decide(Self.status(429), of: Self.get, retryAfter: .seconds(2)) == .retry(after: .seconds(2)))
        #expect(Self.decide(Self.status(429, retryAfter: 9999), of: Self.get) == .retry(after: .seconds(30)))
    }

    @Test("a certificate that is not trusted is tried once more only")
    func permanent() {
        let error = APIError.unreachable("no trusted TLS connection")
        #expect(Self.isRetry(Self.decide(error, of: Self.get, tries: 1, isLikelyPermanent: true)))
        #expect(!Self.isRetry(Self.decide(error, of: Self.get, tries: 2, isLikelyPermanent: true)))
    }

    @Test("a write whose earlier try may have gone through is unknown, whatever the next one was told")
    func ambiguity() {
        for error in [Self.status(409), Self.status(404), Self.status(504), .unreachable("refused")] {
            guard case .giveUp(let final) = Self.decide(error, of: Self.guarded, tries: 4, wasAmbiguous: true) else {
                Issue.record("retried")
                return
            }
            #expect(final.isUnknown, "\(final)")
        }
        #expect(Self.decide(Self.status(409), of: Self.guarded) == .giveUp(Self.status(409)))
    }

    @Test("a write that the store behind the server was too slow for is unknown; one that a webhook refused is refused")
    func storeTimeout() {
        let store = APIError.status(APIStatus(code: 500, message: "etcdserver: request timed out"))
        let webhook = APIError.status(APIStatus(code: 500, message: "failed calling webhook: connection refused"))
        #expect(Self.decide(store, of: Self.write) == .giveUp(.unknown("etcdserver: request timed out")))
        #expect(Self.decide(webhook, of: Self.write) == .giveUp(webhook))
        // It refuses at once, again and again, until a person makes room.
        let full = APIError.status(APIStatus(code: 500, message: "etcdserver: mvcc: database space exceeded"))
        #expect(Self.decide(full, of: Self.write) == .giveUp(full))
    }

    @Test("a server that timed out on a write leaves it unknown; a read just failed")
    func gatewayTimeout() {
        #expect(Self.decide(Self.status(504), of: Self.write) == .giveUp(.unknown("code 504")))
        #expect(Self.decide(Self.status(504), of: Self.get, tries: 4) == .giveUp(Self.status(504)))
    }

    @Test("pauses double, stay below their maximum, and are not all the same")
    func backoff() {
        var firsts: Set<Duration> = []
        for seed in 0..<20 {
            var random = SplitMix64(seed: UInt64(seed))
            var backoff = Backoff(initial: .milliseconds(200), maximum: .seconds(5))
            let pauses = (0..<40).map { _ in backoff.next(using: &random) }
            #expect(pauses[0] >= .milliseconds(200) && pauses[0] < .milliseconds(400))
            #expect(pauses[2] >= .milliseconds(800) && pauses[2] < .milliseconds(1600))
            #expect(pauses.allSatisfy { $0 <= .seconds(5) })
            firsts.insert(pauses[0])
        }
        #expect(firsts.count > 15)
    }

    @Test("the rate limit lets a burst through, then spaces requests, and refuses what would wait too long")
    func bucket() {
        var bucket = TokenBucket(rate: 10, burst: 3, now: .zero)
        let waits = (0..<5).map { _ in bucket.reserve(now: .zero, limit: .seconds(1)) }
        #expect(waits == [.zero, .zero, .zero, .milliseconds(100), .milliseconds(200)])
        let tooLong = bucket.reserve(now: .zero, limit: .milliseconds(100))
        #expect(tooLong == nil)
        let later = bucket.reserve(now: .seconds(60), limit: .zero)
        #expect(later == .zero)
    }
}
