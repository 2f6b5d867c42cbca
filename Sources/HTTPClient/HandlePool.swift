internal import CCurl

/// Handles that have carried a request before: making one, with the buffers that curl allocates for it, costs more than
/// telling it what to do next. Lives on the transport's thread.
final class HandlePool {
    /// As many as there are transfers to one host under load.
    private static let maximum = 64
    private static let atRest = 4

    private var free: [UnsafeMutableRawPointer] = []

    deinit {
        for handle in free { curl_easy_cleanup(handle) }
    }

    /// A handle without any option set; nil when curl has no memory for one.
    func take() -> UnsafeMutableRawPointer? { free.popLast() ?? curl_easy_init() }

    /// - Parameter handle: in no multi handle any more.
    func giveBack(_ handle: UnsafeMutableRawPointer) {
        guard free.count < Self.maximum else { return curl_easy_cleanup(handle) }
        // Also forgets every pointer to the transfer that had it.
        curl_easy_reset(handle)
        free.append(handle)
    }

    /// Lets go of what only a burst needed.
    func shrink() {
        while free.count > Self.atRest, let handle = free.popLast() { curl_easy_cleanup(handle) }
    }
}
