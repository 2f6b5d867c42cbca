import Healing
import Synchronization

/// Tells once of each right that Cortex turned out to lack, whether or not it can go on without.
final class MissingRights: Sendable {
    private let told = Mutex<Set<MissingRule>>([])
    private let tell: @Sendable (String) -> Void

    init(tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

    func note(_ rule: MissingRule) {
        if told.withLock({ $0.insert(rule).inserted }) { tell(rule.notice) }
    }
}
