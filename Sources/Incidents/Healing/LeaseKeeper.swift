public import FoundationEssentials
public import Healing
import JSON
public import Kubernetes
import Synchronization

/// Takes, renews and gives back the Leases that keep every other Cortex of the cluster from the workloads under repair.
public final class LeaseKeeper: Sendable {
    enum Taken: Sendable {
        case taken(Lease)
        case held(by: String)
    }

    /// Which request got no lease, and why.
    struct Failure: Error {
        /// As RBAC names it.
        var verb: String
        var error: APIError
    }

    private struct Sighting {
        var version: String?
        var since: Date
    }

    let namespace: String
    let now: @Sendable () -> Date
    /// How often a lease is renewed.
    let renewal: Duration
    private let api: any ClusterAPI
    private let process: String
    /// The leases of others as they were last seen.
    private let sightings = Mutex<[String: Sighting]>([:])

    /// - Parameters:
    ///   - namespace: Cortex's own, where the leases are.
    ///   - process: the name of this process, and of no other one ever.
    public init(
        api: any ClusterAPI, namespace: String, process: String,
        renewal: Duration = .seconds(WorkloadLease.renewal), now: @escaping @Sendable () -> Date
    ) {
        self.api = api
        self.namespace = namespace
        self.process = process
        self.renewal = renewal
        self.now = now
    }

    /// Two healings of one process are two holders: what one of them gives back late is not the other's.
    func identity(of healing: String) -> String { "\(process)_\(healing)" }

    /// One attempt. Where somebody is faster, or an answer is lost, it is looked at again a few times.
    func take(_ workload: WorkloadReference, as identity: String) async throws(Failure) -> Taken {
        let name = WorkloadLease.name(of: workload)
        var last = Failure(verb: "get", error: .cancelled)
        for _ in 0..<Self.maximumTries {
            last.verb = "get"
            do throws(APIError) {
                let found = try await find(name)
                let step = WorkloadLease.step(
                    found, unchangedSince: since(found, name), identity: identity, now: now())
                if case .wait(let holder) = step { return .held(by: holder) }
                last.verb = found == nil ? "create" : "patch"
                let lease = try await write(found, step, name, identity)
                sightings.withLock { $0[name] = nil }
                return .taken(lease)
            } catch {
                last.error = error
                guard error.isConflict || error.isNotFound || error.isUnknown else { throw last }
            }
        }
        throw last
    }

    private static let maximumTries = 4

    /// - Returns: the lease as it is now; nil when it is another one's.
    func renew(_ lease: Lease, as identity: String) async throws(APIError) -> Lease? {
        do throws(APIError) {
            return try await change(lease, .renew, identity)
        } catch {
            guard error.isConflict || error.isNotFound else { throw error }
        }
        guard let found = try await find(lease.name), found.spec.holderIdentity == identity else { return nil }
        return try await change(found, .renew, identity)
    }

    func release(_ lease: Lease, as identity: String) async throws(APIError) {
        do throws(APIError) {
            try await delete(lease)
        } catch {
            if error.isNotFound { return }
            guard error.isConflict || error.isUnknown else { throw error }
            // A renewal that was under way came through, or somebody took it over.
            guard let found = try await find(lease.name), found.spec.holderIdentity == identity else { return }
            try await delete(found)
        }
    }

    private func delete(_ lease: Lease) async throws(APIError) {
        try await api.delete(
            Lease.self, namespace: namespace, name: lease.name, preconditions: Preconditions(lease.reference))
    }

    private func find(_ name: String) async throws(APIError) -> Lease? {
        do throws(APIError) {
            return try await api.get(Lease.self, namespace: namespace, name: name)
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    /// Since when this state of a lease has been seen here.
    private func since(_ lease: Lease?, _ name: String) -> Date {
        let now = now()
        return sightings.withLock { sightings in
            guard let lease else {
                sightings[name] = nil
                return now
            }
            // A time that is still to come is of a clock that was set back since.
            if let known = sightings[name], known.version == lease.metadata.resourceVersion, known.since <= now {
                return known.since
            }
            // What was not asked for again so long ago is nobody's question any more.
            sightings = sightings.filter { abs(now.timeIntervalSince($0.value.since)) < WorkloadLease.forgetting }
            sightings[name] = Sighting(version: lease.metadata.resourceVersion, since: now)
            return now
        }
    }

    private func write(
        _ found: Lease?, _ step: WorkloadLease.Step, _ name: String, _ identity: String
    ) async throws(APIError) -> Lease {
        if let found { return try await change(found, step, identity) }
        let body: JSONValue = [
            "apiVersion": .string(Resource.leases.apiVersion), "kind": .string(Resource.leases.kind),
            "metadata": [
                "name": .string(name), "namespace": .string(namespace),
                "labels": ["app.kubernetes.io/managed-by": "cortex"],
            ],
            "spec": WorkloadLease.spec(after: nil, .create, identity: identity, now: now()),
        ]
        return try await api.create(Lease.self, body, namespace: namespace)
    }

    private func change(
        _ lease: Lease, _ step: WorkloadLease.Step, _ identity: String
    ) async throws(APIError) -> Lease {
        try await api.patch(
            Lease.self, namespace: namespace, name: lease.name, .merge,
            change: ["spec": WorkloadLease.spec(after: lease, step, identity: identity, now: now())],
            preconditions: Preconditions(lease.reference))
    }
}
