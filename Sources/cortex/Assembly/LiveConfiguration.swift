import Configuration
import Synchronization

/// The configuration that counts now: what the program began with, and the live settings as the file has them since.
final class LiveConfiguration: Sendable {
    private let state: Mutex<Configuration>

    init(_ configuration: Configuration) { state = Mutex(configuration) }

    var current: Configuration { state.withLock { $0 } }

    func adopt(_ configuration: Configuration) { state.withLock { $0 = $0.adoptingLive(of: configuration) } }
}
