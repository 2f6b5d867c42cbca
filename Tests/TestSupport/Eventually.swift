/// Waits for a condition, with a deadline far beyond what a loaded machine needs.
public func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<3000 {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))  // only a cancelled test throws here, and then nobody looks
    }
    return condition()
}
