internal import Synchronization

/// The statistics, counted by the loop and read by anybody.
final class StatisticsCounter: Sendable {
    private let statistics = Mutex(HTTPStatistics())

    var current: HTTPStatistics { statistics.withLock { $0 } }

    func count(_ change: (inout HTTPStatistics) -> Void) {
        statistics.withLock { change(&$0) }
    }
}
