import HTTPClient
import Testing

/// The failure a call ends with; an answer instead is recorded as an issue.
func failure<Answer>(
    of call: () async throws(HTTPFailure) -> Answer, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> HTTPFailure {
    let failure: HTTPFailure?
    do throws(HTTPFailure) {
        _ = try await call()
        failure = nil
    } catch {
        failure = error
    }
    return try #require(failure, "expected a failure", sourceLocation: sourceLocation)
}

/// Waits until the condition holds; false after the deadline, which is only there so that a broken test ends.
func holds(within limit: Duration = .seconds(20), _ condition: () -> Bool) async -> Bool {
    let end = ContinuousClock.now.advanced(by: limit)
    while !condition() {
        guard ContinuousClock.now < end else { return false }
        // A cancelled wait only looks again sooner.
        try? await Task.sleep(for: .milliseconds(5))
    }
    return true
}
