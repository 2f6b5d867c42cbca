import FoundationEssentials
import Healing
import Kubernetes
import Logging
import Synchronization

/// The leases that one healing holds: taken before its first write, renewed until it ends, then given back.
final class HeldLeases: Sendable {
    private struct Held {
        var lease: Lease
        /// Since when nobody else has had it.
        var since: Date
        var renewed: Date
    }

    private struct State {
        var held: [WorkloadReference: Held] = [:]
        var isRenewing = false
    }

    private let keeper: LeaseKeeper
    private let log: Logger
    private let now: @Sendable () -> Date
    private let missing: MissingRights
    private let state = Mutex(State())
    private let renewals = WorkGroup()

    init(_ keeper: LeaseKeeper, log: Logger, now: @escaping @Sendable () -> Date, missing: MissingRights) {
        self.keeper = keeper
        self.log = log
        self.now = now
        self.missing = missing
    }

    /// Without the right to leases a healing goes on as where there is one Cortex: its writes are bound to what they
    /// were decided on.
    func take(_ workload: WorkloadReference) async -> HealingInput {
        let known = state.withLock { $0.held[workload] }
        if let known, now().timeIntervalSince(known.renewed) < WorkloadLease.duration - WorkloadLease.renewal {
            return .leaseTaken(since: known.since)
        }
        do throws(LeaseKeeper.Failure) {
            switch try await keeper.take(workload) {
            case .taken(let lease): return .leaseTaken(since: hold(lease, of: workload, after: known))
            case .held(let holder):
                state.withLock { $0.held[workload] = nil }
                return .leaseHeld(by: holder)
            }
        } catch {
            // A namespace that is not there holds no lease of anybody.
            guard let status = error.error.status, [403, 404].contains(status.code) else {
                return .leaseUnknown(error.error)
            }
            tell(of: error.error, error.verb)
            return .leaseTaken(since: .distantPast)
        }
    }

    /// - Returns: since when it is nobody else's.
    private func hold(_ lease: Lease, of workload: WorkloadReference, after known: Held?) -> Date {
        let now = now()
        let isSame =
            known?.lease.metadata.uid == lease.metadata.uid
            && known?.lease.spec.leaseTransitions == lease.spec.leaseTransitions
        let since = isSame ? known?.since ?? now : now
        let isFirst = state.withLock { state in
            state.held[workload] = Held(lease: lease, since: since, renewed: now)
            defer { state.isRenewing = true }
            return !state.isRenewing
        }
        if isFirst { renewals.run { await self.renew() } }
        return since
    }

    private func tell(of error: APIError, _ verb: String) {
        guard error.isForbidden else {
            log.warning("No lease can be had in the namespace \(keeper.namespace): \(error)")
            return
        }
        let leases = Resource.leases
        missing.note(
            MissingRule(verb: verb, resource: leases.plural, group: leases.group, namespace: keeper.namespace))
    }

    /// Renews what is held for as long as the healing lasts.
    private func renew() async {
        while (try? await Task.sleep(for: .seconds(WorkloadLease.renewal))) != nil {  // throws when it is over
            for (workload, known) in state.withLock({ $0.held }) {
                do throws(APIError) {
                    let lease = try await keeper.renew(known.lease)
                    let now = now()
                    state.withLock { state in
                        state.held[workload] = lease.map { Held(lease: $0, since: known.since, renewed: now) }
                    }
                } catch {
                    log.debug("the lease of \(workload) was not renewed: \(error)")
                }
            }
        }
    }

    /// Gives all of them back. One that cannot be given back ends by itself.
    func release() async {
        renewals.cancelAll()
        let all = state.withLock { state in
            defer { state.held = [:] }
            return state.held
        }
        for (workload, known) in all {
            do throws(APIError) {
                try await keeper.release(known.lease)
            } catch {
                log.debug("the lease of \(workload) could not be given back: \(error)")
                if error.isForbidden { tell(of: error, "delete") }
            }
        }
    }
}
