import HTTPClient
import Testing

/// The failure a call ends with; an answer instead is recorded as an issue.
func failureOf<Answer>(
    sourceLocation: SourceLocation = #_sourceLocation, _ call: () async throws -> Answer
) async throws -> HTTPFailure {
    var thrown: (any Error)?
    do { _ = try await call() } catch { thrown = error }
    return try #require(thrown as? HTTPFailure, "expected a failure", sourceLocation: sourceLocation)
}

/// Waits until the condition holds; false after the deadline, which is only there so that a broken test ends.
func holds(within limit: Duration = .seconds(20), _ condition: () -> Bool) async -> Bool {
    let end = ContinuousClock.now.advanced(by: limit)
    while !condition() {
        guard ContinuousClock.now < end else { return false }
        try? await Task.sleep(for: .milliseconds(5))  // a cancelled wait only looks again sooner
    }
    return true
}
