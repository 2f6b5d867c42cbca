import Diagnosis
import FoundationEssentials
import Healing
import Kubernetes
import Logging
import Synchronization

/// What no watch shows: a process that hangs is Ready and does not answer. Tool servers are asked now and then.
extension IncidentWatch {
    public struct Server: Hashable, Sendable {
        public var name: String
        public var namespace: String

        public init(name: String, namespace: String) {
            self.name = name
            self.namespace = namespace
        }
    }

    /// Asks each of them in turn, until its task is cancelled. One that fails is asked once more at once: a single
    /// answer that is missing says nothing.
    public func ask(every interval: Duration, _ servers: @Sendable () async -> [Server]) async {
        while (try? await Task.sleep(for: interval)) != nil {  // throws only when it is cancelled
            let all = await servers()
            await withDiscardingTaskGroup { group in
                for server in all { group.addTask { await self.ask(server) } }
            }
        }
    }

    private func ask(_ server: Server) async {
        guard let reference = quiet(server)?.reference else { return }
        let begin = desk.surroundings.now()
        guard let answer = await failure(of: server), await failure(of: server) != nil else {
            return await answered(reference)
        }
        // What shows a symptom meanwhile is found without asking.
        guard let workload = quiet(server), workload.reference == reference else { return }
        let known = state.withLock { $0.told[workload.reference] }.flatMap { desk.surroundings.incidents[$0] }
        // What a person was told of may be what keeps it silent, unless a service goes on answering with it.
        let isLatent = known?.symptom.flatMap { Symptom.Kind(rawValue: $0) }?.isLatent ?? false
        guard known == nil || isLatent, await desk.endOfIncident(at: workload.reference) == nil else { return }
        let sighting = SymptomMachine.Sighting(
            workload: workload,
            symptoms: [Symptom(.silent, "", "it looks fine and does not answer: \(answer.message)", window: 0)],
            since: begin, cause: nil)
        desk.surroundings.log.info("Asked: \(server.name) in \(server.namespace) does not answer: \(answer.message)")
        let outage = Outage(service: server.name, namespace: server.namespace, url: nil, answer: answer)
        if let end = await desk.open(outage, sighting) { ended(end, workload.reference) }
    }

    /// The workload behind a server of which everything looks fine; nil otherwise.
    private func quiet(_ server: Server) -> WatchedWorkload? {
        state.withLock { state in
            guard state.hasBegun else { return nil }
            let behind = state.cluster.references.filter { $0.namespace == server.namespace }
                .compactMap { state.cluster.workload($0) }
                .first { workload in
                    workload.fronts.contains { $0.name == server.name && $0.state == .leading && $0.addresses > 0 }
                }
            guard let behind, behind.mode != .off, !behind.isRollingOut else { return nil }
            let symptoms = state.machine.reader.symptoms(of: behind, at: desk.surroundings.now())
            return symptoms.allSatisfy(\.kind.isLatent) ? behind : nil
        }
    }

    private func failure(of server: Server) async -> ServiceAnswer? {
        let probe = ServiceProbe(
            service: server.name, namespace: server.namespace, isDeep: true, timeout: desk.policy.confirmTimeout)
        // Nil: it cannot be asked from here, which says nothing about it.
        guard let answer = await desk.surroundings.prober.answer(to: probe), ![.ok, .forbidden].contains(answer.kind)
        else { return nil }
        return answer
    }

    /// What a person was told of its silence is over.
    private func answered(_ reference: WorkloadReference) async {
        let incidents = desk.surroundings.incidents
        guard let id = state.withLock({ $0.told[reference] }), incidents[id]?.symptom == Symptom.Kind.silent.rawValue,
            state.withLock({ $0.told.forget(reference) }) != nil
        else { return }
        await incidents.clear(id, now: desk.surroundings.now())
    }
}
