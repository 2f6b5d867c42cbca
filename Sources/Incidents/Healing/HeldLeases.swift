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
        /// When the request was sent that renewed it last.
        var renewed: Date
    }

    private struct State {
        var held: [WorkloadReference: Held] = [:]
        var isRenewing = false
        /// The healing has ended: what comes now is given back at once.
        var isOver = false
    }

    private let keeper: LeaseKeeper
    private let identity: String
    private let log: Logger
    private let missing: MissingRights
    private let state = Mutex(State())
    private let renewals = WorkGroup()

    /// - Parameter healing: what tells it from every other one of this process.
    init(_ keeper: LeaseKeeper, healing: String, log: Logger, missing: MissingRights) {
        self.keeper = keeper
        identity = keeper.identity(of: healing)
        self.log = log
        self.missing = missing
    }

    /// What may be done without asking again, of a lease that was renewed this many seconds ago.
    private static let freshness = 0..<(Double(WorkloadLease.duration) - WorkloadLease.renewal)

    /// Where no lease can be had at all, a healing goes on as where it is the only one: its writes are bound to what
    /// they were decided on.
    func take(_ workload: WorkloadReference) async -> HealingInput {
        let known = state.withLock { $0.held[workload] }
        let began = keeper.now()
        if let known, Self.freshness.contains(began.timeIntervalSince(known.renewed)) {
            return .leaseTaken(since: known.since)
        }
        do throws(LeaseKeeper.Failure) {
            switch try await keeper.take(workload, as: identity) {
            case .taken(let lease): return await hold(lease, of: workload, after: known, askedAt: began)
            case .held(let holder):
                state.withLock { $0.held[workload] = nil }
                return .leaseHeld(by: holder)
            }
        } catch {
            guard error.error.isFinal else { return .leaseUnknown(error.error) }
            tell(of: error.error, error.verb)
            return .leaseTaken(since: .distantPast)
        }
    }

    private func hold(
        _ lease: Lease, of workload: WorkloadReference, after known: Held?, askedAt: Date
    ) async -> HealingInput {
        let isSame =
            known?.lease.metadata.uid == lease.metadata.uid
            && known?.lease.spec.leaseTransitions == lease.spec.leaseTransitions
        let since = isSame ? known?.since ?? keeper.now() : keeper.now()
        let held = Held(lease: lease, since: since, renewed: askedAt)
        let (isOver, isFirst) = state.withLock { state -> (Bool, Bool) in
            guard !state.isOver else { return (true, false) }
            state.held[workload] = held
            defer { state.isRenewing = true }
            return (false, !state.isRenewing)
        }
        if isOver { await giveBack(workload, lease) }
        if isFirst { renewals.run { await self.renew() } }
        return .leaseTaken(since: since)
    }

    /// A rule that is missing is named; what else refuses leases, a quota or an admission policy, has words of its own.
    private func tell(of error: APIError, _ verb: String) {
        guard error.isForbidden, error.status?.message?.contains("cannot \(verb) resource") == true else {
            log.warning("No lease can be had in the namespace \(keeper.namespace): \(error)")
            return
        }
        let leases = Resource.leases
        missing.note(
            MissingRule(verb: verb, resource: leases.plural, group: leases.group, namespace: keeper.namespace))
    }

    /// Renews what is held for as long as the healing lasts.
    private func renew() async {
        while (try? await Task.sleep(for: keeper.renewal)) != nil {  // throws when it is over
            for (workload, known) in state.withLock({ $0.held }) {
                let began = keeper.now()
                do throws(APIError) {
                    let lease = try await keeper.renew(known.lease, as: identity)
                    if lease == nil { log.warning("The lease of \(workload) was lost to another healing") }
                    state.withLock { state in
                        state.held[workload] = lease.map { Held(lease: $0, since: known.since, renewed: began) }
                    }
                } catch {
                    log.debug("the lease of \(workload) was not renewed: \(error)")
                    if error.isForbidden { tell(of: error, "patch") }
                }
            }
        }
    }

    /// Gives all of them back. One that cannot be given back ends by itself.
    func release() async {
        for (workload, known) in end() { await giveBack(workload, known.lease) }
    }

    /// Lets them run out: a write is still under way, and nobody else may come before it has ended.
    func abandon() { _ = end() }

    private func end() -> [WorkloadReference: Held] {
        renewals.cancelAll()
        return state.withLock { state in
            state.isOver = true
            defer { state.held = [:] }
            return state.held
        }
    }

    private func giveBack(_ workload: WorkloadReference, _ lease: Lease) async {
        do throws(APIError) {
            try await keeper.release(lease, as: identity)
        } catch {
            log.debug("the lease of \(workload) could not be given back: \(error)")
            if error.isForbidden { tell(of: error, "delete") }
        }
    }
}

extension APIError {
    /// Whether the same request is refused again, whenever it is sent.
    fileprivate var isFinal: Bool {
        guard let code = status?.code else { return false }
        return (400..<500).contains(code) && ![401, 408, 409, 429].contains(code)
    }
}
